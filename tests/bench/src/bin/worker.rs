//! The working side of the inbox: events per second from claim to done, and how long an acknowledged event waits for its
//! function when nothing else is to be done.
//!
//! ```sh
//! cargo run --release --no-default-features --bin worker [DIRECTORY] [EVENTS]
//! ```
//!
//! The floor writes one attempt and one completion for each event into the same tables, in two synced transactions for
//! each 64 events, and calls nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookporter_bench::inbox::{fill, record};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, WorkError};
use hookporter_sqlite::Inbox;
use rusqlite::Connection;
use tokio::sync::mpsc;

const ROUNDS: usize = 3;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from).join("hookporter-worker-bench");
    let events = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    std::fs::create_dir_all(&directory).expect("a directory");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    println!("{:>12} {:>12} {:>12} {:>6}", "concurrency", "floor/s", "worked/s", "ratio");
    for concurrency in [1, 16, 64, 256] {
        // One at a time means two syncs for each.
        let events = if concurrency == 1 { events / 10 } else { events };
        let mut rounds: Vec<_> = (0..ROUNDS)
            .map(|round| {
                let path = directory.join(format!("{concurrency}-{round}.db"));
                runtime.block_on(filled(&path, 2 * events));
                (floor(&path, events, concurrency), runtime.block_on(work(&path, events, concurrency)))
            })
            .collect();
        rounds.sort_by(|one, other| one.1.total_cmp(&other.1));
        let (floor, worked) = rounds[ROUNDS / 2];
        println!("{concurrency:>12} {floor:>12.0} {worked:>12.0} {:>6.2}", worked / floor);
    }
    let waits = runtime.block_on(waits(&directory.join("idle.db"), 500));
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("from the acknowledgement to the function, idle: p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99));
    let _ = std::fs::remove_dir_all(&directory);
}

async fn filled(path: &Path, events: usize) {
    let inbox = Inbox::open(path).await.expect("an inbox");
    fill(&inbox, events).await;
    inbox.close().await;
}

/// The first half of the events: an attempt and a completion each, in two transactions for every few.
fn floor(path: &Path, events: usize, at_once: usize) -> f64 {
    let connection = Connection::open(path).expect("a database");
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000").expect("settings");
    let at_once = at_once.min(64);
    let started = Instant::now();
    for from in (1..=events).step_by(at_once) {
        let numbers = from..(from + at_once).min(events + 1);
        connection.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        for number in numbers.clone().map(|number| number as i64) {
            let claim =
                "UPDATE events SET state = 'working', epoch = 1, attempts = 1, due_at = due_at + 30000 WHERE id = ?1";
            connection.prepare_cached(claim).and_then(|mut claim| claim.execute([number])).expect("a claim");
            let attempt = "INSERT INTO attempts (event, epoch, started_at) VALUES (?1, 1, 1700000000000)";
            connection.prepare_cached(attempt).and_then(|mut attempt| attempt.execute([number])).expect("an attempt");
        }
        connection.execute_batch("COMMIT; BEGIN IMMEDIATE").expect("a commit");
        for number in numbers.map(|number| number as i64) {
            let done = "UPDATE events SET state = 'done', due_at = NULL, finished_at = 1700000000000 WHERE id = ?1";
            connection.prepare_cached(done).and_then(|mut done| done.execute([number])).expect("a completion");
            let ended =
                "UPDATE attempts SET ended_at = 1700000000000, outcome = 'worked' WHERE event = ?1 AND epoch = 1";
            connection.prepare_cached(ended).and_then(|mut ended| ended.execute([number])).expect("an end");
        }
        connection.execute_batch("COMMIT").expect("a commit");
    }
    events as f64 / started.elapsed().as_secs_f64()
}

/// The other half, by a worker with a function that does nothing.
async fn work(path: &Path, events: usize, concurrency: usize) -> f64 {
    let inbox = Inbox::open(path).await.expect("an inbox");
    let worked = Arc::new(AtomicUsize::new(0));
    let count = worked.clone();
    let worker =
        inbox.worker(|_: Event| async { Ok::<_, WorkError>(()) }).concurrency(concurrency).on_change(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
    let started = Instant::now();
    let _ = worker
        .run_until(async {
            while worked.load(Ordering::Relaxed) < events {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    let rate = events as f64 / started.elapsed().as_secs_f64();
    inbox.close().await;
    rate
}

/// How long events wait that come one by one, sorted.
async fn waits(path: &Path, events: usize) -> Vec<Duration> {
    let inbox = Inbox::open(path).await.expect("an inbox");
    let (sender, mut begun) = mpsc::unbounded_channel();
    let worker = inbox.worker(move |_: Event| {
        let _ = sender.send(Instant::now());
        async { Ok::<_, WorkError>(()) }
    });
    let accepting = inbox.clone();
    let (result, told) = tokio::sync::oneshot::channel();
    let accept = async move {
        let mut waits = Vec::new();
        for at in 0..events {
            accepting.accept(vec![record(format!("evt_{at}"))]).await.expect("accepted");
            let acknowledged = Instant::now();
            let began: Instant = begun.recv().await.expect("the function");
            waits.push(began.saturating_duration_since(acknowledged));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        waits.sort_unstable();
        let _ = result.send(waits);
    };
    let _ = worker.run_until(accept).await;
    inbox.close().await;
    told.await.expect("the waits")
}
