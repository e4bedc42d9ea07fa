//! The likely cause in an endpoint's health.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Keyring, Secret, UnixTime};
use hookporter_pipeline::health::{Health, Light};

use crate::{Door, NEW, OLD, START, alarms, github};

/// The health, once the last refusal is examined. Time stands still meanwhile.
async fn examined(door: &Door) -> Health {
    for _ in 0..500 {
        if door.health().likely_cause.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
        tokio::task::yield_now().await;
    }
    door.health()
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
    assert_eq!((cause.cause, cause.is_proven, cause.at), ("other-keys", true, UnixTime::from_secs(START)));
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
    assert_eq!((health.light, health.likely_cause.unwrap().cause), (Light::Red, "body-changed"));
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
    for _ in 0..200 {
        if door.health().light == Light::Red {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    door.clock.pass(2).await;
    door.send("a secret of nobody's at all").await;
    std::thread::sleep(Duration::from_millis(300));
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
    for _ in 0..200 {
        if door.health().likely_cause.is_some_and(|cause| cause.at > first.at) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("not examined again: {:?}", door.health());
}
