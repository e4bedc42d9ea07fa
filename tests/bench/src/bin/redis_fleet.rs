//! Workers of the Redis inbox in one to four processes, what an event costs the server, and what it costs when many wait.
//!
//! ```sh
//! cargo run --release --no-default-features --features redis --bin redis_fleet URL [EVENTS]
//! ```
//!
//! Worker processes are this program, run once more. The server is to have `appendonly yes`, `appendfsync always` and
//! `auto-aof-rewrite-percentage 0`; it is emptied. The ratios are to one process, and to ten thousand events.

use hookporter_bench::{fleet, inbox};
use hookporter_redis::redis::{self, AsyncConnectionConfig, aio::MultiplexedConnection};
use hookporter_redis::{Inbox, Settings};

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
    let client = redis::Client::open(url.as_str()).expect("a URL");
    // A million events are not emptied at once.
    let patient = AsyncConnectionConfig::new().set_response_timeout(None);
    let connected = client.get_multiplexed_async_connection_with_config(&patient).await;
    let server = Server(connected.expect("a server"));
    println!("an event costs the server {:>9} {:>9} {:>9}", "log/B", "memory/B", "CPU/us");
    let inbox = server.filled(&url, 0).await;
    let left = async || -server.waiting().await;
    fleet::costs(&inbox, async || server.spent().await, left).await;
    inbox.close().await;
    let prepared = async || server.filled(&url, events).await.close().await;
    let done = async || events.saturating_sub(u64::try_from(server.waiting().await).expect("a count"));
    fleet::processes(&url, events, prepared, done).await;
    fleet::waiting(async |events| server.filled(&url, events).await, left).await;
}

async fn open(url: &str) -> Inbox {
    Settings::new().name("bench").connect(url).await.expect("an inbox")
}

struct Server(MultiplexedConnection);

impl Server {
    async fn asked<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        redis::cmd(words[0]).arg(&words[1..]).query_async(&mut self.0.clone()).await.expect("an answer")
    }

    /// How many wait, or are being worked.
    async fn waiting(&self) -> i64 {
        self.asked(&["XLEN", "{bench}:events"]).await
    }

    /// An inbox in which so many wait.
    async fn filled(&self, url: &str, events: u64) -> Inbox {
        self.asked::<()>(&["FLUSHALL"]).await;
        let inbox = open(url).await;
        inbox::fill(&inbox, usize::try_from(events).expect("a count")).await;
        inbox
    }

    /// What was spent so far: bytes of the append-only file, bytes of memory, and microseconds.
    async fn spent(&self) -> [f64; 3] {
        let info: String = self.asked(&["INFO", "everything"]).await;
        let of = |name: &str| -> f64 {
            let value = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            value.expect("a field").trim().parse().expect("a number")
        };
        let seconds = of("used_cpu_sys_main_thread") + of("used_cpu_user_main_thread");
        [of("aof_current_size"), of("used_memory_dataset"), seconds * 1e6]
    }
}
