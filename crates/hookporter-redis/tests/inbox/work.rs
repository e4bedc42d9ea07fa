//! Workers: what they are woken by, whose clock counts, and what people see and do.

use std::time::Duration;

use hookporter_core::{Clock, SystemClock, UnixTime};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{
    Accepted, AcceptingSide, Claim, Failure, Lease, Next, Settled, WorkError, WorkingSide,
};
use hookporter_redis::{Inbox, Settings};
use hookporter_testkit::inbox::sample_record;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::server::Server;

/// With leases so long that none runs out where the machine stands still.
fn claim(now: UnixTime) -> Claim {
    Claim { now, lease: Duration::from_secs(60), most: 10, attempts: 5 }
}

async fn one(inbox: &Inbox) -> Lease {
    inbox.claim(claim(SystemClock.now())).await.unwrap().leases.remove(0)
}

async fn fail(inbox: &Inbox, lease: &Lease, next: Next) {
    let failure = Failure { now: SystemClock.now(), error: "no such account".to_owned(), next };
    assert_eq!(inbox.fail(lease.id, failure).await.unwrap(), Settled::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_wakes_the_others_at_once() {
    let Some(server) = Server::start() else { return };
    let (accepting, working) = (server.inbox("wake").await, server.inbox("wake").await);
    let (calls, mut called) = mpsc::unbounded_channel();
    let worker = working.worker(move |_: Event| {
        calls.send(Instant::now()).unwrap();
        std::future::ready(Ok::<_, WorkError>(()))
    });
    tokio::spawn(worker.run_until(std::future::pending()));
    let (mut prompt, mut at) = (0, 0);
    // It begins to hear a moment after it has begun to work.
    while prompt < 5 {
        assert!(at < 60, "only {prompt} of {at} were told of at once: by chance it would be one in five");
        sleep(Duration::from_millis(130 * (at % 6))).await;
        let began = Instant::now();
        let _ = accepting.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap();
        let told = timeout(Duration::from_secs(30), called.recv()).await.unwrap().unwrap();
        prompt = if told.duration_since(began) < Duration::from_millis(250) { prompt + 1 } else { 0 };
        at += 1;
    }
}

const SHORT: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_clock_is_wrong_takes_no_event_from_another() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("clocks").await;
    let mut record = sample_record("evt_1");
    // The receiver's clock is a day ahead.
    record.received_at = SystemClock.now().plus(Duration::from_secs(24 * 3600));
    let _ = inbox.accept(vec![record]).await.unwrap();
    let now = SystemClock.now();
    let claim = |now| Claim { lease: SHORT, ..claim(now) };
    let began = Instant::now();
    let lease = inbox.claim(claim(now)).await.unwrap().leases.remove(0);
    for wrong in [now.plus(Duration::from_secs(3600)), now.minus(Duration::from_secs(3600))] {
        let claimed = inbox.claim(claim(wrong)).await.unwrap();
        // On a machine that stood still it has run out meanwhile, and says nothing.
        let holds = began.elapsed() < SHORT;
        assert!(claimed.leases.is_empty() || !holds, "the lease holds, whatever this node's clock says");
        let wait = claimed.next_due.unwrap().since(wrong);
        assert!(wait <= SHORT && (wait > Duration::ZERO || !holds), "{wait:?}");
    }
    sleep(SHORT + Duration::from_millis(200)).await;
    assert_eq!(inbox.claim(claim(now)).await.unwrap().leases.len(), 1, "run out");
    assert_eq!(inbox.complete(lease.id, now).await.unwrap(), Settled::Fenced);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_see_what_waits_is_lent_and_dead_and_mend_it() {
    let Some(server) = Server::start() else { return };
    let inbox = Settings::new().name("seen").node("node-7").connect(&server.url()).await.unwrap();
    let look = server.look().await;
    let mut parked = sample_record("evt_parked");
    parked.parked = true;
    let _ = inbox.accept(vec![sample_record("evt_1"), sample_record("evt_2"), parked]).await.unwrap();
    let leases = inbox.claim(Claim { most: 1, ..claim(SystemClock.now()) }).await.unwrap().leases;
    let pending = server.asked(&["xpending", "{seen}:events", "workers"]);
    assert!(pending.starts_with("1\n") && pending.contains("node-7"), "{pending}");
    fail(&inbox, &leases[0], Next::Dead).await;
    let dead = server.asked(&["xrange", "{seen}:dead", "-", "+"]);
    let received = sample_record("evt_1").received_at.as_millis().to_string();
    for shown in ["evt_1", "acme", "invoice.paid", &received, "no such account"] {
        assert!(dead.lines().any(|line| line == shown), "{shown}: {dead}");
    }
    let began = Instant::now();
    let depth = loop {
        if let Some(depth) = inbox.depth().filter(|depth| depth.dead == 1) {
            break depth;
        }
        assert!(began.elapsed() < Duration::from_secs(30));
        sleep(Duration::from_millis(50)).await;
    };
    let oldest = Some(sample_record("evt_2").received_at);
    assert_eq!((depth.waiting, depth.dead, depth.parked, depth.oldest), (1, 1, 1, oldest));

    let dead_number = leases[0].id.number;
    let parked_number = dead_number + 2;
    assert!(!inbox.requeue(dead_number + 1).await.unwrap(), "it waits already");
    assert!(inbox.requeue(dead_number).await.unwrap() && !inbox.requeue(dead_number).await.unwrap());
    assert!(inbox.give_up(parked_number).await.unwrap() && !inbox.give_up(parked_number).await.unwrap());
    let leases = inbox.claim(claim(SystemClock.now())).await.unwrap().leases;
    let lent: Vec<_> = leases.iter().map(|lease| (lease.id.number, lease.attempt)).collect();
    assert_eq!(lent, [(dead_number + 1, 1), (dead_number, 1)]);
    for stream in ["{seen}:dead", "{seen}:parked"] {
        assert_eq!(look.ask::<i64>(&["XLEN", stream]).await, 0, "{stream}");
    }
    let copy = |id: &str| inbox.accept(vec![sample_record(id)]);
    assert_eq!(copy("evt_parked").await.unwrap(), [Accepted::Duplicate]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_did_to_the_server_mends_itself() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("mends").await;
    let _ = inbox.accept(vec![sample_record("evt_1"), sample_record("evt_2")]).await.unwrap();
    let first = inbox.claim(Claim { most: 1, ..claim(SystemClock.now()) }).await.unwrap().leases.remove(0);
    // The scripts are forgotten, for what comes in and for workers.
    server.asked(&["script", "flush"]);
    assert_eq!(inbox.accept(vec![sample_record("evt_3")]).await.unwrap(), [Accepted::New]);
    server.asked(&["script", "flush"]);
    let leases = inbox.claim(Claim { most: 1, ..claim(SystemClock.now()) }).await.unwrap().leases;
    assert_eq!(leases[0].record.event_id.as_ref().unwrap().text, "evt_2");
    // The consumer group is gone, and with it the place in the stream: nothing is lent twice for it.
    server.asked(&["xgroup", "destroy", "{mends}:events", "workers"]);
    // Somebody's own entry in the stream is nobody's event.
    server.asked(&["xadd", "{mends}:events", "*", "n", "77"]);
    server.asked(&["xadd", "{mends}:events", "*", "odd", "77"]);
    let lent = inbox.claim(claim(SystemClock.now())).await.unwrap().leases;
    let ids: Vec<_> = lent.iter().map(|lease| lease.record.event_id.as_ref().unwrap().text.as_str()).collect();
    assert_eq!(ids, ["evt_3"]);
    for lease in lent.iter().chain([&first, &leases[0]]) {
        assert_eq!(inbox.complete(lease.id, SystemClock.now()).await.unwrap(), Settled::Done);
    }
    assert_eq!(server.look().await.undone("mends").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_never_stops_does_not_have_a_dead_letter_worked_for_ever() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("never").await;
    let mut rounds = 0;
    loop {
        let mut record = sample_record("evt_1");
        record.body = format!("{rounds}").into_bytes().into();
        if inbox.accept(vec![record.clone()]).await.unwrap() == [Accepted::Duplicate] {
            break;
        }
        let lease = one(&inbox).await;
        assert!(lease.record.body == record.body, "it is worked with what came last");
        assert_eq!(lease.attempt, 1);
        fail(&inbox, &lease, Next::Dead).await;
        rounds += 1;
    }
    assert_eq!(rounds, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_inbox_takes_and_lends_nothing() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("closed").await;
    let waiting = inbox.accept(vec![sample_record("evt_1")]);
    inbox.close().await;
    assert_eq!(waiting.await.unwrap(), [Accepted::New], "what waits is still written");
    assert!(inbox.accept(vec![sample_record("evt_2")]).await.is_err());
    assert!(inbox.claim(claim(SystemClock.now())).await.unwrap_err().is_closed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_lost_everything_gives_no_number_again() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("numbers").await;
    let ids = ["z", "b", "y", "a", "x"];
    let _ = inbox.accept(ids.map(sample_record).to_vec()).await.unwrap();
    let before: Vec<_> = inbox.claim(claim(SystemClock.now())).await.unwrap().leases;
    let order: Vec<_> = before.iter().map(|lease| lease.record.event_id.as_ref().unwrap().text.as_str()).collect();
    assert_eq!(order, ids);
    assert!(before.windows(2).all(|two| two[0].id.number < two[1].id.number), "they ascend in the order of a request");
    assert_eq!(server.asked(&["flushall"]), "OK");
    let _ = inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let last = before.last().unwrap().id.number;
    assert!(one(&inbox).await.id.number > last);
}
