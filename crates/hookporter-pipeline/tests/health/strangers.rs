//! Hand-offs that fail and senders that are silent: what strangers can do to the lights, and what not.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Reason, Secret, UnixTime};
use hookporter_pipeline::health::{Alarm, EndpointState, Light};
use hookporter_pipeline::{BoxError, Endpoint, Event};

use crate::{Door, NEW, OLD, START, alarms, github};

fn failing(endpoint: Endpoint) -> Endpoint {
    endpoint.otherwise(|_: Event| async { Err(BoxError::from("no")) })
}

const FIVE: Alarm = Alarm::Unavailable { errors: 5, reason: Reason::HandoffFailed };

#[tokio::test(start_paused = true)]
async fn work_that_cannot_be_taken_is_red_and_a_pause_is_not() {
    let door = Door::new(failing(Endpoint::github(Secret::new(OLD)).unwrap()));
    door.send_many(OLD, 5, 1).await;
    let health = door.health();
    assert_eq!(health.alarms, [Alarm::Unavailable { errors: 5, reason: Reason::HandoffFailed }]);
    assert_eq!((health.state, health.light), (EndpointState::TooManyErrors, Light::Red));
    let door = Door::github();
    door.endpoint.pause();
    door.send_many(OLD, 9, 1).await;
    assert_eq!((door.health().state, door.health().light), (EndpointState::Stopped, Light::Green));
    door.endpoint.resume();
    assert_eq!(door.send(OLD).await, 200);
    assert_eq!(door.health().state, EndpointState::Active);
}

#[tokio::test(start_paused = true)]
async fn refusals_do_not_put_out_the_light_of_a_failing_hand_off() {
    let door = Door::new(failing(Endpoint::github(Secret::new(OLD)).unwrap()));
    for _ in 0..5 {
        door.send_many(OLD, 1, 1).await;
        door.send_this(&door.request(OLD).without_signature()).await;
        door.send_many(NEW, 1, 1).await;
    }
    assert!(door.health().alarms.contains(&FIVE), "{:?}", door.health());
    assert_eq!(door.health().light, Light::Red);
}

#[cfg(feature = "workspace")]
#[tokio::test(start_paused = true)]
async fn challenges_put_out_no_light() {
    use hookporter_core::Head;
    use hookporter_pipeline::{Reply, Verdict, receive};

    let door = Door::new(failing(Endpoint::dropbox(Secret::new(OLD)).unwrap()));
    let headers: Vec<(String, String)> = Vec::new();
    for at in 0..5 {
        let event = hookporter_testkit::provider("dropbox", OLD).unwrap().body(format!("{{\"at\":{at}}}")).build();
        assert_eq!(door.send_this(&event).await, 503);
        let challenge = Head::new("GET", "/hook?challenge=abc123", &headers);
        let verdict = receive(&door.endpoint, &challenge, None, &mut Some(bytes::Bytes::new())).await;
        assert!(matches!(verdict, Verdict::Reply(Reply { status: 200, .. })), "{verdict:?}");
    }
    let health = door.health();
    assert_eq!((health.totals.handshake, health.errors_in_a_row), (5, 5));
    assert_eq!(health.alarms, [FIVE]);
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_or_known_already_is_no_failure_and_no_success_of_the_hand_off() {
    let endless = Endpoint::github(Secret::new(OLD)).unwrap();
    let door = Arc::new(Door::new(endless.otherwise(|event: Event| async move {
        match event.body().as_ref() {
            b"endless" => std::future::pending().await,
            b"good" => Ok(()),
            _ => Err(BoxError::from("no")),
        }
    })));
    let of = |body: &str| hookporter_testkit::github(OLD).event("push").body(body.to_owned()).build();
    let copies: Vec<_> = (0..6)
        .map(|_| {
            let (door, request) = (door.clone(), of("endless"));
            tokio::spawn(async move { door.send_this(&request).await })
        })
        .collect();
    for copy in copies {
        assert_eq!(copy.await.unwrap(), 503);
    }
    assert_eq!((door.health().totals.unavailable, door.health().light), (6, Light::Green), "{:?}", door.health());
    assert_eq!(door.send_this(&of("good")).await, 200);
    door.send_many(OLD, 5, 1).await;
    assert_eq!(door.health().alarms, [FIVE]);
    // Whoever has captured what was taken once can send it again.
    assert_eq!(door.send_this(&of("good")).await, 200);
    assert_eq!((door.health().totals.duplicate, door.health().alarms), (1, vec![FIVE]));
}

#[tokio::test(start_paused = true)]
async fn silence_is_an_alarm_where_it_was_said_to_be_unusual() {
    let door = Door::new(github(OLD).expect_every(Duration::from_secs(3600)));
    assert_eq!(door.health().alarms, []);
    door.clock.pass(3601).await;
    assert_eq!(alarms(&door.health()), ["silent"]);
    door.send(OLD).await;
    assert!(!alarms(&door.health()).contains(&"silent"));
    door.clock.pass(3600).await;
    assert!(!alarms(&door.health()).contains(&"silent"));
    door.clock.pass(1).await;
    let silent = Alarm::Silent { silent_for: Duration::from_secs(3601) };
    assert!(door.health().alarms.contains(&silent));
    let door = Door::github();
    door.health();
    door.clock.pass(365 * 86_400).await;
    assert!(!alarms(&door.health()).contains(&"silent"), "nobody said so");
}

#[tokio::test(start_paused = true)]
async fn a_replay_does_not_break_the_silence() {
    let door = Door::new(github(OLD).expect_every(Duration::from_secs(3600)));
    let request = door.request(OLD);
    door.send_this(&request).await;
    door.clock.pass(3601).await;
    assert_eq!(door.send_this(&request).await, 200);
    let health = door.health();
    assert_eq!((health.totals.duplicate, health.last_accepted_age), (1, Some(0)));
    assert!(health.alarms.contains(&Alarm::Silent { silent_for: Duration::from_secs(3601) }), "{health:?}");
    door.send(OLD).await;
    assert!(!alarms(&door.health()).contains(&"silent"));
}

#[tokio::test(start_paused = true)]
async fn refusals_of_the_night_are_not_red_in_the_morning() {
    let door = Door::github();
    door.send(OLD).await;
    door.send_many(NEW, 5, 1).await;
    let rejects = Alarm::RejectsEverything {
        accepted_until: UnixTime::from_secs(START),
        refusals: 5,
        reason: Reason::InvalidSignature,
    };
    assert_eq!(door.health().alarms, [rejects]);
    door.clock.pass(15 * 60).await;
    assert_eq!(door.health().light, Light::Red);
    door.clock.pass(1).await;
    let in_a_row = Alarm::RefusalsInARow { refusals: 5, reason: Reason::InvalidSignature };
    assert_eq!(door.health().alarms, [in_a_row], "amber until a proof holds");
    door.send_many(NEW, 5, 1).await;
    assert_eq!(door.health().light, Light::Red, "again");
    door.send(OLD).await;
    assert_eq!(door.health().alarms, []);
}
