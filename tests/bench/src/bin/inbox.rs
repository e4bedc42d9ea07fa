//! Durable acknowledgements per second: the inbox beside a bare group-commit loop and the disk's own sync rate, in one run.
//!
//! ```sh
//! cargo run --release --no-default-features --bin inbox [DIRECTORY] [SECONDS] [PRODUCERS [ROUNDS]]
//! ```
//!
//! Both take the same bodies from the same number of producers, each of which waits for its acknowledgement. The bare loop
//! is one table with one unique key; the inbox keeps all that a worker needs.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use hookporter_bench::inbox::{BODY, record};
use hookporter_bench::rate::Rate;
use hookporter_pipeline::inbox::{AcceptingSide, WorkError};
use hookporter_sqlite::Inbox;
use rusqlite::Connection;
use tokio::sync::oneshot;

/// How often both are measured, one after the other.
const ROUNDS: usize = 5;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from).join("hookporter-inbox-bench");
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2.0);
    let lasting = Duration::from_secs_f64(seconds);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    std::fs::create_dir_all(&directory).expect("a directory");
    println!("sync of one appended KiB: {:.0}/s", syncs(&directory, lasting));
    println!(
        "{:>9} {:>10} {:>8} {:>8} {:>10} {:>8} {:>8} {:>6}",
        "producers", "bare/s", "p50", "p99", "inbox/s", "p50", "p99", "ratio"
    );
    let only: Option<usize> = arguments.next().and_then(|text| text.parse().ok());
    let rounds_of = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    for producers in [1, 8, 64, 256].into_iter().filter(|producers| only.is_none_or(|only| only == *producers)) {
        let rounds: Vec<(Rate, Rate)> = (0..rounds_of)
            .map(|round| {
                let fresh = |name: &str| fresh(&directory, &format!("{name}-{producers}-{round}.db"));
                let bare = runtime.block_on(bare(&fresh("bare"), producers, lasting));
                (bare, runtime.block_on(inbox(&fresh("inbox"), producers, lasting)))
            })
            .collect();
        // Each by itself: a round in which the disk was slow for one of the two is no ratio.
        let (bare, inbox): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
        let (bare, inbox) = (Rate::median(bare), Rate::median(inbox));
        let ratio = inbox.per_second / bare.per_second;
        println!("{producers:>9} {bare} {inbox} {ratio:>6.2}");
    }
    if only.is_some() {
        let _ = std::fs::remove_dir_all(&directory);
        return;
    }
    let (first, last, events) = runtime.block_on(memory(&fresh(&directory, "memory.db"), lasting.mul_f64(10.0)));
    println!("memory with 64 producers: {first:.1} MiB after a tenth of the run, {last:.1} MiB after {events} events");
    let _ = std::fs::remove_dir_all(&directory);
}

/// The memory of the process after a tenth of a long run and at its end, in MiB, and how many events came meanwhile. Workers
/// take them away, as in a server.
async fn memory(path: &Path, lasting: Duration) -> (f64, f64, usize) {
    let inbox = Inbox::open(path).await.expect("an inbox");
    let (accepting, started) = (inbox.clone(), Instant::now());
    let first = tokio::spawn(async move {
        tokio::time::sleep(lasting / 10).await;
        resident()
    });
    let accepted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = accepted.clone();
    let producing = async {
        let tasks: Vec<_> = (0..64)
            .map(|producer| {
                let (inbox, counted) = (accepting.clone(), counted.clone());
                tokio::spawn(async move {
                    for at in 0.. {
                        if started.elapsed() > lasting {
                            return;
                        }
                        inbox.accept(vec![record(format!("evt_{producer}_{at}"))]).await.expect("accepted");
                        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("a producer");
        }
    };
    let worker = inbox.worker(|_: hookporter_pipeline::Event| async { Ok::<_, WorkError>(()) }).concurrency(64);
    let _ = worker.run_until(producing).await;
    let last = resident();
    inbox.close().await;
    (first.await.expect("a look"), last, accepted.load(std::sync::atomic::Ordering::Relaxed))
}

/// In MiB; Linux only.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn fresh(directory: &Path, name: &str) -> PathBuf {
    let path = directory.join(name);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(directory.join(format!("{name}{suffix}")));
    }
    path
}

fn syncs(directory: &Path, lasting: Duration) -> f64 {
    let mut file = File::create(directory.join("appended")).expect("a file");
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < lasting {
        file.write_all(&[b'x'; BODY]).and_then(|()| file.sync_data()).expect("a sync");
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

async fn inbox(path: &Path, producers: usize, lasting: Duration) -> Rate {
    let inbox = Inbox::open(path).await.expect("an inbox");
    let rate = hookporter_bench::inbox::rate(&inbox, producers, lasting).await;
    inbox.close().await;
    rate
}

type Waiting = (String, Vec<u8>, oneshot::Sender<()>);

async fn bare(path: &Path, producers: usize, lasting: Duration) -> Rate {
    let (sender, receiver) = mpsc::channel::<Waiting>();
    let path = path.to_owned();
    let writer = std::thread::spawn(move || group_commits(&path, &receiver));
    let rate = Rate::of(producers, lasting, move |id| {
        let (done, committed) = oneshot::channel();
        sender.send((id, vec![b'x'; BODY], done)).expect("a writer");
        async move {
            committed.await.expect("committed");
        }
    })
    .await;
    writer.join().expect("the writer");
    rate
}

fn group_commits(path: &Path, receiver: &mpsc::Receiver<Waiting>) {
    let connection = Connection::open(path).expect("a database");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
             CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL)",
        )
        .expect("a table");
    while let Ok(first) = receiver.recv() {
        let batch: Vec<Waiting> = std::iter::once(first).chain(receiver.try_iter().take(511)).collect();
        connection.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        {
            let sql = "INSERT INTO events (id, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            let mut insert = connection.prepare_cached(sql).expect("a statement");
            for (id, body, _) in &batch {
                insert.execute((id, body)).expect("a row");
            }
        }
        connection.execute_batch("COMMIT").expect("a commit");
        batch.into_iter().for_each(|(.., done)| done.send(()).unwrap_or_default());
    }
}
