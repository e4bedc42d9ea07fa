//! Workers of the PostgreSQL inbox in one to four processes, what an event costs the server, and what it costs when many wait.
//!
//! ```sh
//! cargo run --release --no-default-features --features postgres --bin postgres_fleet URL [EVENTS]
//! ```
//!
//! Worker processes are this program, run once more. Schema `bench_fleet` is made anew. The ratios are to one process, and to ten
//! thousand rows. The processor time is that of the server's processes, where they run on this machine, without what they do later.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, EventRecord, WorkError};
use hookporter_postgres::sqlx::{self, PgPool};
use hookporter_postgres::{Inbox, Settings};

/// Tells a copy of this program that it is to work.
const WORKS: &str = "HOOKPORTER_BENCH_WORKS";
/// How long acceptances are counted.
const LASTING: Duration = Duration::from_secs(2);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a server");
    let events: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    if std::env::var_os(WORKS).is_some() {
        return work(&url).await;
    }
    let pool = PgPool::connect(&url).await.expect("a server");
    println!("an event costs the server {:>9} {:>9} {:>9}", "WAL/B", "disk/B", "CPU/us");
    costs(&url, &pool, events).await;
    println!("{:>9} {:>10} {:>6}", "processes", "done/s", "ratio");
    let mut one = None;
    for processes in 1..=4 {
        let rate = worked(&url, &pool, events, processes).await;
        println!("{processes:>9} {rate:>10.0} {:>6.2}", rate / *one.get_or_insert(rate));
    }
    println!("{:>9} {:>10} {:>6} {:>10} {:>6}", "waiting", "accepted/s", "ratio", "done/s", "ratio");
    let mut few = None;
    for waiting in [10_000, 1_000_000] {
        let inbox = fresh(&url, &pool).await;
        fill(&pool, waiting).await;
        let accepted = accepted(&inbox).await;
        let began = Instant::now();
        let before = done(&pool).await;
        let worker = inbox.worker(|_: Event| async { Ok::<_, WorkError>(()) }).concurrency(64);
        let _ = worker.run_until(tokio::time::sleep(LASTING)).await;
        let rate = (done(&pool).await - before) as f64 / began.elapsed().as_secs_f64();
        inbox.close().await;
        let (first_accepted, first_rate) = *few.get_or_insert((accepted, rate));
        println!(
            "{waiting:>9} {accepted:>10.0} {:>6.2} {rate:>10.0} {:>6.2}",
            accepted / first_accepted,
            rate / first_rate
        );
    }
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
struct Spent([f64; 3]);

impl Spent {
    async fn look(pool: &PgPool) -> Self {
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
        Self([wal, disk, ticks.sum::<f64>() * 10_000.0])
    }

    fn say(&self, what: &str, since: &Self, events: f64) {
        let [wal, disk, cpu] = [0, 1, 2].map(|at| (self.0[at] - since.0[at]) / events);
        println!("{what:>25} {wal:>9.0} {disk:>9.0} {cpu:>9.1}");
    }
}

async fn costs(url: &str, pool: &PgPool, events: u64) {
    let inbox = fresh(url, pool).await;
    let empty = Spent::look(pool).await;
    let count = accepted(&inbox).await * LASTING.as_secs_f64();
    let full = Spent::look(pool).await;
    full.say("accepted", &empty, count);
    let before = done(pool).await;
    let worker = inbox.worker(|_: Event| async { Ok::<_, WorkError>(()) }).concurrency(64);
    let enough = async {
        while done(pool).await < i64::try_from(events).expect("few") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Spent::look(pool).await.say("worked", &full, (done(pool).await - before) as f64);
    };
    let _ = worker.run_until(enough).await;
    inbox.close().await;
}

/// Acceptances per second of 64 producers.
async fn accepted(inbox: &Inbox) -> f64 {
    let began = Instant::now();
    let producers: Vec<_> = (0..64)
        .map(|producer| {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                let mut count = 0_u32;
                while began.elapsed() < LASTING {
                    let mut record = EventRecord::new("acme", Bytes::from(vec![b'x'; 1024]), SystemClock.now());
                    record.identity = Some(format!("new_{producer}_{count}").into_bytes());
                    inbox.accept(vec![record]).await.expect("accepted");
                    count += 1;
                }
                count
            })
        })
        .collect();
    let mut count = 0;
    for producer in producers {
        count += producer.await.expect("a producer");
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

/// Events per second that so many processes have done, from the first that is done on.
async fn worked(url: &str, pool: &PgPool, events: u64, processes: usize) -> f64 {
    fresh(url, pool).await.close().await;
    fill(pool, events).await;
    let mut workers: Vec<Child> = (0..processes).map(|_| worker(url)).collect();
    let mut began = None;
    let elapsed = loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let done = done(pool).await;
        let (from, first) = *began.get_or_insert_with(|| (Instant::now(), done));
        if done == 0 {
            began = None;
        } else if done == i64::try_from(events).expect("few") {
            break from.elapsed().as_secs_f64() * events as f64 / (done - first) as f64;
        }
    };
    for worker in &mut workers {
        // It ends with its input.
        drop(worker.stdin.take());
        worker.wait().expect("a worker");
    }
    events as f64 / elapsed
}

fn worker(url: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg(url).env(WORKS, "1").stdin(Stdio::piped()).spawn().expect("a worker")
}

async fn work(url: &str) {
    let inbox = settings().connect(url).await.expect("an inbox");
    let worker = inbox.worker(|_: Event| async { Ok::<_, WorkError>(()) }).concurrency(64);
    let over = async {
        let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
    };
    let _ = worker.run_until(over).await;
    inbox.close().await;
}
