//! The likely cause in an endpoint's health.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookporter_core::{Head, HeaderVisitor, Headers, Keyring, Occurrence, Secret, UnixTime};
use hookporter_pipeline::health::{Health, Light};
use hookporter_pipeline::journal::Journal;
use hookporter_pipeline::{Observer, Record, Reply, Verdict, receive};

use crate::{Door, NEW, OLD, START, alarms, github};

/// The health, once the last refusal is examined. Time stands still meanwhile.
async fn examined(door: &Door) -> Health {
    wait_for(door, |health| health.likely_cause.is_some()).await;
    door.health()
}

/// Waits a minute at the most; whether it came to that. Time stands still meanwhile.
async fn wait_for(door: &Door, is_so: impl Fn(&Health) -> bool) -> bool {
    comes_in(6000, door, is_so).await
}

/// Gives what is not to come a second in which it would.
async fn comes_after_all(door: &Door, is_so: impl Fn(&Health) -> bool) -> bool {
    comes_in(100, door, is_so).await
}

async fn comes_in(looks: u32, door: &Door, is_so: impl Fn(&Health) -> bool) -> bool {
    for _ in 0..looks {
        tokio::task::yield_now().await;
        if is_so(&door.health()) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

#[tokio::test(start_paused = true)]
async fn the_secret_of_before_the_deploy_is_named_at_the_first_refusal() {
    let door = Door::new(github(NEW).recognize("the release of yesterday", Secret::new(OLD)));
    assert_eq!(door.send(OLD).await, 401);
    let health = examined(&door).await;
    assert_eq!((health.light, alarms(&health)), (Light::Red, vec!["own-fault"]));
    let message = health.alarms[0].to_string();
    assert_eq!(message, "signed with the keys of the release of yesterday, not with this endpoint's");
    let cause = health.likely_cause.unwrap();
    assert_eq!((&*cause.cause, cause.is_proven, cause.at), ("other-keys", true, UnixTime::from_secs(START)));
    // Mended: the sender's next request holds.
    assert_eq!(door.send(NEW).await, 200);
    assert_eq!((door.health().light, door.health().likely_cause), (Light::Green, None));
}

#[tokio::test(start_paused = true)]
async fn an_expired_key_and_a_rewritten_body_are_proven() {
    let expired = Secret::new(OLD).named("2026-05").expires_at(UnixTime::from_secs(START - 1));
    let door = Door::new(github_with(Keyring::from([expired, Secret::new(NEW).named("2026-11")])));
    door.send(OLD).await;
    assert_eq!(examined(&door).await.likely_cause.unwrap().cause, "expired-key");
    let door = Door::github();
    let request = door.request(OLD);
    let body = [request.body(), &b"\n"[..]].concat();
    assert_eq!(door.send_this(&request.with_body(body)).await, 401);
    let health = examined(&door).await;
    assert_eq!((health.light, &*health.likely_cause.unwrap().cause), (Light::Red, "body-changed"));
}

fn github_with(keys: Keyring) -> hookporter_pipeline::Endpoint {
    let endpoint = hookporter_pipeline::Endpoint::github(keys).unwrap();
    endpoint.otherwise(|_: hookporter_pipeline::Event| async { Ok::<_, hookporter_pipeline::BoxError>(()) })
}

#[tokio::test(start_paused = true)]
async fn a_forgery_proves_nothing_and_does_not_hide_what_is_proven() {
    let door = Door::new(github(NEW).recognize("old", Secret::new(OLD)));
    door.send("a secret of nobody's at all").await;
    let health = examined(&door).await;
    assert_eq!((health.light, health.likely_cause.map(|cause| cause.is_proven)), (Light::Green, Some(false)));
    door.clock.pass(2).await;
    door.send(OLD).await;
    wait_for(&door, |health| health.light == Light::Red).await;
    door.clock.pass(2).await;
    door.send("a secret of nobody's at all").await;
    comes_after_all(&door, |_| false).await;
    assert_eq!(alarms(&door.health()), ["own-fault", "refusals-in-a-row"], "{:?}", door.health());
}

#[tokio::test(start_paused = true)]
async fn a_proof_that_is_stripped_each_time_is_a_suspicion() {
    let door = Door::github();
    for at in 1..=3 {
        assert_eq!(door.send_this(&door.request(OLD).without_signature()).await, 401);
        let health = examined(&door).await;
        assert_eq!(health.light, if at < 3 { Light::Green } else { Light::Amber }, "{health:?}");
    }
    assert_eq!(alarms(&door.health()), ["likely-fault"]);
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_examined_once_a_second_and_never_holds_up_an_answer() {
    let door = Arc::new(Door::github());
    door.send(OLD).await;
    for _ in 0..300 {
        assert_eq!(door.send(NEW).await, 401);
    }
    let first = examined(&door).await.likely_cause.unwrap();
    assert_eq!(first.at, UnixTime::from_secs(START));
    door.clock.pass(3).await;
    door.send(NEW).await;
    let again = wait_for(&door, |health| health.likely_cause.as_ref().is_some_and(|cause| cause.at > first.at)).await;
    assert!(again, "not examined again: {:?}", door.health());
}

#[tokio::test(start_paused = true)]
async fn what_was_found_before_a_proof_held_does_not_come_back() {
    let door = Door::new(github(NEW).recognize("old", Secret::new(OLD)));
    door.send(OLD).await;
    assert_eq!(examined(&door).await.light, Light::Red);
    assert_eq!(door.send(NEW).await, 200);
    assert_eq!(door.send("a secret of nobody's at all").await, 401);
    assert_eq!((door.health().light, door.health().likely_cause), (Light::Green, None), "not examined yet");
    door.clock.pass(2).await;
    let cause = examined(&door).await.likely_cause.unwrap();
    assert_eq!((&*cause.cause, cause.is_proven), ("wrong-secret", false), "nor does it stand against what is new");
}

#[tokio::test(start_paused = true)]
async fn a_flood_without_proofs_does_not_keep_out_what_is_signed() {
    let door = Door::new(github(NEW).recognize("old", Secret::new(OLD)));
    for _ in 0..50 {
        assert_eq!(door.send_this(&door.request(OLD).without_signature()).await, 401);
    }
    assert!(!examined(&door).await.likely_cause.unwrap().is_proven);
    door.send(OLD).await;
    assert!(wait_for(&door, |health| health.light == Light::Red).await, "{:?}", door.health());
}

#[tokio::test(start_paused = true)]
async fn whoever_is_first_each_second_does_not_keep_out_the_rest() {
    let door = Door::new(github(NEW).recognize("old", Secret::new(OLD)));
    // One of three each time: so often nothing is no chance, and no busy machine.
    for _ in 0..640 {
        door.clock.pass(1).await;
        for secret in ["a secret of nobody's at all", OLD, "a secret of nobody's at all"] {
            door.send(secret).await;
        }
        for _ in 0..5 {
            tokio::task::yield_now().await;
            std::thread::sleep(Duration::from_millis(2));
        }
        if door.health().light == Light::Red {
            return;
        }
    }
    panic!("never examined: {:?}", door.health());
}

#[tokio::test(start_paused = true)]
async fn what_is_longer_than_a_mebibyte_is_not_examined() {
    let door = Door::new(github(NEW).recognize("old", Secret::new(OLD)));
    let longest = 1024 * 1024;
    let of = |length: usize| hookporter_testkit::github(OLD).event("push").body(vec![b' '; length]).build();
    assert_eq!(door.send_this(&of(longest + 1)).await, 401);
    assert!(!comes_after_all(&door, |health| health.likely_cause.is_some()).await, "{:?}", door.health());
    assert_eq!(door.send_this(&of(longest)).await, 401);
    assert!(wait_for(&door, |health| health.light == Light::Red).await, "{:?}", door.health());
}

#[test]
fn a_runtime_that_ends_leaves_room_for_the_next_examination() {
    let door = Door::new(github(NEW).recognize("old", Secret::new(OLD)));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // The task of the examination has not begun when its runtime ends.
    assert_eq!(runtime().block_on(door.send(OLD)), 401);
    assert_eq!(door.health().likely_cause, None);
    let found = runtime().block_on(async {
        door.send(OLD).await;
        wait_for(&door, |health| health.likely_cause.is_some()).await
    });
    assert!(found, "{:?}", door.health());
}

/// Headers that are shown once, to the check, and never again.
struct ShownOnce(Vec<(String, String)>, AtomicBool);

impl Headers for ShownOnce {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        self.0.occurrence(name)
    }

    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        assert!(!self.1.swap(true, Ordering::Relaxed), "on purpose");
        self.0.visit(visitor);
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_on_the_way_to_the_examination_changes_no_answer() {
    let door = Door::new(github(NEW).recognize("old", Secret::new(OLD)));
    let request = door.request(OLD);
    let headers = ShownOnce(request.headers().to_vec(), AtomicBool::new(false));
    let head = Head::new("POST", "/hook", &headers);
    let verdict = receive(&door.endpoint, &head, None, &mut Some(request.body().clone())).await;
    assert!(matches!(verdict, Verdict::Reply(Reply { status: 401, .. })), "{verdict:?}");
    assert!(headers.1.load(Ordering::Relaxed), "shown");
    assert_eq!(door.health().totals.rejected, 1, "written down");
    door.send(OLD).await;
    assert_eq!(examined(&door).await.light, Light::Red);
}

#[tokio::test(start_paused = true)]
async fn what_is_said_of_a_cause_is_short() {
    let door = Door::new(github(NEW).recognize(&"long ".repeat(1000), Secret::new(OLD)));
    door.send(OLD).await;
    let cause = examined(&door).await.likely_cause.unwrap();
    assert_eq!((&*cause.cause, cause.message.len()), ("other-keys", 512 + "…".len()));
}

/// An observer that takes its time.
struct Slow;

impl Observer for Slow {
    fn observe(&self, _: &Record) {
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_explained_once_it_is_written_down() {
    let journal = Journal::in_memory(10);
    let door = Door::new(github(NEW).observer(Slow).observer(journal.clone()));
    door.send(OLD).await;
    for _ in 0..6000 {
        if journal.entry(1).is_some_and(|entry| entry.cause.is_some()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the cause is lost: {:?}", door.health().likely_cause);
}
