//! A replay is to the handler what the original would have been, and to nobody a new request.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};

use hookporter::inbox::AcceptingSide;
use hookporter::{Outcome, Record};

use super::state::{Seen, State};
use super::{Scene, TARGET, acme, ends, request, send, serve};
use crate::server::BOTH;

/// The headers that an endpoint keeps here, and the length, which is made anew.
const KEPT: [&str; 4] = ["content-type", "host", "x-kept", "content-length"];

fn kept(seen: Seen) -> Seen {
    let headers: BTreeMap<_, _> = seen.headers.into_iter().filter(|(name, _)| KEPT.contains(&name.as_str())).collect();
    Seen { headers, ..seen }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_handler_sees_what_it_would_have_seen_at_once() {
    for adapter in BOTH {
        let at_once = State::new();
        assert_eq!(send(serve(adapter, &at_once, &acme()).await, &request("evt_1")), 200);
        let original = at_once.only();
        assert_eq!((original.attempt, original.event.attempt()), (None, 1));
        let seen = original.seen;
        assert_eq!((&*seen.tenant, &*seen.uri, seen.amount), ("t/1", TARGET, 5));
        assert!(seen.peer.is_some() && seen.route == "/webhooks/{tenant}", "{seen:?}");
        for never in ["authorization", "cookie", "x-acme-signature", "x-acme-time", "x-unkept"] {
            assert!(seen.headers.contains_key(never), "{never}: {seen:?}");
        }

        let later = Scene::with(adapter, State::new(), acme()).await;
        later.keeps("evt_1");
        assert_eq!(ends(&later.work(1).await), [(1, "worked")]);
        let replayed = later.state.only();
        let expected = kept(seen);
        assert_eq!(expected.headers.len(), KEPT.len(), "{expected:?}");
        assert_eq!(replayed.seen, expected, "{adapter:?}");
        assert_eq!(replayed.attempt.map(|attempt| attempt.number()), Some(1));
        let (original, replayed) = (original.event, replayed.event);
        assert_eq!(
            (original.body(), original.id(), original.event_type()),
            (replayed.body(), Some("evt_1"), replayed.event_type())
        );
        assert_eq!((replayed.number(), replayed.attempt()), (Some(1), 1));
        assert_eq!(later.state.counted.load(SeqCst), 4, "two middlewares, at the original and at the replay");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_no_new_request() {
    for adapter in BOTH {
        let records = Arc::new(Mutex::new(Vec::new()));
        let all = records.clone();
        let endpoint = acme().observer(move |record: &Record| all.lock().unwrap().push(record.outcome));
        let scene = Scene::with(adapter, State::new(), endpoint).await;
        scene.keeps("evt_1");
        scene.work(1).await;
        scene.state.only();
        assert_eq!(*records.lock().unwrap(), [Outcome::Accepted], "{adapter:?}");
        let counts = Outcome::ALL.map(|outcome| scene.endpoint.count(outcome));
        assert_eq!(counts.iter().sum::<u64>(), 1, "{adapter:?}: {counts:?}");
        // Nor does it make the sender's next try anything but a duplicate.
        assert_eq!(send(scene.address, &request("evt_1")), 200);
        assert_eq!(scene.endpoint.count(Outcome::Duplicate), 1);
        scene.state.only();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_parked_passes_the_gate_once_it_is_released_and_a_server_that_ends_is_no_hindrance() {
    for adapter in BOTH {
        let scene = Scene::with(adapter, State::new(), acme().accept_versions(["=2"]).unwrap()).await;
        scene.keeps("evt_1");
        assert_eq!(scene.endpoint.count(Outcome::Parked), 1);
        assert_eq!(scene.inbox.release_parked("acme").await.unwrap(), 1);
        scene.endpoint.pause();
        scene.endpoint.shut_down();
        assert_eq!(ends(&scene.work(1).await), [(1, "worked")], "{adapter:?}");
        assert_eq!(scene.state.only().event.api_version(), Some("1"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_one_replay_shines_through_in_the_next() {
    for adapter in BOTH {
        let scene = Scene::with(adapter, State::new(), acme()).await;
        scene.keeps("evt_1");
        let (_, mut bare) = scene.inbox.inspect(1).await.unwrap().unwrap();
        assert!(bare.peer.is_some());
        bare.identity = None;
        bare.peer = None;
        bare.headers.retain(|(name, _)| name == "content-type");
        scene.inbox.accept(vec![bare]).await.unwrap();
        let worker = scene.inbox.worker(scene.function()).concurrency(1);
        super::work(worker, 2).await;
        let passes = scene.state.seen();
        let peers: Vec<_> = passes.iter().map(|pass| (pass.event.number(), pass.seen.peer.is_some())).collect();
        assert_eq!(peers, [(Some(1), true), (Some(2), false)], "{adapter:?}");
        let names: Vec<_> = passes[1].seen.headers.keys().map(String::as_str).collect();
        assert_eq!(names, ["content-length", "content-type"]);
    }
}
