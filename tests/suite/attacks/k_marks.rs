//! Section K: the mark that makes a retry a duplicate. It is set by a hand-off that succeeded, and by nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookporter::{Endpoint, Json, Outcome, Reason, Scheme, Secret, UnixTime};
use hookporter_testkit::{ManualClock, SignedRequest};
use serde_json::json;

use super::k_replay::{AMPLE, slow};
use super::{CANARY, NOW, TARGET, at_now, raw};
use crate::sender::{now, paid, stripe, told};
use crate::server::{Adapter, AsyncHandler, BOTH, Door, Server, wait_for};
use crate::wire::Wire;

/// Sends `request` and leaves at once with the connection, whose answer comes later.
fn begin(server: &Server, request: &SignedRequest) -> Wire {
    let mut wire = Wire::connect(server.address);
    wire.write(&raw(request));
    wire
}

fn status(mut wire: Wire) -> Option<u16> {
    wire.answer().map(|answer| answer.status)
}

/// What became of the requests so far, in the order in which they were answered.
fn story(server: &Server, count: usize) -> Vec<(Outcome, Option<Reason>)> {
    wait_for(|| server.records().len() >= count);
    server.records().iter().map(|record| (record.outcome, record.reason)).collect()
}

const ACCEPTED: (Outcome, Option<Reason>) = (Outcome::Accepted, None);
const DUPLICATE: (Outcome, Option<Reason>) = (Outcome::Duplicate, None);
const FAILED: (Outcome, Option<Reason>) = (Outcome::Unavailable, Some(Reason::HandlerFailed));

#[test]
fn k11_a_first_hand_off_that_failed_leaves_no_mark() {
    for adapter in BOTH {
        for (first, told_first, reason) in [
            (500, 503, FAILED),
            (302, 503, FAILED),
            (410, 503, FAILED),
            (422, 422, (Outcome::Rejected, Some(Reason::HandlerRefused))),
        ] {
            let calls = Arc::new(AtomicUsize::new(0));
            let handler = Arc::new(move |_: &_| if calls.fetch_add(1, Ordering::SeqCst) == 0 { first } else { 200 });
            let server = Server::with_handler(adapter, stripe(), handler);
            let request = paid("evt_11");
            let statuses = [(); 3].map(|()| told(&server, &request));
            assert_eq!(statuses, [told_first, 200, 200], "{adapter:?} {first}");
            assert_eq!(story(&server, 3), [reason, ACCEPTED, DUPLICATE], "{adapter:?} {first}");
            assert_eq!(server.handed_off().len(), 2, "{adapter:?} {first}");
        }
    }
}

#[test]
fn k11_a_panic_leaves_no_mark() {
    for adapter in BOTH {
        let calls = Arc::new(AtomicUsize::new(0));
        let handler = Arc::new(move |_: &_| {
            assert!(calls.fetch_add(1, Ordering::SeqCst) > 0, "the first call panics, as the test wants it");
            200
        });
        let server = Server::with_handler(adapter, stripe(), handler);
        let statuses = [(); 3].map(|()| told(&server, &paid("evt_11p")));
        assert_eq!(statuses, [503, 200, 200], "{adapter:?}");
        let panicked = (Outcome::Unavailable, Some(Reason::HandlerPanicked));
        assert_eq!(story(&server, 3), [panicked, ACCEPTED, DUPLICATE], "{adapter:?}");
    }
}

/// A handler whose first call ends with this status once the door is open; the others succeed.
fn held(door: &Door, first: u16) -> AsyncHandler {
    let (door, calls) = (door.clone(), Arc::new(AtomicUsize::new(0)));
    Arc::new(move |_| {
        let (door, is_first) = (door.clone(), calls.fetch_add(1, Ordering::SeqCst) == 0);
        Box::pin(async move {
            if is_first {
                door.opens().await;
                return first;
            }
            200
        })
    })
}

/// Acknowledged at once, failed later: a redelivery is worked.
#[test]
fn k11_background_work_that_failed_leaves_no_mark() {
    for adapter in BOTH {
        let door = Door::default();
        let server = Server::with_async_handler(adapter, stripe().background(4), held(&door, 500));
        assert_eq!(told(&server, &paid("evt_11b")), 200);
        assert_eq!(told(&server, &paid("evt_11b")), 200, "{adapter:?}: acknowledged, while the first is under way");
        assert_eq!(story(&server, 2), [ACCEPTED, DUPLICATE], "{adapter:?}");
        door.open();
        // Until the work has failed a redelivery is a duplicate.
        wait_for(|| {
            assert_eq!(told(&server, &paid("evt_11b")), 200);
            server.endpoint.count(Outcome::Accepted) == 2
        });
        assert_eq!(server.endpoint.count(Outcome::Accepted), 2, "{adapter:?}: the redelivery is worked");
        wait_for(|| server.handed_off().len() == 2);
        assert_eq!(server.handed_off().len(), 2, "{adapter:?}");
    }
}

#[test]
fn k12_a_retry_waits_for_the_first_and_is_never_acknowledged_early() {
    for adapter in BOTH {
        let work = Duration::from_millis(600);
        let handler = slow(work, &Arc::new(AtomicU16::new(200)));
        let server = Server::with_async_handler(adapter, stripe().budget(AMPLE), handler);
        let started = Instant::now();
        let first = begin(&server, &paid("evt_12"));
        wait_for(|| server.handed_off().len() == 1);
        let retry = begin(&server, &paid("evt_12"));
        assert_eq!(status(retry), Some(200), "{adapter:?}");
        assert!(started.elapsed() >= work, "{adapter:?}: acknowledged after {:?}", started.elapsed());
        assert_eq!(status(first), Some(200), "{adapter:?}");
        assert_eq!(server.handed_off().len(), 1, "{adapter:?}");
        let counts = [Outcome::Accepted, Outcome::Duplicate].map(|outcome| server.endpoint.count(outcome));
        assert_eq!(counts, [1, 1], "{adapter:?}");
    }
}

#[test]
fn k12_a_retry_of_a_first_that_fails_is_worked_itself() {
    for adapter in BOTH {
        let door = Door::default();
        let server = Server::with_async_handler(adapter, stripe().budget(AMPLE), held(&door, 500));
        let first = begin(&server, &paid("evt_12f"));
        wait_for(|| server.handed_off().len() == 1);
        let retry = begin(&server, &paid("evt_12f"));
        // Time for it to find the first under way.
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(server.records().len(), 0, "{adapter:?}: it did not wait");
        door.open();
        assert_eq!(status(first), Some(503), "{adapter:?}");
        assert_eq!(status(retry), Some(200), "{adapter:?}");
        assert_eq!(server.handed_off().len(), 2, "{adapter:?}");
        // Either may be written down first.
        let story = story(&server, 2);
        assert!(story.len() == 2 && story.contains(&FAILED) && story.contains(&ACCEPTED), "{adapter:?}: {story:?}");
    }
}

#[test]
fn k12_a_retry_that_cannot_wait_longer_is_told_to_come_again() {
    for adapter in BOTH {
        let door = Door::default();
        let endpoint = stripe().budget(Duration::from_millis(200));
        let server = Server::with_async_handler(adapter, endpoint, held(&door, 200));
        assert_eq!(told(&server, &paid("evt_12s")), 503, "{adapter:?}");
        assert_eq!(told(&server, &paid("evt_12s")), 503, "{adapter:?}");
        let unavailable = |reason| (Outcome::Unavailable, Some(reason));
        let told_so = [unavailable(Reason::HandoffTimeout), unavailable(Reason::DuplicateInFlight)];
        assert_eq!(story(&server, 2), told_so, "{adapter:?}");
        // The work went on, and ends well.
        door.open();
        wait_for(|| told(&server, &paid("evt_12s")) == 200);
        assert_eq!(story(&server, 3).last(), Some(&DUPLICATE), "{adapter:?}");
        assert_eq!(server.handed_off().len(), 1, "{adapter:?}");
    }
}

/// K13: a long id is known by its digest, whole; control characters are taken as sent and escaped where they are shown.
#[test]
fn k13_an_id_of_a_megabyte_or_of_control_characters_identifies_all_the_same() {
    for adapter in BOTH {
        let long = "i".repeat(900_000);
        for (id, other) in [
            (long.clone(), format!("{long}j")),
            ("evt_\u{1b}[2J\n\u{0}\r".to_owned(), "evt_\u{1b}[2J\n\u{0}".to_owned()),
            ("evt_\u{202e}x".to_owned(), "evt_x".to_owned()),
        ] {
            let server = Server::start(adapter, stripe());
            let with =
                |id: &str| now(hookporter_testkit::stripe(CANARY)).json(&json!({"id": id, "type": "a.b"})).build();
            for request in [with(&id), with(&id), with(&other)] {
                assert_eq!(told(&server, &request), 200);
            }
            assert_eq!(story(&server, 3), [ACCEPTED, DUPLICATE, ACCEPTED], "{adapter:?}");
            for record in server.records() {
                assert!(record.event_id.as_ref().unwrap().len() <= 255, "{adapter:?}");
                assert!(!format!("{record:?}").chars().any(char::is_control), "{adapter:?}");
            }
            assert!(!format!("{:?}", server.handed_off()).chars().any(char::is_control), "{adapter:?}");
        }
    }
}

/// A scheme that lets its ids stand for themselves, with a window of hours.
fn patient() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(hookporter::Header::new("x-patient").hex())
        .timestamp(hookporter::Header::new("x-time").unix_seconds())
        .event_id(Json::pointer("/id"))
}

/// K14 over days, with the runtime's clock moved along: what is remembered must live as long as the window in which a
/// captured request is fresh, in whichever order the two are set. In process, so that both clocks can be moved.
#[tokio::test(start_paused = true)]
async fn k14_what_is_remembered_outlives_a_window_of_days() {
    use tower::{ServiceBuilder, ServiceExt};
    const DAY: Duration = Duration::from_secs(24 * 3600);
    type Setting = fn(Endpoint) -> Endpoint;
    let window: Setting = |endpoint| endpoint.tolerance(DAY * 3, DAY * 3).unwrap();
    let short: Setting = |endpoint| endpoint.dedupe(DAY, 10);
    for settings in [vec![window], vec![window, short], vec![short, window]] {
        let clock = ManualClock::at(UnixTime::from_secs(NOW));
        let endpoint = Endpoint::custom("patient", patient(), Secret::new(CANARY)).unwrap();
        let endpoint = settings.iter().fold(at_now(endpoint), |endpoint, set| set(endpoint)).clock(clock.clone());
        let service = ServiceBuilder::new().layer(hookporter::axum::EndpointLayer::new(endpoint.clone())).service(
            tower::service_fn(|_| async {
                Ok::<_, std::convert::Infallible>(http::Response::new(axum::body::Body::empty()))
            }),
        );
        let request = hookporter_testkit::custom(patient(), CANARY)
            .at(UnixTime::from_secs(NOW))
            .future(DAY * 3)
            .target(TARGET)
            .build();
        for day in 0..=6 {
            let sent = request.clone().into_http_with(axum::body::Body::from);
            assert_eq!(service.clone().oneshot(sent).await.unwrap().status(), 200);
            assert_eq!(endpoint.count(Outcome::Accepted), 1, "day {day}, {} settings: taken again", settings.len());
            clock.advance(DAY);
            tokio::time::advance(DAY).await;
        }
    }
}

/// The same event at two endpoints is two events: each has a memory of its own.
#[test]
fn k1_endpoints_do_not_share_what_they_remember() {
    for adapter in [Adapter::Tower, Adapter::Actix] {
        for _ in 0..2 {
            let server = Server::start(adapter, stripe().named("one of two"));
            assert_eq!(told(&server, &paid("evt_shared")), 200);
            assert_eq!(story(&server, 1), [ACCEPTED], "{adapter:?}");
        }
    }
}
