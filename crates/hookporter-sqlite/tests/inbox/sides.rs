//! One side of an inbox: who may have it, and what is whose.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Change, Durability, WorkError, Worker};
use hookporter_sqlite::rusqlite::Connection;
use hookporter_sqlite::{AcceptingInbox, Inbox, OpenError, Settings, WorkingInbox};
use hookporter_testkit::inbox::sample_record;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::waiting::{LONG, once_within};

async fn filled(path: &Path) {
    let inbox = AcceptingInbox::open(path).await.unwrap();
    let records = (0..200).map(|at| sample_record(&format!("evt_{at}"))).collect();
    assert_eq!(inbox.accept(records).await.unwrap(), vec![Accepted::New; 200]);
    inbox.close().await;
}

#[tokio::test]
async fn one_process_accepts_and_one_works_and_no_third_has_it() {
    let directory = Directory::new();
    let path = directory.file();
    let in_use = |error: Option<OpenError>| assert!(matches!(error, Some(OpenError::InUse { .. })), "{error:?}");
    let accepting = AcceptingInbox::open(&path).await.unwrap();
    in_use(AcceptingInbox::open(&path).await.err());
    in_use(Inbox::open(&path).await.err());
    let working = WorkingInbox::open(&path).await.unwrap();
    in_use(WorkingInbox::open(&path).await.err());
    accepting.close().await;
    in_use(Inbox::open(&path).await.err());
    let accepting = AcceptingInbox::open(&path).await.unwrap();
    working.close().await;
    accepting.close().await;

    let both = Inbox::open(&path).await.unwrap();
    assert_eq!((both.durability(), accepting.durability()), (Durability::Synced, Durability::Synced));
    in_use(AcceptingInbox::open(&path).await.err());
    in_use(WorkingInbox::open(&path).await.err());
    both.close().await;
    WorkingInbox::open(&path).await.unwrap();
}

#[tokio::test]
async fn the_working_side_makes_and_changes_no_file() {
    let directory = Directory::new();
    let path = directory.file();
    let missing = WorkingInbox::open(&path).await.unwrap_err();
    assert!(matches!(missing, OpenError::Failed { doing: "finding it", .. }), "{missing:?}");
    assert!(!path.exists());

    filled(&path).await;
    let form = |version: i64| Connection::open(&path).unwrap().pragma_update(None, "user_version", version).unwrap();
    let read = || Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let known: i64 = read();
    form(1);
    let older = WorkingInbox::open(&path).await.unwrap_err();
    assert!(matches!(older, OpenError::Older { version: 1, .. }), "{older:?}");
    assert_eq!(read(), 1);
    form(known);

    damage(&path);
    let before = std::fs::read(&path).unwrap();
    let damaged = WorkingInbox::open(&path).await.unwrap_err();
    assert!(matches!(damaged, OpenError::Damaged { .. }), "{damaged:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[20_000..60_000].fill(0xa5);
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn the_file_is_not_taken_away_from_who_works() {
    let directory = Directory::new();
    let path = directory.file();
    filled(&path).await;
    let working = WorkingInbox::open(&path).await.unwrap();
    let form = |version: i64| Connection::open(&path).unwrap().pragma_update(None, "user_version", version).unwrap();
    let known: i64 =
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    form(1);
    let error = AcceptingInbox::open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "an older form: {error:?}");
    form(known);
    damage(&path);
    let error = AcceptingInbox::open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    working.close().await;
    let accepting = AcceptingInbox::open(&path).await.unwrap();
    assert!(accepting.set_aside().is_some_and(|aside| aside.exists()));
    // The right to work was needed for that only.
    WorkingInbox::open(&path).await.unwrap();
}

/// Ends when a worker told of this many changes.
fn counting(worker: Worker) -> (Worker, impl AsyncFn(usize)) {
    let (told, count) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let (tells, counts) = (told.clone(), count.clone());
    let worker = worker.on_change(move |_: &Change| {
        counts.fetch_add(1, Ordering::SeqCst);
        tells.notify_one();
    });
    let enough = async move |changes: usize| {
        let waiting = async {
            while count.load(Ordering::SeqCst) < changes {
                told.notified().await;
            }
        };
        tokio::time::timeout(LONG, waiting).await.unwrap();
    };
    (worker, enough)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_accepts_is_worked_within_a_moment() {
    let directory = Directory::new();
    let accepting = AcceptingInbox::open(directory.file()).await.unwrap();
    let working = WorkingInbox::open(directory.file()).await.unwrap();
    let (worker, enough) = counting(working.worker(async |_| Ok::<_, WorkError>(())));
    let mut sent = 0;
    let longest_of_ten = async || {
        let mut longest = Duration::ZERO;
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(130)).await;
            let begun = Instant::now();
            accepting.accept(vec![sample_record(&format!("evt_{sent}"))]).await.unwrap();
            sent += 1;
            enough(sent).await;
            longest = longest.max(begun.elapsed());
        }
        longest
    };
    let sending = once_within("accepted until worked", Duration::from_millis(300), longest_of_ten);
    let _ = worker.run_until(sending).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_tool_changes_beside_the_server_is_noticed() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let mut parked = sample_record("evt_1");
    parked.parked = true;
    inbox.accept(vec![parked]).await.unwrap();
    let (worker, enough) = counting(inbox.worker(async |_| Ok::<_, WorkError>(())));
    let path = directory.file();
    let mending = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let begun = Instant::now();
        let tool = Connection::open(path).unwrap();
        tool.execute("UPDATE events SET state = 'waiting', due_at = 1", []).unwrap();
        enough(1).await;
        // A worker looks by itself every 30 s.
        assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    };
    let _ = worker.run_until(mending).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_worked_stays_with_its_worker_when_the_other_side_starts_anew() {
    let directory = Directory::new();
    let accepting = AcceptingInbox::open(directory.file()).await.unwrap();
    accepting.accept(vec![sample_record("evt_1")]).await.unwrap();
    let working = WorkingInbox::open(directory.file()).await.unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    let counts = runs.clone();
    let (worker, enough) = counting(working.worker(move |_| {
        counts.fetch_add(1, Ordering::SeqCst);
        async {
            tokio::time::sleep(Duration::from_millis(900)).await;
            Ok::<_, WorkError>(())
        }
    }));
    let restarting = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        accepting.close().await;
        let accepting = Settings::new().open_accepting(directory.file()).await.unwrap();
        // Something that wakes the worker.
        accepting.accept(vec![sample_record("evt_2")]).await.unwrap();
        enough(2).await;
    };
    let _ = worker.run_until(restarting).await;
    assert_eq!(runs.load(Ordering::SeqCst), 2, "one attempt for each");
    working.close().await;

    // A worker that died, however, has nothing any more.
    let tool = Connection::open(directory.file()).unwrap();
    let far = UnixTime::from_secs(9_000_000_000).as_millis();
    tool.execute("UPDATE events SET state = 'working', due_at = ?1 WHERE id = 1", [far]).unwrap();
    let working = WorkingInbox::open(directory.file()).await.unwrap();
    let (worker, enough) = counting(working.worker(async |_| Ok::<_, WorkError>(())));
    let _ = worker.run_until(enough(1)).await;
}
