//! A release with another endpoint's secret, and the next one that mends it.

use std::time::Duration;

use hookporter::health::{Alarm, Light};
use hookporter::operating::{QuarantineSide, RefusedSelection};
use hookporter::quarantine::Judgement;
use hookporter::{Endpoint, Inbox, Secret};

use super::{Place, RIGHT, WRONG, Watched, deliver, each_once, push, stop, worked};
use crate::server::{Adapter, BOTH, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_release_after_it_loses_nothing() {
    for adapter in BOTH {
        story(adapter).await;
    }
}

async fn story(adapter: Adapter) {
    let place = Place::new();
    let inbox = Inbox::open(place.inbox()).await.unwrap();
    let endpoint = |secret: &str| {
        let endpoint = Endpoint::github(Secret::new(secret)).unwrap().recognize("the last release", Secret::new(RIGHT));
        endpoint.inbox(&inbox).quarantine().unwrap().hold_while_red().unwrap()
    };
    // Deployed wrong.
    let server = Server::start(adapter, endpoint(WRONG));
    let watched = Watched::over(server.endpoint.clone());
    assert_eq!(deliver(&server, &push(0)).await.status, 401, "{adapter:?}");
    let red = watched.turns(Light::Red).await;
    assert!(matches!(red.alarms[0], Alarm::OwnFault(_)), "{red:?}");
    assert_eq!(
        red.alarms[0].to_string(),
        "signed with the keys of the last release, not with this endpoint's",
        "the proven cause"
    );
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for at in 1..5 {
        let answer = deliver(&server, &push(at)).await;
        assert_eq!(answer.status, 503, "held: {answer:?}");
        assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() >= 60);
        assert!(answer.body.is_empty());
    }
    // What a person sees of one: why, and that it does not hold yet.
    let listed = kept(&inbox, 5).await;
    let request = inbox.refused_request(listed).await.unwrap().unwrap();
    assert!(server.endpoint.judge(&request).await.is_err());
    let found = server.endpoint.diagnose(&request).await;
    assert_eq!(found[0].to_string(), "signed with the keys of the last release, not with this endpoint's");
    drop(watched);
    stop(server).await;
    // The watch has a clone of the endpoint: the inbox is opened again, as by a new process.
    let path = inbox.path().to_owned();
    inbox.close().await;
    let inbox = Inbox::open(path).await.unwrap();
    let mended = Endpoint::github(Secret::new(RIGHT)).unwrap().inbox(&inbox).quarantine().unwrap();
    let server = Server::start(adapter, mended);
    // The sender comes again with two of them, before and after somebody rechecks.
    assert_eq!(deliver(&server, &push(1)).await.status, 200);
    let both = tokio::join!(
        server.endpoint.recheck(RefusedSelection::all()),
        server.endpoint.recheck(RefusedSelection::all())
    );
    let judged = [both.0.unwrap(), both.1.unwrap()].concat();
    let accepted = judged.iter().filter(|one| one.outcome == Judgement::Accepted).count();
    let duplicates = judged.iter().filter(|one| one.outcome == Judgement::Duplicate).count();
    assert_eq!((judged.len(), accepted, duplicates), (5, 4, 1), "{judged:?}");
    assert_eq!(deliver(&server, &push(2)).await.status, 200);
    assert_eq!(worked(&inbox, 5).await, each_once(0..5), "each once");
    stop(server).await;
}

/// The number of the first of so many.
async fn kept(inbox: &Inbox, many: usize) -> i64 {
    for _ in 0..1500 {
        let listed = inbox.select_refused(RefusedSelection::all(), 0, 100).await.unwrap();
        if listed.len() == many {
            return listed[0].number;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not {many}");
}
