//! Durable acknowledgements per second on Redis: the inbox beside bare loops, in one run, on the same server.
//!
//! ```sh
//! cargo run --release --no-default-features --features redis --bin redis URL [SECONDS [ROUNDS]]
//! ```
//!
//! All take the same bodies from the same number of producers, each of which waits for its acknowledgement, and send what waits in
//! one go. The first bare loop has one `XADD` for each event; the second has a marker beside it (`SET NX`, then `XADD`: not atomic,
//! the least that tells copies). The server reads some 16 KB of such a row of commands, does them, and syncs. The two others are
//! synced once for all that waited, and so is the inbox: the `XADD`s within one transaction; and one script that does the least
//! that tells copies in one step, a `SET NX GET` and an `XADD` for each event. The ratios are the medians of those of each round.
//!
//! The server is to have `appendonly yes`, `appendfsync always` and `auto-aof-rewrite-percentage 0` (a rewrite takes a core for
//! itself whenever it comes). It is emptied: give it a server of its own.

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
        "{:>9} {:>8} {:>8} {:>8} {:>8} {:>10} {:>8} {:>8} ratio to each",
        "producers", "xadd/s", "marked/s", "once/s", "script/s", "inbox/s", "p50", "p99"
    );
    for producers in [1, 8, 64, 256] {
        let (mut inboxes, mut floors) = (Vec::new(), Bare::ALL.map(|_| Vec::new()));
        for _ in 0..rounds {
            for (rates, of) in floors.iter_mut().zip(Bare::ALL) {
                rates.push(bare(&url, of, producers, lasting).await.per_second);
            }
            inboxes.push(inbox(&url, producers, lasting).await);
        }
        let ratios = floors
            .each_ref()
            .map(|rates| median(rates.iter().zip(&inboxes).map(|(floor, inbox)| inbox.per_second / floor).collect()));
        let [xadd, marked, once, script] = floors.map(median);
        print!("{producers:>9} {xadd:>8.0} {marked:>8.0} {once:>8.0} {script:>8.0} {}", Rate::median(inboxes));
        println!(" {}", ratios.map(|ratio| format!("{ratio:.2}")).join(" "));
    }
    for concurrency in [16, 64] {
        println!(
            "from acceptance to done, at a concurrency of {concurrency}: {:.0}/s",
            worked(&url, concurrency).await
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What a bare loop does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bare {
    Appended,
    Marked,
    Once,
    Scripted,
}

impl Bare {
    const ALL: [Self; 4] = [Self::Appended, Self::Marked, Self::Once, Self::Scripted];
}

/// The least that tells copies in one step.
const SCRIPT: &str = "for i = 1, #ARGV, 2 do \
    if not redis.call('SET', ARGV[i], 1, 'NX', 'GET') then redis.call('XADD', KEYS[1], '*', 'body', ARGV[i + 1]) end end";

/// What does all of this.
fn asked(bare: Bare, batch: &[Waiting]) -> redis::Pipeline {
    let mut pipeline = redis::pipe();
    if bare == Bare::Scripted {
        pipeline.cmd("EVAL").arg(SCRIPT).arg(1).arg("bare").ignore();
        for (id, body, _) in batch {
            pipeline.arg(format!("bare:{id}")).arg(&body[..]);
        }
        return pipeline;
    }
    if bare == Bare::Once {
        pipeline.atomic();
    }
    for (id, body, _) in batch {
        if bare == Bare::Marked {
            pipeline.cmd("SET").arg(format!("bare:{id}")).arg(1).arg("NX").ignore();
        }
        pipeline.cmd("XADD").arg("bare").arg("*").arg("id").arg(id).arg("body").arg(&body[..]).ignore();
    }
    pipeline
}

/// An event, and who waits for it.
type Waiting = (String, Bytes, oneshot::Sender<()>);

async fn fresh(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).expect("a URL");
    let mut connection = client.get_multiplexed_async_connection().await.expect("a server");
    redis::cmd("FLUSHALL").exec_async(&mut connection).await.expect("emptied");
    connection
}

async fn bare(url: &str, bare: Bare, producers: usize, lasting: Duration) -> Rate {
    let mut connection = fresh(url).await;
    let (sender, mut receiver) = mpsc::unbounded_channel::<Waiting>();
    let writer = tokio::spawn(async move {
        let mut batch = Vec::new();
        while receiver.recv_many(&mut batch, 512).await > 0 {
            asked(bare, &batch).exec_async(&mut connection).await.expect("appended");
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
