//! The marker that keeps a stream from being empty: it is there, and nobody meets it.

use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_nats::Settings;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, InboxDepth, Next, WorkingSide};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{sleep, timeout};

use crate::server::{Server, claim, lent};

const LEASE: Duration = Duration::from_secs(30);

/// The subjects of all messages of an inbox's streams that are markers.
async fn markers(server: &Server, name: &str) -> Vec<String> {
    let (streams, mut found) = (server.streams().await, Vec::new());
    for (stream, pattern) in [("", "event"), ("_dead", "dead"), ("_parked", "parked")] {
        let stream = streams.get_stream(format!("{name}{stream}")).await.unwrap();
        let subject = format!("{name}.{pattern}.marker");
        if stream.get_last_raw_message_by_subject(&subject).await.is_ok() {
            found.push(subject);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_stream_has_one_marker_however_often_the_inbox_is_opened() {
    let Some(server) = Server::start() else { return };
    for _ in 0..3 {
        server.inbox("marked").await.close().await;
        assert_eq!(
            markers(&server, "marked").await,
            ["marked.event.marker", "marked.dead.marker", "marked.parked.marker"]
        );
        for stream in ["marked", "marked_dead", "marked_parked"] {
            assert_eq!(server.count(stream).await, 0, "messages of {stream} beside the marker");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_given_a_marker_and_none_is_counted() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("unseen").await;
    let seen = async |is: fn(&InboxDepth) -> bool| {
        let looking = async {
            while !inbox.depth().as_ref().is_some_and(is) {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(20), looking).await.map_err(|_| inbox.depth())
    };
    seen(|depth| depth.waiting == 0 && depth.oldest.is_none()).await.expect("a marker waits");
    for id in ["evt_1", "evt_2", "evt_3"] {
        assert_eq!(inbox.accept(vec![sample_record(id)]).await.unwrap(), [Accepted::New]);
    }
    let all = |depth: &InboxDepth| depth.waiting == 3 && depth.oldest == Some(sample_record("evt_1").received_at);
    seen(all).await.expect("three events wait, the first of them since it came");

    // The server gives it out before the first event, to whoever asks for one.
    let first = inbox.claim(Claim { most: 1, ..claim(LEASE, 10) }).await.unwrap();
    assert_eq!((first.leases.len(), first.dead.len()), (1, 0));
    let others = lent(&inbox, LEASE).await;
    for (lease, next) in first.leases.iter().chain(&others).zip([Next::Dead, Next::Parked, Next::Parked]) {
        let failure = Failure { now: SystemClock.now(), error: "no".to_owned(), next };
        let _ = inbox.fail(lease.id, failure).await.unwrap();
    }
    seen(|depth| (depth.waiting, depth.dead, depth.parked) == (0, 1, 2)).await.expect("one is dead, two are parked");
    assert_eq!(inbox.requeue_dead_letters().await.unwrap(), 1);
    assert_eq!(inbox.release_parked().await.unwrap(), 2);
    assert_eq!(lent(&inbox, LEASE).await.len(), 3);
    assert_eq!(markers(&server, "unseen").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_marker_that_went_with_what_is_old_is_put_anew() {
    let Some(server) = Server::start() else { return };
    let settings = Settings::new().stream("swept").remember_events(Duration::from_secs(1));
    let inbox = settings.connect(&server.url()).await.unwrap();
    let _ = inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    for lease in lent(&inbox, LEASE).await {
        let _ = inbox.complete(lease.id, SystemClock.now()).await.unwrap();
    }
    let swept = async {
        let mut first = 1;
        // Behind both messages: the marker is another one.
        while first <= 2 || markers(&server, "swept").await.len() < 3 {
            sleep(Duration::from_millis(100)).await;
            let stream = server.streams().await.get_stream("swept").await.unwrap();
            first = stream.cached_info().state.first_sequence;
        }
    };
    timeout(Duration::from_secs(20), swept).await.expect("no marker is put anew");
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New], "it is forgotten");
    assert_eq!(lent(&inbox, LEASE).await.len(), 1, "the event alone");
}
