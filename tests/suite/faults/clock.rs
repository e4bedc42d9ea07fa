//! A clock that jumps, by an hour and back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter::inbox::WorkError;
use hookporter::sqlite::Settings;
use hookporter::{BodyMemory, Endpoint, Event, Inbox, Outcome, Reason, Secret, UnixTime};
use hookporter_testkit::ManualClock;

use super::scene::Place;
use crate::attacks::raw;
use crate::sender::send;
use crate::server::{BOTH, PATH, Server, wait_for};
use crate::wire::Wire;

const SECRET: &str = "whsec_of_the_clock_123456";
const NOW: i64 = 1_700_000_000;
const HOUR: i64 = 3600;

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_secs(seconds)
}

/// What an event is told that is signed at this moment.
fn told(server: &Server, id: &str, signed: i64) -> (u16, Outcome, Option<Reason>) {
    server.forget();
    let request = hookporter_testkit::stripe(SECRET).event_id(id).target(PATH).at(at(signed)).build();
    let status = send(server, &request).status;
    let (outcome, reason) = server.only_outcome();
    (status, outcome, reason)
}

const ACCEPTED: (u16, Outcome, Option<Reason>) = (200, Outcome::Accepted, None);
const DUPLICATE: (u16, Outcome, Option<Reason>) = (200, Outcome::Duplicate, None);

#[test]
fn a_clock_that_jumps_accepts_nothing_outside_the_window_and_forgets_no_event() {
    for adapter in BOTH {
        let (place, clock) = (Place::new(), ManualClock::at(at(NOW)));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let inbox = runtime.block_on(Settings::new().clock(clock.clone()).open(place.inbox())).unwrap();
        let endpoint = Endpoint::stripe(Secret::new(SECRET)).unwrap().clock(clock.clone()).inbox(&inbox);
        let server = Server::start(adapter, endpoint);
        assert_eq!(told(&server, "evt_now", NOW), ACCEPTED, "{adapter:?}");

        clock.set(at(NOW + HOUR));
        let old = (401, Outcome::Rejected, Some(Reason::TimestampTooOld));
        assert_eq!(told(&server, "evt_other", NOW), old, "{adapter:?}: an hour old by our clock");
        assert_eq!(told(&server, "evt_now", NOW + HOUR), DUPLICATE, "{adapter:?}: still known");
        assert_eq!(told(&server, "evt_ahead", NOW + HOUR), ACCEPTED, "{adapter:?}");

        clock.set(at(NOW - HOUR));
        let ahead = (401, Outcome::Rejected, Some(Reason::TimestampTooNew));
        assert_eq!(told(&server, "evt_other", NOW), ahead, "{adapter:?}: an hour ahead of our clock");
        assert_eq!(told(&server, "evt_now", NOW - HOUR), DUPLICATE, "{adapter:?}: still known");
        assert_eq!(told(&server, "evt_ahead", NOW - HOUR), DUPLICATE, "{adapter:?}: still known");
        assert_eq!(told(&server, "evt_behind", NOW - HOUR), ACCEPTED, "{adapter:?}");

        clock.set(at(NOW));
        assert_eq!(told(&server, "evt_behind", NOW), DUPLICATE, "{adapter:?}: still known");
        assert_eq!(worked(&runtime, &inbox, &clock), ["evt_behind", "evt_now", "evt_ahead"], "{adapter:?}");
        drop(server);
        runtime.block_on(inbox.close());
    }
}

/// Works what is due, then moves the clock to where the rest is due: what waits for a clock is not lost.
fn worked(runtime: &tokio::runtime::Runtime, inbox: &Inbox, clock: &ManualClock) -> Vec<String> {
    let worked = Arc::new(Mutex::new(Vec::new()));
    let (seen, (stop, stopped)) = (worked.clone(), tokio::sync::oneshot::channel::<()>());
    let function = move |event: Event| {
        seen.lock().unwrap().push(event.id().unwrap().to_owned());
        std::future::ready(Ok::<(), WorkError>(()))
    };
    let run = |stopped: tokio::sync::oneshot::Receiver<()>| {
        let worker = inbox.worker(function.clone()).concurrency(1).clock(clock.clone());
        runtime.spawn(worker.run_until(async {
            let _ = stopped.await;
        }))
    };
    let worker = run(stopped);
    wait_for(|| worked.lock().unwrap().len() == 2);
    stop.send(()).unwrap();
    assert_eq!(runtime.block_on(worker).unwrap().given_back, 0);
    assert_eq!(worked.lock().unwrap().len(), 2, "one is due in an hour");
    clock.set(at(NOW + HOUR));
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let worker = run(stopped);
    wait_for(|| worked.lock().unwrap().len() == 3);
    stop.send(()).unwrap();
    let _ = runtime.block_on(worker).unwrap();
    let worked = worked.lock().unwrap();
    worked.clone()
}

/// A request is judged once, by the time at which its head came.
#[test]
fn a_jump_in_the_midst_of_a_request_changes_nothing_for_it() {
    for adapter in BOTH {
        for jump in [HOUR, -HOUR] {
            let (place, clock) = (Place::new(), ManualClock::at(at(NOW)));
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let inbox = runtime.block_on(Settings::new().clock(clock.clone()).open(place.inbox())).unwrap();
            let memory = BodyMemory::new(1 << 20);
            let endpoint = Endpoint::stripe(Secret::new(SECRET)).unwrap().clock(clock.clone()).inbox(&inbox);
            let endpoint = endpoint.body_memory(memory.clone()).budget(Duration::from_secs(60));
            let server = Server::start(adapter, endpoint);
            let request = hookporter_testkit::stripe(SECRET).event_id("evt_1").target(PATH).at(at(NOW)).build();
            let bytes = raw(&request);
            let (first, rest) = bytes.split_at(bytes.len() - 10);
            let mut wire = Wire::connect(server.address);
            wire.write(first);
            // The body is held, so that the head was judged.
            wait_for(|| memory.used() > 0);
            clock.set(at(NOW + jump));
            wire.write(rest);
            assert_eq!(wire.answer().unwrap().status, 200, "{adapter:?} {jump}");
            assert_eq!(server.only_outcome(), (Outcome::Accepted, None), "{adapter:?} {jump}");
            assert_eq!(told(&server, "evt_1", NOW + jump), DUPLICATE, "{adapter:?} {jump}");
            drop(server);
            runtime.block_on(inbox.close());
        }
    }
}
