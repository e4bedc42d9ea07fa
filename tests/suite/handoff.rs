//! Hand-off and acknowledgement: in time whatever hangs, never cancelled by the sender, never a false 2xx.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookporter::{BoxFuture, Endpoint, Event, Outcome, Reason, Secret};
use hookporter_testkit::SignedRequest;

use crate::attacks::raw;
use crate::server::{Adapter, AsyncHandler, BOTH, Door, PATH, Server, UNPROVEN, wait_for};
use crate::wire::{Answer, Wire};

const SECRET: &str = "a secret that is long enough";

fn github() -> Endpoint {
    Endpoint::github(Secret::new(SECRET)).unwrap()
}

fn push(body: &str) -> SignedRequest {
    hookporter_testkit::github(SECRET).event("push").target(PATH).body(body.to_owned()).build()
}

fn send(server: &Server, request: &SignedRequest) -> Answer {
    let mut wire = Wire::connect(server.address);
    wire.write(&raw(request));
    wire.answer().expect("an answer")
}

/// A handler that works until the door is open and then answers `status`, counting its ends.
fn held(door: &Door, status: u16, ended: &Arc<AtomicUsize>) -> AsyncHandler {
    let (door, ended) = (door.clone(), ended.clone());
    Arc::new(move |_: Event| {
        let (door, ended) = (door.clone(), ended.clone());
        Box::pin(async move {
            door.opens().await;
            ended.fetch_add(1, Ordering::SeqCst);
            status
        }) as BoxFuture<'static, u16>
    })
}

fn both(test: impl Fn(Adapter)) {
    for adapter in BOTH {
        test(adapter);
    }
}

#[test]
fn a_hanging_handler_is_answered_503_within_the_budget_and_its_late_success_makes_the_retry_a_duplicate() {
    both(|adapter| {
        let (door, ended) = (Door::default(), Arc::new(AtomicUsize::new(0)));
        let endpoint = github().budget(Duration::from_millis(200));
        let server = Server::with_async_handler(adapter, endpoint, held(&door, 200, &ended));
        let is_in_time = |at: usize| {
            server.forget();
            let started = Instant::now();
            let answer = send(&server, &push(&format!("late {at}")));
            let took = started.elapsed();
            assert_eq!((answer.status, server.only_outcome().1), (503, Some(Reason::HandoffTimeout)), "{adapter:?}");
            let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=30).contains(&seconds));
            took < Duration::from_millis(550)
        };
        // A busy machine may need another try.
        let tried = (1..=5).find(|at| is_in_time(*at));
        let tried = tried.unwrap_or_else(|| panic!("{adapter:?}: told too late, five times"));
        door.open();
        wait_for(|| ended.load(Ordering::SeqCst) == tried);
        // Its mark is set a moment later.
        wait_for(|| send(&server, &push("late 1")).status == 200);
        let last = server.records().pop().unwrap();
        assert_eq!((last.outcome, last.reason), (Outcome::Duplicate, None), "{adapter:?}");
        assert_eq!(ended.load(Ordering::SeqCst), tried, "{adapter:?}: worked once");
    });
}

#[test]
fn a_late_failure_takes_the_mark_back_so_that_the_retry_is_worked() {
    both(|adapter| {
        let (door, ended) = (Door::default(), Arc::new(AtomicUsize::new(0)));
        let endpoint = github().budget(Duration::from_millis(100));
        let server = Server::with_async_handler(adapter, endpoint, held(&door, 500, &ended));
        assert_eq!(send(&server, &push("fails")).status, 503);
        door.open();
        wait_for(|| ended.load(Ordering::SeqCst) == 1);
        // The mark goes a moment later.
        wait_for(|| {
            assert_eq!(send(&server, &push("fails")).status, 503);
            ended.load(Ordering::SeqCst) > 1
        });
        assert!(ended.load(Ordering::SeqCst) > 1, "{adapter:?}: worked again");
    });
}

#[test]
fn a_sender_that_hangs_up_cannot_cancel_the_handler() {
    both(|adapter| {
        let (door, ended) = (Door::default(), Arc::new(AtomicUsize::new(0)));
        let endpoint = github().budget(Duration::from_secs(20));
        let server = Server::with_async_handler(adapter, endpoint, held(&door, 200, &ended));
        let mut wire = Wire::connect(server.address);
        wire.write(&raw(&push("gone")));
        wait_for(|| !server.handed_off().is_empty());
        drop(wire);
        // Time for the server to hear of it.
        std::thread::sleep(Duration::from_millis(200));
        door.open();
        wait_for(|| ended.load(Ordering::SeqCst) == 1);
        assert_eq!(ended.load(Ordering::SeqCst), 1, "{adapter:?}");
        if adapter == Adapter::Actix {
            // actix-web does not drop the request of a sender that is gone: its record comes after the handler's end.
            assert_eq!(server.only_outcome(), (Outcome::Accepted, None));
        }
        assert_eq!(send(&server, &push("gone")).status, 200);
        assert_eq!(server.endpoint.count(Outcome::Duplicate), 1, "{adapter:?}");
        assert_eq!(ended.load(Ordering::SeqCst), 1, "{adapter:?}: worked once");
    });
}

#[test]
fn a_full_background_is_503_and_free_again_once_the_work_is_done() {
    both(|adapter| {
        let (door, ended) = (Door::default(), Arc::new(AtomicUsize::new(0)));
        let endpoint = github().background(2);
        let server = Server::with_async_handler(adapter, endpoint, held(&door, 200, &ended));
        for body in ["1", "2"] {
            assert_eq!(send(&server, &push(body)).status, 200, "{adapter:?}: acknowledged before it is worked");
        }
        server.forget();
        assert_eq!(send(&server, &push("3")).status, 503);
        assert_eq!(server.only_outcome(), (Outcome::Unavailable, Some(Reason::HandoffFull)), "{adapter:?}");
        door.open();
        wait_for(|| send(&server, &push("3")).status == 200);
        // Its mark was taken back, so that it is no duplicate.
        wait_for(|| ended.load(Ordering::SeqCst) == 3);
        assert_eq!(ended.load(Ordering::SeqCst), 3, "{adapter:?}");
    });
}

#[test]
fn a_background_failure_takes_the_mark_back() {
    both(|adapter| {
        let (door, ended) = (Door::default(), Arc::new(AtomicUsize::new(0)));
        let endpoint = github().background(2);
        let server = Server::with_async_handler(adapter, endpoint, held(&door, 500, &ended));
        assert_eq!(send(&server, &push("again")).status, 200);
        door.open();
        // The mark goes a moment after the end.
        wait_for(|| {
            assert_eq!(send(&server, &push("again")).status, 200);
            ended.load(Ordering::SeqCst) > 1
        });
        assert!(ended.load(Ordering::SeqCst) > 1, "{adapter:?}");
    });
}

#[test]
fn a_panic_in_the_handler_is_503_and_the_server_lives() {
    both(|adapter| {
        let handler = Arc::new(|event: &Event| if event.body() == "bad" { panic!("on purpose") } else { 200 });
        let server = Server::with_handler(adapter, github(), handler);
        assert_eq!(send(&server, &push("bad")).status, 503);
        assert_eq!(server.only_outcome().1, Some(Reason::HandlerPanicked), "{adapter:?}");
        assert_eq!(send(&server, &push("good")).status, 200, "{adapter:?}");
    });
}

#[test]
fn a_panic_in_an_observer_or_in_a_route_never_drops_the_connection() {
    both(|adapter| {
        let endpoint = github().observer(|_: &hookporter::Record| panic!("on purpose"));
        let server = Server::start(adapter, endpoint);
        assert_eq!(send(&server, &push("observed")).status, 200, "{adapter:?}");
        drop(server);
        let endpoint = github().on("push", |_: Event| -> BoxFuture<'static, Result<(), std::io::Error>> {
            panic!("on purpose, before the first await")
        });
        let server = Server::start(adapter, endpoint);
        assert_eq!(send(&server, &push("routed")).status, 503, "{adapter:?}");
        assert_eq!(server.only_outcome().1, Some(Reason::HandlerPanicked), "{adapter:?}");
    });
}

#[test]
fn a_handlers_status_never_makes_a_sender_give_up() {
    both(|adapter| {
        for (answered, told) in [
            (200, 200),
            (201, 201),
            (204, 204),
            (404, 404),
            (422, 422),
            (406, 503),
            (410, 503),
            (302, 503),
            (500, 503),
            (502, 503),
        ] {
            let server = Server::with_handler(adapter, github(), Arc::new(move |_| answered));
            let answer = send(&server, &push("status"));
            assert_eq!(answer.status, told, "{adapter:?}: handler answered {answered}");
        }
        let hubla = Endpoint::hubla(Secret::new("hubla-token-1")).unwrap();
        let request = hookporter_testkit::hubla("hubla-token-1").target(PATH).build();
        let server = Server::with_handler(adapter, hubla, Arc::new(|_| 204));
        assert_eq!(send(&server, &request).status, 200, "{adapter:?}: Hubla takes 200, 201 and 202 only");
        let server = Server::with_handler(adapter, github().verbatim(), Arc::new(|_| 418));
        assert_eq!(send(&server, &push("tea")).status, 418, "{adapter:?}");
    });
}

#[test]
fn events_go_to_the_handler_of_their_type_or_on() {
    both(|adapter| {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let endpoint = github().on("issues", move |_: Event| {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok::<(), std::io::Error>(()))
        });
        let issue = hookporter_testkit::github(SECRET).event("issues").target(PATH).body("issue").build();
        let server = Server::start(adapter, endpoint.clone());
        assert_eq!(send(&server, &issue).status, 200);
        assert_eq!((count.load(Ordering::SeqCst), server.handed_off().len()), (1, 0), "{adapter:?}");
        assert_eq!(send(&server, &push("on to the wrapped handler")).status, 200);
        assert_eq!((count.load(Ordering::SeqCst), server.handed_off().len()), (1, 1), "{adapter:?}");
        let server = Server::start(adapter, github().only_types(["issues"]));
        assert_eq!(send(&server, &push("filtered")).status, 200);
        assert_eq!(server.only_outcome(), (Outcome::Ignored, None), "{adapter:?}");
        assert!(server.handed_off().is_empty());
    });
}

#[test]
fn a_channel_that_is_full_or_closed_is_503() {
    both(|adapter| {
        let (endpoint, mut events) = github().channel(1);
        let server = Server::start(adapter, endpoint);
        assert_eq!(send(&server, &push("1")).status, 200);
        server.forget();
        assert_eq!(send(&server, &push("2")).status, 503);
        assert_eq!(server.only_outcome().1, Some(Reason::HandoffFull), "{adapter:?}");
        assert_eq!(events.try_recv().unwrap().body(), "1");
        assert_eq!(send(&server, &push("2")).status, 200, "{adapter:?}");
        drop(events);
        server.forget();
        assert_eq!(send(&server, &push("3")).status, 503);
        assert_eq!(server.only_outcome().1, Some(Reason::HandoffFailed), "{adapter:?}");
    });
}

#[test]
fn a_paused_endpoint_and_one_that_shuts_down_ask_to_come_again() {
    both(|adapter| {
        let server = Server::start(adapter, github());
        server.endpoint.pause();
        let answer = send(&server, &push("paused"));
        assert_eq!((answer.status, server.only_outcome().1), (503, Some(Reason::EndpointPaused)), "{adapter:?}");
        assert!(answer.header("retry-after").is_some());
        server.endpoint.resume();
        assert_eq!(send(&server, &push("paused")).status, 200, "{adapter:?}");
        server.endpoint.shut_down();
        assert_eq!(send(&server, &push("ending")).status, 503, "{adapter:?}");
    });
}

#[test]
fn report_only_lets_everything_through_whole_and_says_what_it_would_have_refused() {
    both(|adapter| {
        let server = Server::start(adapter, github().report_only());
        let forged = push("body").tampered_body();
        assert_eq!(send(&server, &forged).status, UNPROVEN, "{adapter:?}: the handler ran, without a proof");
        let record = server.only_record();
        assert_eq!((record.outcome, record.reason), (Outcome::Rejected, Some(Reason::InvalidSignature)), "{adapter:?}");
        assert!(record.report_only);
        server.forget();
        assert_eq!(send(&server, &push("good")).status, 200, "{adapter:?}");
        assert_eq!(server.only_outcome(), (Outcome::Accepted, None));
        let (endpoint, mut taken) = github().channel(1);
        let server = Server::start(adapter, endpoint.report_only());
        assert_eq!(send(&server, &forged).status, UNPROVEN, "{adapter:?}: the handler ran, whatever takes events else");
        assert!(taken.try_recv().is_err(), "{adapter:?}");
    });
}

#[test]
fn a_clock_before_1970_is_our_fault() {
    both(|adapter| {
        let endpoint = github().clock(hookporter::FrozenClock(hookporter::UnixTime::from_secs(-1)));
        let server = Server::start(adapter, endpoint);
        assert_eq!(send(&server, &push("clock")).status, 503);
        assert_eq!(server.only_outcome().1, Some(Reason::ClockUnusable), "{adapter:?}");
    });
}
