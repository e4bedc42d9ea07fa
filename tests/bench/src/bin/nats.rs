//! Acknowledgements per second on NATS JetStream: the inbox beside bare loops of confirmed publishes, in one run, on the same server.
//!
//! ```sh
//! cargo run --release --no-default-features --features nats --bin nats URL [SECONDS [ROUNDS]]
//! ```
//!
//! All take as many bytes from the same number of producers over one connection, and each producer waits for its confirmation. The
//! first bare loop publishes to one subject, with a message id in the stream's duplicate window; the second to a subject for each
//! event, without; the third is told by the stream what the inbox is told: a subject for each event and one message on each, kept
//! only where there is none, in a stream that has a consumer. What lies between the second and the third the server spends on the
//! promise; what lies between the third and the inbox is ours.
//! What a confirmation is worth is the server's `sync_interval`: start it with `always`. Streams whose names begin with `bench_` are
//! made anew.

use std::time::Duration;

use bytes::Bytes;
use hookporter_bench::inbox::{fill, record};
use hookporter_bench::rate::Rate;
use hookporter_nats::async_nats::jetstream::consumer::pull;
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
        "{:>9} {:>10} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "producers", "one/s", "many/s", "same/s", "inbox/s", "p50", "p99", "to one", "to many", "to same"
    );
    for producers in [1, 8, 64, 256] {
        let mut rates = [const { Vec::new() }; 4];
        for _ in 0..rounds {
            for (rates, bare) in rates.iter_mut().zip([Bare::One, Bare::Many, Bare::Same]) {
                rates.push(bare.rate(&streams, producers, lasting).await);
            }
            rates[3].push(inbox(&streams, &url, producers, lasting).await);
        }
        let [one, many, same, inbox] = rates.map(Rate::median);
        println!(
            "{producers:>9} {:>10.0} {:>10.0} {:>10.0} {inbox} {:>8.2} {:>8.2} {:>8.2}",
            one.per_second,
            many.per_second,
            same.per_second,
            inbox.per_second / one.per_second,
            inbox.per_second / many.per_second,
            inbox.per_second / same.per_second
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

/// A loop of confirmed publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    One,
    Many,
    Same,
}

impl Bare {
    async fn rate(self, streams: &Context, producers: usize, lasting: Duration) -> Rate {
        forget(streams, &["bench_bare"]).await;
        let config = Config {
            name: "bench_bare".to_owned(),
            subjects: vec!["bench_bare.event.*".to_owned()],
            discard: DiscardPolicy::New,
            max_messages_per_subject: if self == Self::Same { 1 } else { -1 },
            ..Config::default()
        };
        let stream = streams.create_stream(config).await.expect("a stream");
        if self == Self::Same {
            let workers = pull::Config { durable_name: Some("workers".to_owned()), ..pull::Config::default() };
            stream.create_consumer(workers).await.expect("a consumer");
        }
        let (publishing, length) = (streams.clone(), record("evt_0_0000".to_owned()).to_bytes().len());
        let rate = Rate::of(producers, lasting, move |id| {
            let publishing = publishing.clone();
            async move {
                let publish = PublishMessage::build().payload(Bytes::from(vec![b'x'; length]));
                let (subject, publish) = match self {
                    Self::One => ("bench_bare.event.all".to_owned(), publish.message_id(&id)),
                    Self::Many => (format!("bench_bare.event.{id}"), publish),
                    // As long as a digest.
                    Self::Same => (format!("bench_bare.event.{id:0>40}"), publish.expected_last_subject_sequence(0)),
                };
                publishing.send_publish(subject, publish).await.expect("published").await.expect("confirmed");
            }
        })
        .await;
        forget(streams, &["bench_bare"]).await;
        rate
    }
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
