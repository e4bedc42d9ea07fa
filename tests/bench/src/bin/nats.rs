//! Acknowledgements per second on NATS JetStream: the inbox beside bare loops of confirmed publishes, in one run, on the same server.
//!
//! ```sh
//! cargo run --release --no-default-features --features nats --bin nats URL [SECONDS [ROUNDS]]
//! ```
//!
//! All take the same bodies from the same number of producers, each of which waits for its confirmation. The first bare loop
//! publishes to one subject, with a message id in the stream's duplicate window; the second to a subject for each event, without.
//! What a confirmation is worth is the server's `sync_interval`: start it with `always`. Streams whose names begin with `bench_` are
//! made anew.

use std::time::Duration;

use bytes::Bytes;
use hookporter_bench::inbox::{BODY, fill};
use hookporter_bench::rate::Rate;
use hookporter_nats::async_nats::jetstream::context::Context;
use hookporter_nats::async_nats::jetstream::message::PublishMessage;
use hookporter_nats::async_nats::jetstream::stream::{Config, DiscardPolicy};
use hookporter_nats::async_nats::{self, jetstream};
use hookporter_nats::{Inbox, Settings};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a server");
    let lasting = Duration::from_secs_f64(arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2.0));
    let rounds: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    let streams = jetstream::new(async_nats::connect(&url).await.expect("a server"));
    println!(
        "{:>9} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8} {:>8}",
        "producers", "one/s", "many/s", "inbox/s", "p50", "p99", "to one", "to many"
    );
    for producers in [1, 8, 64, 256] {
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..rounds {
            rates[0].push(bare(&streams, false, producers, lasting).await);
            rates[1].push(bare(&streams, true, producers, lasting).await);
            rates[2].push(inbox(&streams, &url, producers, lasting).await);
        }
        let [one, many, inbox] = rates.map(Rate::median);
        println!(
            "{producers:>9} {:>10.0} {:>10.0} {inbox} {:>8.2} {:>8.2}",
            one.per_second,
            many.per_second,
            inbox.per_second / one.per_second,
            inbox.per_second / many.per_second
        );
    }
    for concurrency in [16, 64] {
        println!("worked at a concurrency of {concurrency}: {:.0}/s", worked(&streams, &url, concurrency).await);
    }
}

async fn forget(streams: &Context, names: &[&str]) {
    for name in names {
        let _ = streams.delete_stream(name).await;
    }
}

async fn bare(streams: &Context, many: bool, producers: usize, lasting: Duration) -> Rate {
    forget(streams, &["bench_bare"]).await;
    let config = Config {
        name: "bench_bare".to_owned(),
        subjects: vec!["bench_bare.*".to_owned()],
        discard: DiscardPolicy::New,
        ..Config::default()
    };
    streams.create_stream(config).await.expect("a stream");
    let publishing = streams.clone();
    let rate = Rate::of(producers, lasting, move |id| {
        let publishing = publishing.clone();
        async move {
            let publish = PublishMessage::build().payload(Bytes::from(vec![b'x'; BODY]));
            let (subject, publish) = match many {
                true => (format!("bench_bare.{id}"), publish),
                false => ("bench_bare.all".to_owned(), publish.message_id(&id)),
            };
            publishing.send_publish(subject, publish).await.expect("published").await.expect("confirmed");
        }
    })
    .await;
    forget(streams, &["bench_bare"]).await;
    rate
}

async fn open(streams: &Context, url: &str) -> Inbox {
    forget(streams, &["bench_inbox", "bench_inbox_dead", "bench_inbox_parked"]).await;
    Settings::new().stream("bench_inbox").connect(url).await.expect("an inbox")
}

async fn inbox(streams: &Context, url: &str, producers: usize, lasting: Duration) -> Rate {
    let inbox = open(streams, url).await;
    let rate = hookporter_bench::inbox::rate(&inbox, producers, lasting).await;
    inbox.close().await;
    forget(streams, &["bench_inbox", "bench_inbox_dead", "bench_inbox_parked"]).await;
    rate
}

/// Events per second that a worker has done which were there.
async fn worked(streams: &Context, url: &str, concurrency: usize) -> f64 {
    const EVENTS: usize = 10_000;
    let inbox = open(streams, url).await;
    fill(&inbox, EVENTS).await;
    let stream = streams.get_stream("bench_inbox").await.expect("a stream");
    let done = async {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let workers = stream.consumer_info("workers").await.expect("a consumer");
            if workers.num_pending == 0 && workers.num_ack_pending == 0 {
                return;
            }
        }
    };
    let rate = hookporter_bench::inbox::worked(&inbox, EVENTS, concurrency, done).await;
    inbox.close().await;
    forget(streams, &["bench_inbox", "bench_inbox_dead", "bench_inbox_parked"]).await;
    rate
}
