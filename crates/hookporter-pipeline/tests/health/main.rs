//! How an endpoint says that it fares.

#![cfg(test)]

#[cfg(feature = "diagnosis")]
mod causes;
mod journal;
mod strangers;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{Clock, Keyring, Reason, Secret, UnixTime};
use hookporter_pipeline::health::{Alarm, EndpointState, Health, HealthBoard, HealthWatch, Light};
use hookporter_pipeline::{BoxError, Endpoint, Event, Verdict, receive};
use hookporter_testkit::SignedRequest;

const START: i64 = 1_700_000_000;
const OLD: &str = "the old secret, long enough";
const NEW: &str = "the new secret, long enough";

/// A clock that tests set, in milliseconds.
#[derive(Debug, Clone)]
struct SetClock(Arc<AtomicI64>);

impl SetClock {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START * 1000)))
    }

    /// Sets the clock, as a person does.
    fn step(&self, seconds: i64) {
        self.0.fetch_add(seconds.saturating_mul(1000), Ordering::Relaxed);
    }

    /// Lets time go by.
    async fn pass(&self, seconds: i64) {
        tokio::time::advance(Duration::from_secs(seconds.unsigned_abs())).await;
        self.step(seconds);
    }
}

impl Clock for SetClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::Relaxed))
    }
}

struct Door {
    endpoint: Arc<Endpoint>,
    clock: SetClock,
    sent: Mutex<u32>,
}

impl Door {
    fn new(endpoint: Endpoint) -> Self {
        let clock = SetClock::new();
        Self { endpoint: Arc::new(endpoint.clock(clock.clone())), clock, sent: Mutex::new(0) }
    }

    fn github() -> Self {
        Self::new(github(OLD))
    }

    /// Another event of GitHub's.
    fn request(&self, secret: &str) -> SignedRequest {
        let mut sent = self.sent.lock().unwrap();
        *sent = sent.saturating_add(1);
        hookporter_testkit::github(secret).event("push").body(Bytes::from(format!("{{\"at\":{sent}}}"))).build()
    }

    async fn send(&self, secret: &str) -> u16 {
        self.send_this(&self.request(secret)).await
    }

    async fn send_this(&self, request: &SignedRequest) -> u16 {
        match receive(&self.endpoint, &request.head(), None, &mut Some(request.body().clone())).await {
            Verdict::Reply(reply) => reply.status,
            verdict => panic!("{verdict:?}"),
        }
    }

    /// So many, a few seconds apart.
    async fn send_many(&self, secret: &str, count: usize, seconds_apart: i64) {
        for _ in 0..count {
            self.clock.pass(seconds_apart).await;
            self.send(secret).await;
        }
    }

    fn health(&self) -> Health {
        self.endpoint.health()
    }
}

fn github(secret: &str) -> Endpoint {
    Endpoint::github(Secret::new(secret)).unwrap().otherwise(|_: Event| async { Ok::<_, BoxError>(()) })
}

fn alarms(health: &Health) -> Vec<&'static str> {
    health.alarms.iter().map(Alarm::as_str).collect()
}

#[tokio::test(start_paused = true)]
async fn a_fresh_endpoint_knows_nothing_and_then_counts() {
    let door = Door::github();
    let health = door.health();
    assert_eq!((health.state, health.light, health.totals.calls), (EndpointState::Unknown, Light::Green, 0));
    assert_eq!((health.last_accepted, health.last_error), (None, None));
    assert_eq!(door.send(OLD).await, 200);
    door.clock.pass(30).await;
    assert_eq!(door.send(NEW).await, 401);
    door.clock.pass(60).await;
    let health = door.health();
    assert_eq!((health.state, health.light), (EndpointState::Active, Light::Green));
    assert_eq!(
        (health.totals.calls, health.totals.accepted, health.totals.rejected, health.totals.errors),
        (2, 1, 1, 1)
    );
    assert_eq!((health.last_accepted, health.last_accepted_age), (Some(UnixTime::from_secs(START)), Some(90)));
    let error = health.last_error.unwrap();
    assert_eq!(
        (error.at, error.status, error.reason),
        (UnixTime::from_secs(START + 30), 401, Reason::InvalidSignature)
    );
    assert_eq!(health.errors_in_a_row, 1);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_accepted_and_refuses_all_of_a_minute_is_red_until_it_accepts() {
    let door = Door::github();
    door.send(OLD).await;
    door.send_many(NEW, 4, 10).await;
    assert_eq!(alarms(&door.health()), ["refusals-in-a-row"], "four are not five");
    door.send_many(NEW, 1, 10).await;
    let health = door.health();
    assert_eq!((health.state, health.light), (EndpointState::TooManyErrors, Light::Red));
    let expected = Alarm::RejectsEverything {
        accepted_until: UnixTime::from_secs(START),
        refusals: 5,
        reason: Reason::InvalidSignature,
    };
    assert_eq!(health.alarms, [expected]);
    assert_eq!(door.send(OLD).await, 200);
    assert_eq!((door.health().light, door.health().alarms), (Light::Green, Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn few_refusals_over_a_long_time_are_a_suspicion() {
    let door = Door::github();
    door.send(OLD).await;
    door.send_many(NEW, 2, 3600).await;
    assert_eq!(door.health().light, Light::Green);
    door.send_many(NEW, 7, 3600).await;
    let health = door.health();
    assert_eq!((health.state, health.light), (EndpointState::Active, Light::Amber));
    assert_eq!(health.alarms, [Alarm::RefusalsInARow { refusals: 9, reason: Reason::InvalidSignature }]);
}

#[tokio::test(start_paused = true)]
async fn what_never_accepted_is_not_red_and_scanners_change_nothing() {
    let door = Door::github();
    door.send_many(NEW, 20, 1).await;
    assert_eq!(door.health().light, Light::Amber, "nobody says that it ever worked");
    let door = Door::github();
    door.send(OLD).await;
    let unsigned = hookporter_testkit::github(OLD).event("push").body("{}").build().without_signature();
    for _ in 0..50 {
        assert_eq!(door.send_this(&unsigned).await, 401);
    }
    let health = door.health();
    assert_eq!((health.light, health.errors_in_a_row), (Light::Green, 50));
    // Mixed with what is genuine, forgeries are no alarm either.
    for _ in 0..20 {
        door.send_many(NEW, 2, 1).await;
        door.send(OLD).await;
    }
    assert_eq!(door.health().light, Light::Green);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_is_told_of_for_a_while() {
    let door = Door::github();
    door.health();
    door.clock.step(4);
    assert_eq!(door.health().alarms, [], "an adjustment");
    for (step, millis) in [(3600, 3_600_000), (-7200, -7_200_000)] {
        door.clock.step(step);
        let [Alarm::ClockStepped { millis: told }] = door.health().alarms[..] else { panic!("{:?}", door.health()) };
        assert!((told - millis).abs() < 1000, "{told}");
        assert_eq!(door.health().light, Light::Amber);
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_use_of_each_key_is_told_and_no_secret() {
    let keys = Keyring::from([Secret::new(OLD).named("2026-05"), Secret::new(NEW).named("2026-11")]);
    let endpoint = Endpoint::github(keys).unwrap().otherwise(|_: Event| async { Ok::<_, BoxError>(()) });
    let door = Door::new(endpoint);
    door.send(OLD).await;
    door.send_many(NEW, 3, 100).await;
    let used: Vec<_> = door.health().keys.iter().map(|key| (key.id.to_string(), key.last_used)).collect();
    let at = |after| UnixTime::from_secs(START + after);
    assert_eq!(used, [("2026-05".to_owned(), at(0)), ("2026-11".to_owned(), at(300))]);
    door.send_many("a secret of nobody's at all", 6, 1).await;
    let json = serde_json::to_string(&door.health()).unwrap();
    for secret in [OLD, NEW] {
        assert!(!json.contains(secret), "{json}");
    }
}

#[tokio::test(start_paused = true)]
async fn as_json_it_has_words_moments_and_links() {
    let door = Door::github();
    door.send(OLD).await;
    door.send_many(NEW, 5, 1).await;
    let json: serde_json::Value = serde_json::to_value(door.health()).unwrap();
    for (pointer, expected) in [
        ("/endpoint", "github"),
        ("/provider", "github"),
        ("/state", "too-many-errors"),
        ("/light", "red"),
        ("/alarms/0/alarm", "rejects-everything"),
        ("/alarms/0/reason", "invalid-signature"),
        ("/last_accepted", "2023-11-14T22:13:20.000Z"),
        ("/last_error/outcome", "rejected"),
        ("/keys/0/last_used", "2023-11-14T22:13:20.000Z"),
    ] {
        assert_eq!(json.pointer(pointer).and_then(|value| value.as_str()), Some(expected), "{pointer} of {json}");
    }
    let guide = json.pointer("/alarms/0/guide").and_then(|value| value.as_str()).unwrap();
    assert!(guide.ends_with("#invalid-signature"), "{guide}");
    assert_eq!(json.pointer("/totals/calls"), Some(&serde_json::json!(6)));
}

#[tokio::test(start_paused = true)]
async fn every_change_is_told_once_and_a_hook_may_panic() {
    let door = Door::github();
    let told = Arc::new(Mutex::new(Vec::new()));
    let note = told.clone();
    let watch = HealthWatch::new([(*door.endpoint).clone()])
        .every(Duration::from_millis(10))
        .on_change(|_| panic!("on purpose"))
        .on_change(move |health| note.lock().unwrap().push((health.state, health.light)));
    let look = || tokio::time::sleep(Duration::from_millis(50));
    let story = async {
        look().await;
        door.send(OLD).await;
        look().await;
        door.send_many(NEW, 5, 0).await;
        look().await;
        door.send_many(NEW, 5, 0).await;
        look().await;
        door.send(OLD).await;
        look().await;
        door.endpoint.pause();
        look().await;
    };
    watch.run_until(story).await;
    let expected = [
        (EndpointState::Unknown, Light::Green),
        (EndpointState::Active, Light::Green),
        (EndpointState::TooManyErrors, Light::Red),
        (EndpointState::Active, Light::Green),
        (EndpointState::Stopped, Light::Green),
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_board_shows_the_worst_and_says_whether_all_take_requests() {
    let (one, other) = (Door::github(), Door::new(github(NEW).named("second")));
    let board = HealthBoard::new([&one, &other].map(|door| (*door.endpoint).clone()));
    let shown = || serde_json::from_str::<serde_json::Value>(&board.json()).unwrap();
    assert_eq!((shown()["light"].as_str(), shown()["ready"].as_bool()), (Some("green"), Some(true)));
    one.send(OLD).await;
    one.send_many(NEW, 5, 1).await;
    assert_eq!((shown()["light"].as_str(), board.is_ready()), (Some("red"), true), "red is ready");
    other.endpoint.shut_down();
    assert_eq!((shown()["ready"].as_bool(), board.is_ready()), (Some(false), false));
    let names: Vec<_> = (0..2).map(|at| shown()["endpoints"][at]["endpoint"].clone()).collect();
    assert_eq!(names, ["github", "second"]);
}

#[test]
fn keys_of_tenants_are_told_from_those_of_a_rotation() {
    assert!(!github(OLD).health().has_tenants);
    assert!(github(OLD).tenant_from_path("/webhooks/{tenant}").unwrap().health().has_tenants);
}
