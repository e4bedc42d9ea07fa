//! A worker with a function for each type of event, on a real file.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::inbox::{AcceptingSide, ByType, ChangeKind, WorkError, Worker};
use hookporter_pipeline::{BoxFuture, Event};
use hookporter_sqlite::{Inbox, State};
use hookporter_testkit::inbox::sample_record;
use tokio::sync::Notify;

use crate::directory::Directory;

type Names = Arc<Mutex<Vec<(&'static str, Option<String>)>>>;

/// A function that writes down its name.
fn function(
    names: &Names,
    name: &'static str,
) -> impl Fn(Event) -> BoxFuture<'static, Result<(), WorkError>> + Send + Sync + use<> {
    let names = names.clone();
    move |event| {
        names.lock().unwrap().push((name, event.event_type().map(str::to_owned)));
        Box::pin(async { Ok(()) })
    }
}

/// Works an event of each of these types; what became of them, in their order.
async fn work(inbox: &Inbox, types: [Option<&str>; 3], worker: Worker) -> Vec<(ChangeKind, Option<String>)> {
    for (at, kind) in types.into_iter().enumerate() {
        let mut record = sample_record(&format!("evt_{at}"));
        match kind {
            Some(kind) => record.event_type.as_mut().unwrap().text = kind.to_owned(),
            None => record.event_type = None,
        }
        inbox.accept(vec![record]).await.unwrap();
    }
    told(worker, 3).await
}

/// What a worker tells of so many events, in their order.
async fn told(worker: Worker, count: usize) -> Vec<(ChangeKind, Option<String>)> {
    let (changes, told) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
    let (all, bell) = (changes.clone(), told.clone());
    let worker = worker.on_change(move |change| {
        all.lock().unwrap().push(change.clone());
        bell.notify_one();
    });
    let enough = async {
        while changes.lock().unwrap().len() < count {
            tokio::time::timeout(Duration::from_secs(60), told.notified()).await.unwrap();
        }
    };
    let _ = worker.run_until(enough).await;
    let mut changes = changes.lock().unwrap().clone();
    changes.sort_by_key(|change| change.number);
    changes.into_iter().map(|change| (change.kind, change.error)).collect()
}

const DONE: (ChangeKind, Option<String>) = (ChangeKind::Worked, None);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_type_goes_to_its_function_and_the_rest_is_parked_until_there_is_one() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let names = Names::default();
    let by_type = ByType::new().on("paid", function(&names, "never")).on("paid", function(&names, "paid"));
    let by_type = by_type.on("gone", function(&names, "gone"));
    let worker = inbox.worker(by_type.clone().park_others()).attempts(1);
    let changes = work(&inbox, [Some("paid"), Some("new"), None], worker).await;
    let parked = |text: &str| (ChangeKind::Parked, Some(text.to_owned()));
    let expected = [
        DONE,
        parked("the worker has no function for the type `new`"),
        parked("the event has no type, and the worker no function for such"),
    ];
    assert_eq!(changes, expected);
    assert_eq!(*names.lock().unwrap(), [("paid", Some("paid".to_owned()))]);
    assert_eq!(inbox.list(State::Parked, 0, 10).await.unwrap().len(), 2);

    // The next release has one, and the last attempt is not spent.
    assert_eq!(inbox.release_parked("acme").await.unwrap(), 2);
    let worker = inbox.worker(by_type.otherwise(function(&names, "other"))).attempts(1);
    assert_eq!(told(worker, 2).await, [DONE, DONE]);
    names.lock().unwrap().sort();
    assert_eq!(
        *names.lock().unwrap(),
        [("other", None), ("other", Some("new".to_owned())), ("paid", Some("paid".to_owned()))]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rest_can_be_worked_or_taken_for_done() {
    for ignored in [false, true] {
        let directory = Directory::new();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        let names = Names::default();
        let by_type = ByType::new().on("paid", function(&names, "paid"));
        let worker = match ignored {
            true => inbox.worker(by_type.ignore_others()),
            false => inbox.worker(by_type.otherwise(function(&names, "other"))),
        };
        let changes = work(&inbox, [Some("new"), Some("paid"), None], worker.concurrency(1)).await;
        assert_eq!(changes, [DONE, DONE, DONE]);
        let new = ("other", Some("new".to_owned()));
        let paid = ("paid", Some("paid".to_owned()));
        let expected = if ignored { vec![paid] } else { vec![new, paid, ("other", None)] };
        assert_eq!(*names.lock().unwrap(), expected);
    }
}
