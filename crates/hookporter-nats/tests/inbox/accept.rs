//! What is accepted: once, however long ago; or refused.

use std::time::Duration;

use hookporter_nats::async_nats::jetstream::stream::{Config, DiscardPolicy};
use hookporter_nats::{Inbox, OpenError, Settings};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, EventRecord, Failure, Next, RecordLabel, WorkingSide};
use hookporter_testkit::inbox::{Stopwatch, sample_record};
use tokio::time::{sleep, timeout};

use crate::server::{Server, lent};

const LEASE: Duration = Duration::from_secs(30);

async fn accept(inbox: &Inbox, record: EventRecord) -> Accepted {
    inbox.accept(vec![record]).await.unwrap()[0]
}

/// Why it was refused.
async fn refused(inbox: &Inbox, records: Vec<EventRecord>) -> String {
    let error = inbox.accept(records).await.unwrap_err();
    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_at_two_nodes_at_once_are_one_event() {
    let Some(server) = Server::start() else { return };
    let nodes = [server.inbox("copies").await, server.inbox("copies").await];
    let copies = (0..200).map(|at| tokio::spawn(nodes[at % 2].accept(vec![sample_record("evt_1")])));
    let mut answers = Vec::new();
    for copy in copies.collect::<Vec<_>>() {
        answers.extend(copy.await.unwrap().unwrap());
    }
    let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
    assert_eq!((count(Accepted::New), count(Accepted::Duplicate)), (1, 199));
    assert_eq!(server.count("copies").await, 1);
    assert_eq!(lent(&nodes[0], LEASE).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_is_known_when_the_streams_window_is_long_over_and_the_server_was_killed() {
    for server in [Server::start(), Server::syncing()].into_iter().flatten() {
        knows_duplicates(server).await;
    }
}

async fn knows_duplicates(mut server: Server) {
    let stream = Config {
        name: "window".to_owned(),
        subjects: vec!["window.event.*".to_owned()],
        discard: DiscardPolicy::New,
        max_messages_per_subject: 1,
        allow_direct: true,
        duplicate_window: Duration::from_millis(100),
        ..Config::default()
    };
    server.streams().await.create_stream(stream).await.unwrap();
    let inbox = server.inbox("window").await;
    assert_eq!(accept(&inbox, sample_record("evt_1")).await, Accepted::New);
    let lease = lent(&inbox, LEASE).await.remove(0);
    let _ = inbox.complete(lease.id, lease.record.received_at).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    assert_eq!(accept(&inbox, sample_record("evt_1")).await, Accepted::Duplicate, "done, and remembered");
    server.kill();
    server.relaunch();
    let inbox = server.inbox("window").await;
    assert_eq!(accept(&inbox, sample_record("evt_1")).await, Accepted::Duplicate);
    assert_eq!(accept(&inbox, sample_record("evt_2")).await, Accepted::New);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_byte_that_a_sender_may_sign_is_kept_and_none_steers_the_server() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("bytes").await;
    let odd = "a\0b.*>\r\nNats-Expected-Last-Subject-Sequence: 7\r\nNats-Rollup: all\r\n\u{202e}';--\\\"{,}";
    let mut record = sample_record("evt_1");
    let label = || Some(RecordLabel { text: odd.to_owned(), signed: true });
    (record.event_id, record.event_type, record.api_version) = (label(), label(), label());
    (record.endpoint, record.tenant) = (odd.to_owned(), Some(odd.to_owned()));
    (record.target, record.key_id, record.provider) = (odd.to_owned(), odd.to_owned(), odd.to_owned());
    record.identity = Some((0..=255).cycle().take(20_000).collect());
    record.body = (0..=255).cycle().take(900_000).collect();
    assert_eq!(accept(&inbox, record.clone()).await, Accepted::New);
    assert_eq!(accept(&inbox, record.clone()).await, Accepted::Duplicate);
    let leases = lent(&inbox, LEASE).await;
    assert_eq!(leases.len(), 1);
    assert!(leases[0].record == record, "{:?}", leases[0].record);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_kept_is_refused_with_the_reason() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("refused").await;
    let mut ordered = sample_record("evt_1");
    ordered.lane = Some("customer 7".to_owned());
    let why = refused(&inbox, vec![sample_record("evt_2"), ordered]).await;
    assert!(why.contains("in_order_by"), "{why}");
    assert_eq!(server.count("refused").await, 0, "nothing of the request was kept");
    let mut large = sample_record("evt_3");
    large.body = vec![b'x'; 1024 * 1024].into();
    let why = refused(&inbox, vec![large]).await;
    assert!(why.contains("payload"), "{why}");
    assert_eq!(accept(&inbox, sample_record("evt_4")).await, Accepted::New);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_stream_refuses_and_forgets_nothing() {
    let Some(server) = Server::syncing() else { return };
    // Whatever is left of it for the last one.
    for most in (20_000..20_600).step_by(40) {
        let name = format!("full{most}");
        let inbox = Settings::new().stream(&name).most_bytes(most).connect(&server.url()).await.unwrap();
        let mut kept = 0;
        while inbox.accept(vec![sample_record(&format!("evt_{kept}"))]).await.is_ok() {
            kept += 1;
            assert!(kept < 100, "the stream is never full");
        }
        assert_eq!(server.count(&name).await, kept);
        assert_eq!(accept(&inbox, sample_record("evt_0")).await, Accepted::Duplicate);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_would_forget_old_events_when_it_is_full_is_refused() {
    let Some(server) = Server::start() else { return };
    let inbox = Settings::new().stream("full").most_bytes(20_000).connect(&server.url()).await;
    match (server.can_sync(), inbox) {
        // As old is the setting that older ones have not.
        (true, inbox) => assert!(inbox.is_ok(), "{inbox:?}"),
        (false, Err(OpenError::Unfit { problem, .. })) => assert!(problem.contains("max_bytes"), "{problem}"),
        (false, inbox) => panic!("{inbox:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_its_way_is_bounded_while_the_server_hangs_and_goes_on_when_nobody_waits() {
    let Some(server) = Server::start() else { return };
    let inbox = Settings::new().stream("hangs").queue(3, 1_000_000).connect(&server.url()).await.unwrap();
    server.signal("STOP");
    // Nobody waits for the first three: the futures are dropped.
    for at in 0..3 {
        drop(inbox.accept(vec![sample_record(&format!("evt_{at}"))]));
    }
    assert_eq!(inbox.queue_depth().0, 3);
    let began = Stopwatch::start();
    let error = inbox.accept(vec![sample_record("evt_3")]).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_millis(500), "refused at once");
    assert!(error.to_string().contains("full"), "{error}");
    server.signal("CONT");
    let kept = async {
        while server.count("hangs").await < 3 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), kept).await.expect("what nobody waited for is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_that_several_deliver_again_is_worked_once_more_only() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("again").await;
    assert_eq!(accept(&inbox, sample_record("evt_1")).await, Accepted::New);
    let lease = lent(&inbox, LEASE).await.remove(0);
    let now = lease.record.received_at;
    let dead = Failure { now, error: "no such account".to_owned(), next: Next::Dead };
    let _ = inbox.fail(lease.id, dead).await.unwrap();
    assert_eq!(server.count("again_dead").await, 1);
    let mut copy = sample_record("evt_1");
    copy.body = "what came last".into();
    let copies: Vec<_> = (0..20).map(|_| tokio::spawn(inbox.accept(vec![copy.clone()]))).collect();
    let mut requeued = 0;
    for copy in copies {
        requeued += usize::from(copy.await.unwrap().unwrap() == [Accepted::Requeued]);
    }
    assert_eq!((requeued, server.count("again_dead").await), (1, 0));
    let leases = lent(&inbox, LEASE).await;
    let told: Vec<_> = leases.iter().map(|lease| (lease.id.number, lease.attempt, &lease.record.body[..])).collect();
    assert_eq!(told, [(lease.id.number, 1, &b"what came last"[..])]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_never_stops_does_not_have_a_dead_letter_worked_for_ever() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("never").await;
    let mut rounds = 0;
    while accept(&inbox, sample_record("evt_1")).await != Accepted::Duplicate {
        let lease = lent(&inbox, LEASE).await.remove(0);
        assert_eq!(lease.attempt, 1);
        let dead = Failure { now: lease.record.received_at, error: "no".to_owned(), next: Next::Dead };
        let _ = inbox.fail(lease.id, dead).await.unwrap();
        rounds += 1;
        assert!(rounds < 200, "for ever");
    }
    assert_eq!(rounds, 101);
}
