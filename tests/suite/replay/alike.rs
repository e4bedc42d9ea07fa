//! A replay is to the handler what the original would have been, and to nobody a new request.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};

use hookporter::inbox::{AcceptingSide, Split};
use hookporter::{Outcome, Record};

use super::state::{Seen, State};
use super::{SECRET, Scene, TARGET, acme, ends, request, scheme, send, serve};
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
        // Some of a request is pooled, and comes back with the next but one.
        scene.inbox.accept(vec![bare; 3]).await.unwrap();
        let worker = scene.inbox.worker(scene.function()).concurrency(1);
        super::work(worker, 4).await;
        let passes = scene.state.seen();
        let peers: Vec<_> = passes.iter().map(|pass| (pass.event.number(), pass.seen.peer.is_some())).collect();
        let expected = [(Some(1), true), (Some(2), false), (Some(3), false), (Some(4), false)];
        assert_eq!(peers, expected, "{adapter:?}");
        for pass in &passes[1..] {
            let names: Vec<_> = pass.seen.headers.keys().map(String::as_str).collect();
            assert_eq!(names, ["content-length", "content-type"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_has_a_length_of_its_own_and_nothing_of_the_connection_that_it_came_over() {
    for adapter in BOTH {
        let scene = Scene::with(adapter, State::new(), acme()).await;
        scene.keeps("evt_1");
        let (_, mut record) = scene.inbox.inspect(1).await.unwrap().unwrap();
        record.identity = None;
        let of_the_connection = [
            ("connection", "close"),
            ("content-length", "9999"),
            ("expect", "100-continue"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
        ];
        for (name, value) in of_the_connection {
            record.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        }
        let length = record.body.len().to_string().into_bytes();
        scene.inbox.accept(vec![record]).await.unwrap();
        super::work(scene.inbox.worker(scene.function()).concurrency(1), 2).await;
        let passes = scene.state.seen();
        assert_eq!(passes[1].seen, passes[0].seen, "{adapter:?}");
        assert_eq!(passes[1].seen.headers["content-length"], length);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_of_a_delivery_that_was_cut_is_a_request() {
    for adapter in BOTH {
        let endpoint = acme().split(Split::array("/items").id("/id")).unwrap();
        let scene = Scene::with(adapter, State::new(), endpoint).await;
        let items: Vec<_> = (1..=3).map(|at| serde_json::json!({"id": format!("item_{at}"), "amount": at})).collect();
        let body = serde_json::json!({"id": "evt_1", "type": "invoice.paid", "items": items});
        let request = hookporter_testkit::custom(scheme(), SECRET).target(TARGET).json(&body).build();
        assert_eq!(send(scene.address, &request.with_header("content-encoding", "identity")), 200);
        super::work(scene.inbox.worker(scene.function()).concurrency(1), 3).await;
        let passes = scene.state.seen();
        let seen: Vec<_> = passes.iter().map(|pass| (pass.event.id().unwrap(), pass.seen.amount)).collect();
        assert_eq!(seen, [("item_1", 1), ("item_2", 2), ("item_3", 3)], "{adapter:?}");
        assert!(passes.iter().all(|pass| !pass.seen.headers.contains_key("content-encoding")), "{passes:?}");
    }
}
