//! Hold mode: 503 in place of the refusal, while it is our own fault, and no longer.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Header, Identity, Scheme, Secret};
use hookporter_pipeline::operating::QuarantineSide;
use hookporter_pipeline::{Endpoint, Outcome, Verdict, receive};
use hookporter_sqlite::Inbox;
use hookporter_testkit::ManualClock;
use hookporter_testkit::inbox::START;

use super::{RIGHT, WRONG, events, kept, open, push, send};
use crate::directory::Directory;

/// An endpoint that holds, and the clock that its health goes by.
struct Held {
    inbox: Inbox,
    endpoint: Arc<Endpoint>,
    clock: ManualClock,
}

impl Held {
    /// It has accepted once.
    async fn new(directory: &Directory) -> Self {
        Self::on(open(&directory.file()).await).await
    }

    async fn on(inbox: Inbox) -> Self {
        let clock = ManualClock::at(START);
        let endpoint = Endpoint::github(Secret::new(RIGHT)).unwrap().clock(clock.clone()).inbox(&inbox);
        let endpoint = Arc::new(endpoint.quarantine().unwrap().hold_while_red().unwrap());
        assert_eq!(send(&endpoint, &push(RIGHT, "[0]")).await, 200);
        // From here on time passes as the test says; not while the disk is waited for.
        tokio::time::pause();
        Self { inbox, endpoint, clock }
    }

    async fn forged(&self, at: usize) -> u16 {
        send(&self.endpoint, &push(WRONG, &format!("[{at}]"))).await
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        tokio::time::advance(time).await;
    }
}

#[tokio::test]
async fn five_refusals_in_a_minute_hold_and_a_proof_ends_it_at_once() {
    let directory = Directory::new();
    let held = Held::new(&directory).await;
    for at in 1..=5 {
        assert_eq!(held.forged(at).await, 401, "nothing shows yet that it is our own fault");
        held.pass(Duration::from_secs(2)).await;
    }
    assert_eq!(held.forged(6).await, 503);
    assert_eq!(held.endpoint.count(Outcome::Unavailable), 1);
    assert_eq!(send(&held.endpoint, &push(WRONG, "[7]").without_signature()).await, 401, "whoever has no proof at all");
    let Verdict::Reply(reply) = receive(&held.endpoint, &push(WRONG, "[8]").head(), None, &mut body("[8]")).await
    else {
        panic!("taken")
    };
    assert!((60..=108).contains(&reply.retry_after.unwrap()), "{:?}", reply.retry_after);
    assert_eq!((reply.status, reply.content.is_some()), (503, false));
    tokio::time::resume();
    kept(&held.inbox, 7).await;
    assert_eq!(send(&held.endpoint, &push(RIGHT, "[9]")).await, 200, "what is signed is taken all the while");
    assert_eq!(held.forged(10).await, 401, "ended, within the same second");
}

fn body(text: &str) -> Option<bytes::Bytes> {
    Some(bytes::Bytes::from(text.to_owned()))
}

/// A quarantine that is full, damaged or closed keeps nothing: then the sender's own retry is all that is left of the event.
#[tokio::test]
async fn it_holds_also_while_nothing_can_be_kept() {
    let directory = Directory::new();
    let held = Held::on(super::bounds::small(&directory.file(), 0, 1_000_000).await).await;
    for at in 1..=5 {
        assert_eq!(held.forged(at).await, 401);
        held.pass(Duration::from_secs(2)).await;
    }
    assert!(!held.inbox.has_room(0));
    assert_eq!(held.forged(6).await, 503);
    // The disk is waited for, and not the clock.
    tokio::time::resume();
    assert_eq!(send(&held.endpoint, &push(RIGHT, "[7]")).await, 200);
    assert_eq!(held.forged(8).await, 401, "ended");
}

#[tokio::test]
async fn a_suspicion_holds_for_a_quarter_of_an_hour_whatever_a_stranger_goes_on_sending() {
    let directory = Directory::new();
    let held = Held::new(&directory).await;
    let mut statuses = Vec::new();
    // An hour, one every ten seconds.
    for at in 0..360 {
        statuses.push(held.forged(at).await);
        held.pass(Duration::from_secs(10)).await;
    }
    let first = statuses.iter().position(|status| *status == 503).unwrap();
    let held_for = statuses.iter().filter(|status| **status == 503).count();
    assert!(first <= 6 && (88..=91).contains(&held_for), "{first} {held_for}");
    assert!(statuses[first + held_for..].iter().all(|status| *status == 401), "and not again");
}

#[tokio::test]
async fn where_it_is_off_or_nothing_was_ever_accepted_a_refusal_is_a_refusal() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let clock = ManualClock::at(START);
    let github = || Endpoint::github(Secret::new(RIGHT)).unwrap().clock(clock.clone()).inbox(&inbox);
    let off = Arc::new(github().named("off").quarantine().unwrap());
    assert_eq!(send(&off, &push(RIGHT, "[0]")).await, 200);
    let fresh = Arc::new(github().quarantine().unwrap().hold_while_red().unwrap());
    for at in 0..20 {
        for endpoint in [&off, &fresh] {
            assert_eq!(send(endpoint, &push(WRONG, &format!("[{at}]"))).await, 401);
        }
    }
}

/// What the sender was told to bring again is not handed off twice where nobody could tell the two apart.
#[tokio::test]
async fn events_that_nothing_identifies_wait_for_their_retry_or_for_somebody() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let scheme = || Scheme::hmac_sha256().signature(Header::new("x-acme-signature").hex());
    let request = |secret: &str| hookporter_testkit::custom(scheme(), secret).at(START).body("[]").build();
    let expected = Arc::new(std::sync::Mutex::new(RIGHT));
    let current = expected.clone();
    let keys = hookporter_pipeline::Keys::resolve(move |_| {
        let secret = Secret::new(*current.lock().unwrap());
        async move { Ok::<_, hookporter_pipeline::BoxError>(Some(secret)) }
    });
    let endpoint = Endpoint::custom("acme", scheme().identity(Identity::Distinct), keys).unwrap();
    let endpoint = endpoint.clock(hookporter_core::FrozenClock(START)).inbox(&inbox).quarantine().unwrap();
    let endpoint = Arc::new(endpoint.hold_while_red().unwrap());
    assert_eq!(send(&endpoint, &request(RIGHT)).await, 200);
    *expected.lock().unwrap() = WRONG;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let begun = tokio::time::Instant::now();
    for _ in 0..5 {
        // What is known of its health counts for a second.
        let told = send(&endpoint, &request(RIGHT)).await;
        assert!(told == 401 || (told == 503 && begun.elapsed() > Duration::from_secs(1)), "{told}");
    }
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(send(&endpoint, &request(RIGHT)).await, 503);
    kept(&inbox, 6).await;
    *expected.lock().unwrap() = RIGHT;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(send(&endpoint, &request(RIGHT)).await, 200);
    // Time for the recheck that is to leave them alone.
    tokio::time::sleep(Duration::from_millis(500)).await;
    kept(&inbox, 6).await;
    assert_eq!(events(&inbox).await, 2);
    assert_eq!(super::recheck(&endpoint).await, ["accepted"; 6]);
    assert_eq!(events(&inbox).await, 8);
}
