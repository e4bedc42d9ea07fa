//! What is old and done is forgotten, and nothing else.

use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_nats::Settings;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkingSide};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{sleep, timeout};

use crate::server::{Server, lent};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_event_is_forgotten_once_it_is_done() {
    let Some(server) = Server::start() else { return };
    let settings = Settings::new().stream("old").remember_events(Duration::from_secs(2));
    let inbox = settings.connect(&server.url()).await.unwrap();
    for at in 0..20 {
        let _ = inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap();
    }
    let mut leases = lent(&inbox, Duration::from_secs(60)).await;
    assert_eq!(leases.len(), 10);
    let undone = leases.remove(7);
    for lease in &leases {
        let _ = inbox.complete(lease.id, SystemClock.now()).await.unwrap();
    }
    let until = async |left: u64| {
        while server.count("old").await > left {
            sleep(Duration::from_millis(100)).await;
        }
    };
    // Those before the one that is not done.
    timeout(Duration::from_secs(20), until(13)).await.expect("nothing is forgotten");
    sleep(Duration::from_millis(2500)).await;
    assert_eq!(
        server.count("old").await,
        13,
        "what is behind one that is not done stays, and so does what is not done"
    );
    assert_eq!(inbox.accept(vec![sample_record("evt_0")]).await.unwrap(), [Accepted::New], "forgotten");
    assert_eq!(inbox.accept(vec![sample_record("evt_8")]).await.unwrap(), [Accepted::Duplicate], "done");
    let _ = inbox.complete(undone.id, SystemClock.now()).await.unwrap();
    timeout(Duration::from_secs(20), until(11)).await.expect("the rest is not forgotten");
}
