//! Workers of the JetStream inbox in one to four processes, and what it costs when many wait.
//!
//! ```sh
//! cargo run --release --no-default-features --features nats --bin nats_fleet URL [EVENTS]
//! ```
//!
//! Worker processes are this program, run once more. The server's `sync_interval` decides what an acceptance takes: say it with the
//! figures. Streams whose names begin with `bench_inbox` are made anew. The ratios are to
//! one process, and to ten thousand events.

use hookporter_bench::{fleet, inbox};
use hookporter_nats::async_nats::{self, jetstream};
use hookporter_nats::{Inbox, Settings};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a server");
    let events: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(40_000);
    if fleet::is_worker() {
        let inbox = open(&url).await;
        fleet::work(&inbox).await;
        return inbox.close().await;
    }
    let server = Server(jetstream::new(async_nats::connect(&url).await.expect("a server")));
    let prepared = async || server.filled(&url, events).await.close().await;
    fleet::processes(&url, events, prepared, async || events.saturating_sub(server.waiting().await)).await;
    let left = async || -i64::try_from(server.waiting().await).expect("a count");
    fleet::waiting(async |events| server.filled(&url, events).await, left).await;
}

async fn open(url: &str) -> Inbox {
    Settings::new().stream("bench_inbox").connect(url).await.expect("an inbox")
}

struct Server(jetstream::Context);

impl Server {
    /// How many wait, or are being worked.
    async fn waiting(&self) -> u64 {
        let stream = self.0.get_stream_no_info("bench_inbox").await.expect("a stream");
        let workers = stream.consumer_info("workers").await.expect("a consumer");
        workers.num_pending + u64::try_from(workers.num_ack_pending).expect("a count")
    }

    /// An inbox in which so many wait.
    async fn filled(&self, url: &str, events: u64) -> Inbox {
        for name in ["bench_inbox", "bench_inbox_dead", "bench_inbox_parked"] {
            let _ = self.0.delete_stream(name).await;
        }
        let inbox = open(url).await;
        inbox::fill(&inbox, usize::try_from(events).expect("a count")).await;
        inbox
    }
}
