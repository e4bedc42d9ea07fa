//! Durable acknowledgements per second on PostgreSQL: the inbox beside bare loops of inserts, in one run, on the same server.
//!
//! ```sh
//! cargo run --release --no-default-features --features postgres --bin postgres URL [SECONDS [ROUNDS [PRODUCERS]]]
//! ```
//!
//! All take the same bodies from the same number of producers, each of which waits for its acknowledgement. The first bare loop is
//! the usual one, as `pgbench` has it: every producer commits each insertion into one table with one unique key by itself, on
//! one of so many connections. The other two write what waits with one statement, as the inbox does: one into that table, one into the
//! inbox's own tables and indexes, and nothing but the insertion. Schemas `bench_bare` and `bench_inbox` are made anew.

use std::time::Duration;

use bytes::Bytes;
use hookporter_bench::inbox::{BODY, fill};
use hookporter_bench::rate::Rate;
use hookporter_postgres::sqlx::postgres::PgPoolOptions;
use hookporter_postgres::sqlx::{self, Connection, PgConnection, PgPool};
use hookporter_postgres::{Inbox, Settings};
use tokio::sync::{mpsc, oneshot};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a server");
    let lasting = Duration::from_secs_f64(arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2.0));
    let rounds: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    let only: Option<usize> = arguments.next().and_then(|text| text.parse().ok());
    println!(
        "{:>9} {:>10} {:>10} {:>10} {:>10} {:>8} {:>8} {:>9} {:>8} {:>8}",
        "producers", "single/s", "one/s", "two/s", "inbox/s", "p50", "p99", "to single", "to one", "to two"
    );
    for producers in [1, 8, 64, 256].into_iter().filter(|producers| only.is_none_or(|only| only == *producers)) {
        let mut rates = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..rounds {
            rates[0].push(single(&url, producers, lasting).await);
            rates[1].push(bare(&url, ONE, producers, lasting).await);
            rates[2].push(bare(&url, TWO, producers, lasting).await);
            rates[3].push(inbox(&url, producers, lasting).await);
        }
        let [single, one, two, inbox] = rates.map(Rate::median);
        println!(
            "{producers:>9} {:>10.0} {:>10.0} {:>10.0} {inbox} {:>9.2} {:>8.2} {:>8.2}",
            single.per_second,
            one.per_second,
            two.per_second,
            inbox.per_second / single.per_second,
            inbox.per_second / one.per_second,
            inbox.per_second / two.per_second
        );
    }
    for concurrency in [16, 64].into_iter().filter(|_| only.is_none()) {
        println!(
            "from acceptance to done, at a concurrency of {concurrency}: {:.0}/s",
            worked(&url, concurrency).await
        );
    }
}

/// Tables and statement of a bare loop.
#[derive(Clone, Copy)]
struct Bare {
    tables: &'static str,
    insert: &'static str,
}

const ONE: Bare = Bare {
    tables: "CREATE TABLE events (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, identity BYTEA NOT NULL UNIQUE, body BYTEA NOT NULL)",
    insert: "INSERT INTO bench_bare.events (identity, body) SELECT * FROM unnest($1::bytea[], $2::bytea[]) \
         ON CONFLICT DO NOTHING RETURNING id",
};
const TWO: Bare = Bare {
    tables: include_str!("../../../../crates/hookporter-postgres/src/schema_1.sql"),
    insert: "WITH kept AS (INSERT INTO bench_bare.events (id, state, endpoint, identity, due_at, provider, received_at) \
         SELECT nextval('bench_bare.event_numbers'), 'waiting', 'acme', identity, 1, 'custom', 1 FROM unnest($1::bytea[]) AS told (identity) \
         ON CONFLICT DO NOTHING RETURNING id), \
         numbered AS (SELECT id, row_number() OVER () AS place FROM kept) \
         INSERT INTO bench_bare.contents (event, format, method, target, headers, body, coverage, key_id) \
         SELECT id, 1, 'POST', '/', '', body, 'origin', '' FROM numbered FULL JOIN unnest($2::bytea[]) WITH ORDINALITY AS told (body, place) \
         USING (place) WHERE coalesce(id, 0) > 0",
};

async fn fresh(url: &str, schema: &str) -> PgConnection {
    let mut connection = PgConnection::connect(url).await.expect("a server");
    sqlx::raw_sql("SET client_min_messages = warning").execute(&mut connection).await.expect("a setting");
    let sql = Box::leak(format!("DROP SCHEMA IF EXISTS {schema} CASCADE").into_boxed_str());
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("no schema");
    sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await.expect("a checkpoint");
    connection
}

async fn bare(url: &str, bare: Bare, producers: usize, lasting: Duration) -> Rate {
    let mut connection = fresh(url, "bench_bare").await;
    sqlx::raw_sql("CREATE SCHEMA bench_bare; SET search_path = bench_bare")
        .execute(&mut connection)
        .await
        .expect("a schema");
    sqlx::raw_sql(bare.tables).execute(&mut connection).await.expect("tables");
    let (sender, mut receiver) = mpsc::unbounded_channel::<(String, Bytes, oneshot::Sender<()>)>();
    let writer = tokio::spawn(async move {
        let mut batch = Vec::new();
        while receiver.recv_many(&mut batch, 512).await > 0 {
            let identities: Vec<&[u8]> = batch.iter().map(|(id, _, _)| id.as_bytes()).collect();
            let bodies: Vec<&[u8]> = batch.iter().map(|(_, body, _)| &body[..]).collect();
            let query = sqlx::query(bare.insert).bind(identities).bind(bodies);
            query.fetch_all(&mut connection).await.expect("inserted");
            for (_, _, done) in batch.drain(..) {
                let _ = done.send(());
            }
        }
    });
    let rate = Rate::of(producers, lasting, move |id| {
        let (done, committed) = oneshot::channel();
        sender.send((id, Bytes::from(vec![b'x'; BODY]), done)).expect("a writer");
        async move {
            committed.await.expect("committed");
        }
    })
    .await;
    writer.await.expect("the writer");
    rate
}

/// More would be more than a server takes by default.
const CONNECTIONS: usize = 64;

async fn single(url: &str, producers: usize, lasting: Duration) -> Rate {
    let mut connection = fresh(url, "bench_bare").await;
    sqlx::raw_sql("CREATE SCHEMA bench_bare; SET search_path = bench_bare")
        .execute(&mut connection)
        .await
        .expect("a schema");
    sqlx::raw_sql(ONE.tables).execute(&mut connection).await.expect("tables");
    let most = u32::try_from(producers.min(CONNECTIONS)).expect("few");
    let pool = PgPoolOptions::new().max_connections(most).min_connections(most).connect(url).await.expect("a server");
    let inserting = pool.clone();
    let rate = Rate::of(producers, lasting, move |id| {
        let pool = inserting.clone();
        async move {
            let insert = "INSERT INTO bench_bare.events (identity, body) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let query = sqlx::query(insert).bind(id.into_bytes()).bind(vec![b'x'; BODY]);
            query.execute(&pool).await.expect("inserted");
        }
    })
    .await;
    pool.close().await;
    rate
}

async fn open(url: &str) -> Inbox {
    drop(fresh(url, "bench_inbox").await);
    Settings::new().schema("bench_inbox").connect(url).await.expect("an inbox")
}

async fn inbox(url: &str, producers: usize, lasting: Duration) -> Rate {
    let inbox = open(url).await;
    let rate = hookporter_bench::inbox::rate(&inbox, producers, lasting).await;
    inbox.close().await;
    rate
}

/// Events per second that a worker has done which were there.
async fn worked(url: &str, concurrency: usize) -> f64 {
    const EVENTS: usize = 20_000;
    let inbox = open(url).await;
    fill(&inbox, EVENTS).await;
    let pool = PgPool::connect(url).await.expect("a server");
    sqlx::query("ANALYZE").execute(&pool).await.expect("statistics");
    let done = async {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let left: i64 = sqlx::query_scalar("SELECT count(*) FROM bench_inbox.events WHERE state != 'done'")
                .fetch_one(&pool)
                .await
                .expect("a count");
            if left == 0 {
                return;
            }
        }
    };
    let rate = hookporter_bench::inbox::worked(&inbox, EVENTS, concurrency, done).await;
    inbox.close().await;
    rate
}
