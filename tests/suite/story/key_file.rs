//! A key in a mounted file that is replaced by a wrong one, and by the right one again, under a server that runs on.

use std::time::Duration;

use hookporter::health::{Alarm, Light};
use hookporter::operating::{QuarantineSide, RefusedSelection};
use hookporter::{Endpoint, Inbox, Keys};

use super::{Place, RIGHT, WRONG, Watched, deliver, each_once, push, stop, worked};
use crate::server::{Adapter, BOTH, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_mends_itself_once_the_file_is_right() {
    for adapter in BOTH {
        story(adapter).await;
    }
}

async fn story(adapter: Adapter) {
    let place = Place::new();
    let key = place.0.join("github.secret");
    let mount = async |secret: &str| {
        std::fs::write(&key, secret).unwrap();
        // A replaced file counts within a second.
        tokio::time::sleep(Duration::from_millis(1100)).await;
    };
    mount(RIGHT).await;
    let inbox = Inbox::open(place.inbox()).await.unwrap();
    let endpoint = Endpoint::github(Keys::files([&key])).unwrap().inbox(&inbox).quarantine().unwrap();
    let server = Server::start(adapter, endpoint.hold_while_red().unwrap());
    let watched = Watched::over(server.endpoint.clone());
    assert_eq!(deliver(&server, &push(0)).await.status, 200);
    mount(WRONG).await;
    let mut statuses = Vec::new();
    for at in 1..=5 {
        statuses.push(deliver(&server, &push(at)).await.status);
    }
    assert_eq!(statuses, [401; 5], "{adapter:?}: it may be a stranger");
    let red = watched.turns(Light::Red).await;
    assert!(matches!(red.alarms[0], Alarm::RejectsEverything { refusals: 5, .. }), "{red:?}");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for at in 6..9 {
        assert_eq!(deliver(&server, &push(at)).await.status, 503, "held");
    }
    mount(RIGHT).await;
    // The sender comes again with one that was held: its proof ends the mode, and the rest is judged again by itself.
    assert_eq!(deliver(&server, &push(7)).await.status, 200);
    watched.turns(Light::Green).await;
    for _ in 0..1500 {
        if inbox.select_refused(RefusedSelection::all(), 0, 1).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(deliver(&server, &push(8)).await.status, 200, "a duplicate");
    assert_eq!(worked(&inbox, 9).await, each_once(0..9), "each once");
    stop(server).await;
}
