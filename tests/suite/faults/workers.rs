//! Workers that panic or hang: the process lives, and the other events go on.

use std::time::Duration;

use hookporter::inbox::{Backoff, WorkError};
use hookporter::{Endpoint, Event, Inbox, Secret};

use super::scene::{Kept, Place};
use crate::attacks::raw;
use crate::server::{Adapter, PATH, Server, wait_for};
use crate::wire::Wire;

const SECRET: &str = "whsec_of_the_workers_123456";
const EVENTS: usize = 50;

/// Panics on each tenth event, hangs on one, and works the rest.
async fn work(event: Event) -> Result<(), WorkError> {
    let number: usize = event.id().unwrap().rsplit('_').next().unwrap().parse().unwrap();
    match number {
        7 => std::future::pending().await,
        _ if number.is_multiple_of(10) => panic!("event {number} cannot be worked"),
        _ => Ok(()),
    }
}

#[test]
fn events_that_panic_or_hang_end_as_dead_letters_and_the_others_are_worked_meanwhile() {
    let place = Place::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let inbox = runtime.block_on(Inbox::open(place.inbox())).unwrap();
    let endpoint = Endpoint::stripe(Secret::new(SECRET)).unwrap().inbox(&inbox);
    let server = Server::start(Adapter::Tower, endpoint);
    let at_once = Backoff::new(Duration::ZERO, Duration::ZERO);
    let worker = inbox.worker(work).attempts(2).backoff(at_once).time_limit(Duration::from_millis(1500));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = runtime.spawn(worker.concurrency(4).run_until(async {
        let _ = stopped.await;
    }));
    let send = |id: &str| {
        let request = hookporter_testkit::stripe(SECRET).event_id(id).target(PATH).build();
        let mut wire = Wire::connect(server.address);
        wire.write(&raw(&request));
        wire.answer().unwrap().status
    };
    for at in 1..=EVENTS {
        assert_eq!(send(&format!("evt_{at}")), 200);
    }
    let state = |state: &str| place.events().into_iter().filter(|event| event.state == state).collect::<Vec<Kept>>();
    wait_for(|| state("done").len() == 44);
    assert_eq!(state("done").len(), 44, "{:?}", place.events());
    assert!(state("dead").iter().all(|event| event.id != "evt_7"), "the others did not wait for the one that hangs");
    wait_for(|| state("dead").len() == 6);
    let dead = state("dead");
    assert!(dead.len() == 6 && dead.iter().all(|event| event.attempts == 2), "{dead:?}");
    assert_eq!(send("evt_51"), 200, "still acknowledged");
    wait_for(|| state("done").len() == 45);
    assert_eq!(state("done").len(), 45, "still worked");
    stop.send(()).unwrap();
    assert_eq!(runtime.block_on(worker).unwrap().given_back, 0);
    drop(server);
    runtime.block_on(inbox.close());
}
