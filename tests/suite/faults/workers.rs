//! Workers that panic or hang: the process lives, and the other events go on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter::inbox::{Backoff, WorkError};
use hookporter::{Endpoint, Event, Inbox, Secret};

use super::scene::{Kept, Place};
use crate::attacks::raw;
use crate::server::{Adapter, PATH, Server, wait_for};
use crate::wire::Wire;

const SECRET: &str = "whsec_of_the_workers_123456";
const EVENTS: usize = 50;

/// What the workers did, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    HangsNow,
    Worked,
    /// It hangs no longer: its time was over.
    Stopped,
}

type Deeds = Arc<Mutex<Vec<Deed>>>;

struct Hanging(Deeds);

impl Drop for Hanging {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(Deed::Stopped);
    }
}

/// Panics on each tenth event, hangs on one, and works the rest.
async fn work(event: Event, deeds: Deeds) -> Result<(), WorkError> {
    let number: usize = event.id().unwrap().rsplit('_').next().unwrap().parse().unwrap();
    match number {
        7 => {
            deeds.lock().unwrap().push(Deed::HangsNow);
            let _hanging = Hanging(deeds);
            std::future::pending().await
        }
        _ if number.is_multiple_of(10) => panic!("event {number} cannot be worked"),
        _ => {
            deeds.lock().unwrap().push(Deed::Worked);
            Ok(())
        }
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
    let deeds = Deeds::default();
    let done = deeds.clone();
    let worker = inbox.worker(move |event| work(event, done.clone())).attempts(2).backoff(at_once);
    // So long that on a busy machine, too, the others have their turn meanwhile.
    let worker = worker.time_limit(Duration::from_secs(5));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = runtime.spawn(worker.concurrency(4).run_until(async {
        let _ = stopped.await;
    }));
    let send = |id: &str| {
        let request = hookporter_testkit::stripe(SECRET).event_id(id).target(PATH).build();
        let told = || {
            let mut wire = Wire::connect(server.address);
            wire.write(&raw(&request));
            wire.answer().unwrap().status
        };
        // One that met a slow disk comes again.
        (0..5).map(|_| told()).find(|status| *status != 503).unwrap_or(503)
    };
    for at in 1..=EVENTS {
        assert_eq!(send(&format!("evt_{at}")), 200);
    }
    let state = |state: &str| place.events().into_iter().filter(|event| event.state == state).collect::<Vec<Kept>>();
    wait_for(|| state("done").len() == 44);
    assert_eq!(state("done").len(), 44, "{:?}", place.events());
    wait_for(|| state("dead").len() == 6);
    let dead = state("dead");
    let deeds = deeds.lock().unwrap().clone();
    let meanwhile = deeds.iter().skip_while(|deed| **deed != Deed::HangsNow).skip(1);
    let meanwhile = meanwhile.take_while(|deed| **deed != Deed::Stopped).count();
    assert!(meanwhile > 0, "the others waited for the one that hangs: {deeds:?}");
    assert!(dead.len() == 6 && dead.iter().all(|event| event.attempts == 2), "{dead:?}");
    assert_eq!(send("evt_51"), 200, "still acknowledged");
    wait_for(|| state("done").len() == 45);
    assert_eq!(state("done").len(), 45, "still worked");
    stop.send(()).unwrap();
    assert_eq!(runtime.block_on(worker).unwrap().given_back, 0);
    drop(server);
    runtime.block_on(inbox.close());
}
