//! Workers of the PostgreSQL inbox in one to four processes, what an event costs the server, and what it costs when many wait.
//!
//! ```sh
//! cargo run --release --no-default-features --features postgres --bin postgres_fleet URL [EVENTS]
//! ```
//!
//! Worker processes are this program, run once more. Schema `bench_fleet` is made anew. The ratios are to one process, and to ten
//! thousand rows. The processor time is that of the server's processes, where they run on this machine, without what they do later.

use hookporter_bench::fleet;
use hookporter_postgres::sqlx::{self, PgPool};
use hookporter_postgres::{Inbox, Settings};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a server");
    let events: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    if fleet::is_worker() {
        let inbox = settings().connect(&url).await.expect("an inbox");
        fleet::work(&inbox).await;
        return inbox.close().await;
    }
    let pool = PgPool::connect(&url).await.expect("a server");
    println!("an event costs the server {:>9} {:>9} {:>9}", "WAL/B", "disk/B", "CPU/us");
    let inbox = fresh(&url, &pool).await;
    fleet::costs(&inbox, async || spent(&pool).await, async || done(&pool).await).await;
    inbox.close().await;
    let prepared = async || {
        fresh(&url, &pool).await.close().await;
        fill(&pool, events).await;
    };
    fleet::processes(&url, events, prepared, async || done(&pool).await.unsigned_abs()).await;
    let prepared = async |events| {
        let inbox = fresh(&url, &pool).await;
        fill(&pool, events).await;
        inbox
    };
    fleet::waiting(prepared, async || done(&pool).await).await;
}

fn settings() -> Settings {
    Settings::new().schema("bench_fleet")
}

async fn fresh(url: &str, pool: &PgPool) -> Inbox {
    let sql = "SET client_min_messages = warning; DROP SCHEMA IF EXISTS bench_fleet CASCADE; CHECKPOINT";
    sqlx::raw_sql(sql).execute(pool).await.expect("no schema");
    settings().connect(url).await.expect("an inbox")
}

/// So many events that wait.
async fn fill(pool: &PgPool, events: u64) {
    let sql = format!(
        "INSERT INTO bench_fleet.events (id, state, endpoint, identity, due_at, provider, received_at) \
         SELECT nextval('bench_fleet.event_numbers'), 'waiting', 'acme', decode(md5(n::text), 'hex'), n, 'custom', n \
         FROM generate_series(1, {events}) AS n; \
         INSERT INTO bench_fleet.contents (event, format, method, target, headers, body, coverage, key_id) \
         SELECT id, 1, 'POST', '/', '', convert_to(repeat('x', 1024), 'UTF8'), 'origin', '' FROM bench_fleet.events; \
         ANALYZE bench_fleet.events; ANALYZE bench_fleet.contents; CHECKPOINT"
    );
    sqlx::raw_sql(Box::leak(sql.into_boxed_str())).execute(pool).await.expect("filled");
}

async fn done(pool: &PgPool) -> i64 {
    let sql = "SELECT count(*) FROM bench_fleet.events WHERE state = 'done'";
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("a count")
}

/// What was spent so far: bytes of the write-ahead log, bytes on the disk, and microseconds of the server's processes.
async fn spent(pool: &PgPool) -> [f64; 3] {
    let sql = "SELECT (pg_current_wal_insert_lsn() - '0/0')::float8, \
        (SELECT sum(pg_total_relation_size(oid))::float8 FROM pg_class WHERE relkind = 'r' AND relnamespace = 'bench_fleet'::regnamespace), \
        (SELECT array_agg(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' OR backend_type = 'walwriter')";
    let (wal, disk, processes): (f64, f64, Vec<i32>) = sqlx::query_as(sql).fetch_one(pool).await.expect("sizes");
    // In hundredths of a second.
    let ticks = processes.into_iter().map(|process| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let times = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ').skip(11).take(2);
        times.filter_map(|time| time.parse::<f64>().ok()).sum::<f64>()
    });
    [wal, disk, ticks.sum::<f64>() * 10_000.0]
}
