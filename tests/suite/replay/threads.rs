//! actix's apps cannot leave their thread: what the threads of a worker do.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::App;
use hookporter::inbox::WorkError;

use super::said::Said;
use super::state::State;
use super::{Scene, Shape, acme, actix, ends, impatient, work};
use crate::server::{Adapter, wait_for};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_thread_has_an_app_and_results_come_back_to_their_callers() {
    let (threads, first) = (Mutex::new(HashSet::new()), AtomicBool::new(true));
    let says = move |event: &hookporter::Event| {
        threads.lock().unwrap().insert(std::thread::current().id());
        // Both threads are to have something to do, however late one of them begins.
        if first.swap(false, SeqCst) {
            wait_for(|| threads.lock().unwrap().len() == 2);
        }
        match event.id() {
            Some("slow") => Said::Block(Duration::from_millis(30)),
            Some("bad") => Said::Status(500),
            _ => Said::Status(200),
        }
    };
    let scene = Scene::saying(Adapter::Actix, says).await;
    scene.keeps("slow");
    let (_, record) = scene.inbox.inspect(1).await.unwrap().unwrap();
    let records = (1..24).map(|at| {
        let mut record = record.clone();
        record.identity = None;
        record.event_id.as_mut().unwrap().text = ["slow", "good", "bad"][at % 3].to_owned();
        record
    });
    hookporter::inbox::AcceptingSide::accept(&scene.inbox, records.collect()).await.unwrap();
    let function = actix::through(2, Shape::Same, &scene.state, &scene.endpoint);
    let changes = work(scene.inbox.worker(function).attempts(1), 24).await;
    for change in &changes {
        let expected = if change.event_id.as_deref() == Some("bad") { "dead" } else { "worked" };
        assert_eq!(ends(std::slice::from_ref(change)), [(1, expected)], "{change:?}");
    }
    let threads = scene.state.threads();
    assert!(threads.len() == 2 && !threads.contains(&std::thread::current().id()), "{threads:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_that_is_blocked_is_given_nothing_while_another_is_free() {
    let others = Arc::new(AtomicUsize::new(0));
    let count = others.clone();
    let says = move |event: &hookporter::Event| {
        if event.id() != Some("blocks") {
            count.fetch_add(1, SeqCst);
            return Said::Status(200);
        }
        // Its thread is blocked until the others have had their turn.
        wait_for(|| count.load(SeqCst) == 5);
        Said::Status(if count.load(SeqCst) == 5 { 200 } else { 500 })
    };
    let scene = Scene::saying(Adapter::Actix, says).await;
    for id in ["blocks", "a", "b", "c", "d", "e"] {
        scene.keeps(id);
    }
    let function = actix::through(2, Shape::Same, &scene.state, &scene.endpoint);
    // One at a time beside the one that blocks.
    let changes = work(scene.inbox.worker(function).concurrency(2), 6).await;
    assert_eq!(ends(&changes), [(1, "worked"); 6], "one waited for the thread that is blocked: {changes:?}");
}

/// Counts the threads that have made an app and not ended.
struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threads_end_with_the_worker_that_they_work_for() {
    let scene = Scene::with(Adapter::Actix, State::new(), acme()).await;
    let alive = Arc::new(AtomicUsize::new(0));
    let (count, state, endpoint) = (alive.clone(), scene.state.clone(), scene.endpoint.clone());
    let app = move || {
        count.fetch_add(1, SeqCst);
        let alive = Alive(count.clone());
        actix::app(Shape::Same, state.clone(), endpoint.clone()).app_data(alive)
    };
    let function = hookporter::actix::through(3, app).unwrap();
    for id in ["evt_1", "evt_2", "evt_3", "evt_4"] {
        scene.keeps(id);
    }
    let seen = alive.clone();
    work(scene.inbox.worker(function), 4).await;
    wait_for(|| seen.load(SeqCst) == 0);
    assert_eq!(alive.load(SeqCst), 0, "apps whose threads go on");
    assert_eq!(scene.state.seen().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_cannot_be_made_is_made_for_a_later_attempt() {
    let scene = Scene::with(Adapter::Actix, State::new(), acme()).await;
    scene.keeps("evt_1");
    let made = Arc::new(AtomicUsize::new(0));
    let (count, state, endpoint) = (made.clone(), scene.state.clone(), scene.endpoint.clone());
    let app = move || {
        let first = count.fetch_add(1, SeqCst) == 0;
        assert!(!first, "the database is not there yet");
        actix::app(Shape::Same, state.clone(), endpoint.clone())
    };
    let function = hookporter::actix::through(1, app).unwrap();
    let changes = work(impatient(scene.inbox.worker(function)), 2).await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "worked")]);
    assert_eq!(changes[0].error.as_deref(), Some("panicked: the database is not there yet"));
    assert_eq!(made.load(SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_cannot_be_set_up_is_an_error_and_no_panic() {
    let scene = Scene::with(Adapter::Actix, State::new(), acme()).await;
    scene.keeps("evt_1");
    let app = || App::new().data_factory(|| async { Err::<(), _>(WorkError::retry("none").to_string()) });
    let function = hookporter::actix::through(1, app).unwrap();
    let changes = work(impatient(scene.inbox.worker(function)), 3).await;
    assert_eq!(ends(&changes)[2], (3, "dead"));
    assert_eq!(changes[0].error.as_deref(), Some("the app cannot be made"));
}
