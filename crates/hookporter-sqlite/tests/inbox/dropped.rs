//! Workers that nobody waits for any more.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::inbox::{AcceptingSide, WorkError};
use hookporter_sqlite::Inbox;
use hookporter_testkit::inbox::sample_record;
use tokio::sync::{Notify, mpsc};

use crate::directory::Directory;

/// Nothing renews its lease any more, so another worker will have its event.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_dropped_takes_its_functions_with_it() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    // Whoever drops the sender has been ended.
    let begun = Arc::new(Notify::new());
    let (sender, mut ended) = mpsc::channel::<()>(1);
    let its_begun = begun.clone();
    let sender = Arc::new(Mutex::new(Some(sender)));
    let worker = inbox.worker(move |_| {
        let (begun, held) = (its_begun.clone(), sender.lock().unwrap().take());
        async move {
            let _held = held;
            begun.notify_one();
            std::future::pending::<Result<(), WorkError>>().await
        }
    });
    let running = tokio::spawn(worker.run_until(std::future::pending()));
    begun.notified().await;
    running.abort();
    let over = tokio::time::timeout(Duration::from_secs(10), ended.recv()).await;
    assert_eq!(over, Ok(None), "the function goes on without a lease");
}
