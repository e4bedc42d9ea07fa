//! Refused requests of several nodes, kept in one place. How they come out of it is in the suite.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{FrozenClock, Reason, Secret};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_pipeline::operating::{
    Operated, OperatingSide, QuarantineSide, RefusedListed, RefusedRequest, RefusedSelection,
};
use hookporter_pipeline::{Endpoint, TraceId, Verdict, receive};
use hookporter_postgres::Inbox;
use hookporter_testkit::SignedRequest;
use hookporter_testkit::inbox::{START, Stopwatch, sample_record};
use tokio::time::{Instant, sleep};

use crate::server::{Server, number};

/// What the sender signs with, and what was deployed in its place.
const RIGHT: &str = "the secret that the sender has";
const WRONG: &str = "the secret of another endpoint";

/// An inbox that keeps so many refused requests, and so many bytes of them.
async fn open(server: &Server, schema: &str, requests: usize, bytes: usize) -> Inbox {
    let settings = server.settings(schema).clock(FrozenClock(START)).quarantine(requests, bytes);
    settings.connect(&server.url()).await.unwrap()
}

fn github(inbox: &Inbox, secret: &str) -> Arc<Endpoint> {
    let endpoint = Endpoint::github(Secret::new(secret)).unwrap().clock(FrozenClock(START)).inbox(inbox);
    Arc::new(endpoint.quarantine().unwrap())
}

fn push(secret: &str, body: &str) -> SignedRequest {
    hookporter_testkit::github(secret).event("push").at(START).body(Bytes::from(body.to_owned())).build()
}

pub(crate) async fn send(endpoint: &Arc<Endpoint>, request: &SignedRequest) -> u16 {
    match receive(endpoint, &request.head(), None, &mut Some(request.body().clone())).await {
        Verdict::Reply(reply) => reply.status,
        verdict => panic!("{verdict:?}"),
    }
}

fn request(endpoint: &str, at: u64, reached_proof: bool, bytes: usize) -> RefusedRequest {
    RefusedRequest {
        trace: TraceId::from_bits(at),
        endpoint: endpoint.to_owned(),
        reason: Reason::InvalidSignature,
        detail: "invalid-signature".to_owned(),
        arrived_at: START,
        method: "POST".to_owned(),
        target: "/hook".to_owned(),
        reached_proof,
        headers: Vec::new(),
        body: Bytes::from(vec![b'x'; bytes]),
        peer: None,
        sealed_by: None,
    }
}

/// What is kept, once it is as expected.
async fn kept(inbox: &Inbox, expected: impl Fn(&[RefusedListed]) -> bool) -> Vec<RefusedListed> {
    let began = Instant::now();
    loop {
        let listed = inbox.desk().select_refused(RefusedSelection::all(), 0, 10_000).await.unwrap();
        if expected(&listed) {
            return listed;
        }
        let listed: Vec<_> = listed.iter().map(|one| (&*one.endpoint, one.reached_proof, one.trace)).collect();
        assert!(began.elapsed() < Duration::from_secs(20), "{listed:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Which are left of one kind, of an endpoint.
fn left(listed: &[RefusedListed], endpoint: &str, reached_proof: bool) -> Vec<u64> {
    let of = |one: &&RefusedListed| one.endpoint == endpoint && one.reached_proof == reached_proof;
    listed.iter().filter(of).map(|one| one.trace.to_bits()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bounds_hold_for_all_nodes_and_a_flood_reaches_no_other_endpoint() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (open(&server, "bounds", 10, 1_000_000).await, open(&server, "bounds", 10, 1_000_000).await);
    let (here, there) = (one.quarantine().unwrap(), other.quarantine().unwrap());
    for at in 0..3 {
        here.keep(request("quiet", at, true, 10));
        here.keep(request("flooded", at, false, 10));
    }
    kept(&one, |listed| listed.len() == 6).await;
    for at in 100..180 {
        let side = if at % 2 == 0 { &here } else { &there };
        side.keep(request("flooded", at, true, 10));
    }
    let (pool, began) = (server.pool().await, Instant::now());
    while number(&pool, "SELECT last_value FROM bounds.refused_id_seq").await < 86 {
        assert!(began.elapsed() < Duration::from_secs(20), "not every one came");
        sleep(Duration::from_millis(20)).await;
    }
    let listed = kept(&other, |listed| listed.len() == 13).await;
    let flooded = left(&listed, "flooded", true);
    assert!(flooded.len() == 7 && flooded.iter().all(|trace| *trace > 160), "the newest of either node: {flooded:?}");
    assert_eq!(left(&listed, "quiet", true), [0, 1, 2], "another endpoint's flood does not reach it");
    assert_eq!(left(&listed, "flooded", false), [0, 1, 2], "nor does another kind's");

    let small = open(&server, "small", 1000, 80_000).await.desk();
    assert!(!small.has_room(10_000), "an eighth at the most");
    small.keep(request("a", 0, true, 10_000));
    for at in 1..=60 {
        small.keep(request("a", at, true, 4_000));
    }
    let inbox = open(&server, "small", 1000, 80_000).await;
    let listed = kept(&inbox, |listed| left(listed, "a", true).last() == Some(&60)).await;
    assert_eq!(listed.len(), 19);
    let none = open(&server, "none", 0, 1_000_000).await;
    assert!(!none.desk().has_room(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_recheck_at_once_hand_off_each_once() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (open(&server, "twice", 1000, 10_000_000).await, open(&server, "twice", 1000, 10_000_000).await);
    let wrong = github(&one, WRONG);
    for at in 0..60 {
        assert_eq!(send(&wrong, &push(RIGHT, &format!("[{at}]"))).await, 401);
    }
    kept(&one, |listed| listed.len() == 60).await;
    drop(wrong);
    let again = |endpoint: Arc<Endpoint>| async move { endpoint.recheck(RefusedSelection::all()).await.unwrap() };
    let both = [tokio::spawn(again(github(&one, RIGHT))), tokio::spawn(again(github(&other, RIGHT)))];
    let mut words = Vec::new();
    for node in both {
        words.extend(node.await.unwrap().into_iter().map(|judged| judged.outcome.as_str()));
    }
    let count = |word| words.iter().filter(|one| **one == word).count();
    assert_eq!((count("accepted"), count("accepted") + count("gone")), (60, words.len()), "{words:?}");
    assert_eq!(one.desk().stats().await.unwrap().waiting, 60);
    kept(&other, <[_]>::is_empty).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_waits_and_what_is_too_much_at_once_or_comes_while_it_is_down_is_lost() {
    let Some(mut server) = Server::start() else { return };
    let inbox = open(&server, "flood", 100_000, 1_000_000_000).await;
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    server.stop();
    let (desk, began) = (inbox.desk(), Stopwatch::start());
    let mut taken = 0;
    for at in 0..50_000 {
        if desk.has_room(1000) {
            desk.keep(request("a", at, true, 1000));
            taken += 1;
        }
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(taken, 256, "no more than that waits");
    server.launch(&[]);
    server.await_up();
    kept(&inbox, |listed| listed.len() == 256).await;
    // What waits when it closes is written.
    let side = inbox.refused().unwrap();
    (0..20).for_each(|at| side.keep(request("b", at, true, 10)));
    inbox.close().await;
    assert!(!side.has_room(1), "closed");
    let inbox = open(&server, "flood", 100_000, 1_000_000_000).await;
    kept(&inbox, |listed| left(listed, "b", true).len() == 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_old_is_swept() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server, "old", 10, 1_000_000).await;
    inbox.desk().keep(request("a", 1, true, 10));
    kept(&inbox, |listed| listed.len() == 1).await;
    inbox.close().await;
    let later = async |days: u32| {
        let clock = FrozenClock(START.plus(Duration::from_secs(24 * 3600) * days));
        server.settings("old").clock(clock).connect(&server.url()).await.unwrap()
    };
    let inbox = later(29).await;
    // Longer than a sweep takes that has nothing to do.
    sleep(Duration::from_millis(700)).await;
    assert_eq!(kept(&inbox, |_| true).await.len(), 1);
    inbox.close().await;
    kept(&later(31).await, <[_]>::is_empty).await;
}

/// What stands in any table of a schema, as text.
#[cfg(feature = "seal")]
async fn holds(server: &Server, schema: &str, canary: &str) -> bool {
    let sql: &'static str = Box::leak(
        ["contents", "requests", "refused", "events"]
            .map(|table| {
                format!("SELECT count(*) AS count FROM {schema}.{table} AS row WHERE encode(row::text::bytea, 'escape') ~ $1")
            })
            .join(" UNION ALL ")
            .into_boxed_str(),
    );
    let sql: &'static str = Box::leak(format!("SELECT sum(count)::bigint FROM ({sql}) AS each").into_boxed_str());
    // Bytes are shown as hex.
    let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
    let pattern = format!("{canary}|{hex}");
    let count: i64 =
        hookporter_postgres::sqlx::query_scalar(sql).bind(pattern).fetch_one(&server.pool().await).await.unwrap();
    count > 0
}

#[cfg(feature = "seal")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sealed_stands_nowhere_in_clear_and_is_judged_all_the_same() {
    use hookporter_pipeline::inbox::SealingKeys;
    use hookporter_pipeline::quarantine::Judgement;

    let Some(server) = Server::start() else { return };
    let sealed = async |schema: &str, key: &str| {
        let keys = SealingKeys::new(&Secret::new(key).named("key")).unwrap();
        let settings = server.settings(schema).clock(FrozenClock(START)).seal(keys);
        settings.connect(&server.url()).await.unwrap()
    };
    let first = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let second = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
    let canary = "canary-7f3a";
    let secret = |body: &str| push(RIGHT, body).with_target(&format!("/{canary}")).with_header("user-agent", canary);
    // It is looked for where it would be.
    let clear = open(&server, "clear", 10, 1_000_000).await;
    send(&github(&clear, WRONG), &secret(&format!("[\"{canary}\"]"))).await;
    kept(&clear, |listed| listed.len() == 1).await;
    assert!(holds(&server, "clear", canary).await);

    let inbox = sealed("sealed", first).await;
    let right = github(&inbox, RIGHT);
    assert_eq!(send(&right, &secret("[0]")).await, 200);
    drop(right);
    let body = format!("[\"{canary}\"]");
    assert_eq!(send(&github(&inbox, WRONG), &secret(&body)).await, 401);
    let number = kept(&inbox, |listed| listed.len() == 1).await[0].number;
    crate::journal::rows(&inbox, 2).await;
    assert!(!holds(&server, "sealed", canary).await);
    assert_eq!(inbox.desk().refused_request(number).await.unwrap().unwrap().body, body);
    // Whoever has no key puts nothing beside it in clear.
    let keyless = open(&server, "sealed", 10, 1_000_000).await;
    assert!(keyless.desk().readmit(number, vec![sample_record("evt_1")]).await.is_err());
    inbox.close().await;
    // Another key under the same name.
    let inbox = sealed("sealed", second).await;
    let judged = github(&inbox, RIGHT).recheck(RefusedSelection::all()).await.unwrap();
    assert!(matches!(judged[0].outcome, Judgement::Failed(_)), "{judged:?}");
    inbox.close().await;
    let inbox = sealed("sealed", first).await;
    let judged = github(&inbox, RIGHT).recheck(RefusedSelection::all()).await.unwrap();
    assert_eq!(judged[0].outcome, Judgement::Accepted);
    assert!(!holds(&server, "sealed", canary).await, "nor as an event");
}
