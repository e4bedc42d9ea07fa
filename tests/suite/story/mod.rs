//! The operator's story: a wrong secret is deployed, health says so and why, the secret is mended, and nothing was lost.

mod key_file;
mod senders;
mod wrong_secret;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookporter::health::{Health, HealthWatch, Light};
use hookporter::inbox::WorkError;
use hookporter::{Endpoint, Event, Inbox};
use hookporter_testkit::SignedRequest;

use crate::attacks::raw;
use crate::server::Server;
use crate::wire::{Answer, Wire};

/// What the sender signs with, and what is deployed in its place.
const RIGHT: &str = "the secret that the sender has";
const WRONG: &str = "the secret of another endpoint";

/// A directory of a story's own, gone when it ends well.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("hookporter-story-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn inbox(&self) -> PathBuf {
        self.0.join("hooks.db")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// A delivery of GitHub's, signed by it.
fn push(at: usize) -> SignedRequest {
    hookporter_testkit::github(RIGHT).event("push").target(crate::server::PATH).body(format!("[{at}]")).build()
}

/// Sends it over a socket of its own.
async fn deliver(server: &Server, request: &SignedRequest) -> Answer {
    let (address, bytes) = (server.address, raw(request));
    let sent = tokio::task::spawn_blocking(move || {
        let mut wire = Wire::connect(address);
        wire.write(&bytes);
        wire.answer().unwrap()
    });
    sent.await.unwrap()
}

/// Health as an operator sees it: the last change that the watch has told of.
struct Watched(Arc<Mutex<Option<Health>>>);

impl Watched {
    fn over(endpoint: Endpoint) -> Self {
        let seen = Arc::new(Mutex::new(None));
        let told = seen.clone();
        let watch = HealthWatch::new([endpoint]).on_change(move |health| *told.lock().unwrap() = Some(health.clone()));
        tokio::spawn(watch.run_until(std::future::pending()));
        Self(seen)
    }

    /// Waits for this light, a minute at the most: how long an operator may be left in the dark.
    async fn turns(&self, light: Light) -> Health {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            let health = self.0.lock().unwrap().clone();
            if let Some(health) = health.filter(|health| health.light == light) {
                return health;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never {light}: {:?}", self.0.lock().unwrap());
    }
}

/// The bodies of the events that a worker has worked, in order, once there are so many and no more come.
async fn worked(inbox: &Inbox, many: usize) -> Vec<String> {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = bodies.clone();
    let worker = inbox.worker(move |event: Event| {
        seen.lock().unwrap().push(String::from_utf8(event.body().to_vec()).unwrap());
        async { Ok::<_, WorkError>(()) }
    });
    let all = async {
        for _ in 0..1500 {
            if bodies.lock().unwrap().len() >= many {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Time for one too many.
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    let _ = worker.run_until(all).await;
    let mut bodies = bodies.lock().unwrap().clone();
    bodies.sort();
    bodies
}

/// The bodies of these deliveries, each once.
fn each_once(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    let mut all: Vec<_> = numbers.into_iter().map(|at| format!("[{at}]")).collect();
    all.sort();
    all
}

/// Stops a server, off the runtime's threads.
async fn stop(server: Server) {
    tokio::task::spawn_blocking(move || drop(server)).await.unwrap();
}
