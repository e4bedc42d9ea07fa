//! Durable acknowledgements per second on Redis: the inbox beside bare loops, in one run, on the same server.
//!
//! ```sh
//! cargo run --release --no-default-features --features redis --bin redis URL [SECONDS [ROUNDS]]
//! ```
//!
//! All take the same bodies from the same number of producers, each of which waits for its acknowledgement, and send what waits in
//! one go. The first bare loop has one `XADD` for each event; the second has a marker beside it (`SET NX`, then `XADD`: not atomic,
//! the least that tells copies). The server is to have `appendonly yes` and `appendfsync always`. It is emptied: give it a server
//! of its own.

use std::time::Duration;

use bytes::Bytes;
use hookporter_bench::inbox::{BODY, fill};
use hookporter_bench::rate::Rate;
use hookporter_pipeline::inbox::{AcceptingSide, Durability};
use hookporter_redis::redis::{self, aio::MultiplexedConnection};
use hookporter_redis::{Inbox, Settings};
use tokio::sync::{mpsc, oneshot};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a server");
    let lasting = Duration::from_secs_f64(arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2.0));
    let rounds: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    println!(
        "{:>9} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8} {:>8}",
        "producers", "xadd/s", "marked/s", "inbox/s", "p50", "p99", "to xadd", "to marked"
    );
    for producers in [1, 8, 64, 256] {
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..rounds {
            rates[0].push(bare(&url, Bare::Appended, producers, lasting).await);
            rates[1].push(bare(&url, Bare::Marked, producers, lasting).await);
            rates[2].push(inbox(&url, producers, lasting).await);
        }
        let [appended, marked, inbox] = rates.map(Rate::median);
        println!(
            "{producers:>9} {:>10.0} {:>10.0} {inbox} {:>8.2} {:>8.2}",
            appended.per_second,
            marked.per_second,
            inbox.per_second / appended.per_second,
            inbox.per_second / marked.per_second
        );
    }
    for concurrency in [16, 64] {
        println!(
            "from acceptance to done, at a concurrency of {concurrency}: {:.0}/s",
            worked(&url, concurrency).await
        );
    }
}

/// What a bare loop does for an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bare {
    Appended,
    Marked,
}

async fn fresh(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).expect("a URL");
    let mut connection = client.get_multiplexed_async_connection().await.expect("a server");
    redis::cmd("FLUSHALL").exec_async(&mut connection).await.expect("emptied");
    connection
}

async fn bare(url: &str, bare: Bare, producers: usize, lasting: Duration) -> Rate {
    let mut connection = fresh(url).await;
    let (sender, mut receiver) = mpsc::unbounded_channel::<(String, Bytes, oneshot::Sender<()>)>();
    let writer = tokio::spawn(async move {
        let mut batch = Vec::new();
        while receiver.recv_many(&mut batch, 512).await > 0 {
            let mut pipeline = redis::pipe();
            for (id, body, _) in &batch {
                if bare == Bare::Marked {
                    pipeline.cmd("SET").arg(format!("bare:{id}")).arg(1).arg("NX").ignore();
                }
                pipeline.cmd("XADD").arg("bare").arg("*").arg("id").arg(id).arg("body").arg(&body[..]).ignore();
            }
            pipeline.exec_async(&mut connection).await.expect("appended");
            for (_, _, done) in batch.drain(..) {
                let _ = done.send(());
            }
        }
    });
    let rate = Rate::of(producers, lasting, move |id| {
        let (done, appended) = oneshot::channel();
        sender.send((id, Bytes::from(vec![b'x'; BODY]), done)).expect("a writer");
        async move {
            appended.await.expect("appended");
        }
    })
    .await;
    writer.await.expect("the writer");
    rate
}

async fn open(url: &str) -> Inbox {
    drop(fresh(url).await);
    let inbox = Settings::new().name("bench").connect(url).await.expect("an inbox");
    if inbox.durability() < Durability::Synced {
        println!("the server is not durable: {}", inbox.durability());
    }
    inbox
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
    let client = redis::Client::open(url).expect("a URL");
    let mut look = client.get_multiplexed_async_connection().await.expect("a server");
    let done = async {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let left: i64 = redis::cmd("XLEN").arg("{bench}:events").query_async(&mut look).await.expect("a count");
            if left == 0 {
                return;
            }
        }
    };
    let rate = hookporter_bench::inbox::worked(&inbox, EVENTS, concurrency, done).await;
    inbox.close().await;
    rate
}
