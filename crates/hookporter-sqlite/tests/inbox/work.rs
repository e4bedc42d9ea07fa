//! Workers on a real file, in real time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_core::{SystemClock, UnixTime};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{
    AcceptingSide, Backoff, Change, ChangeKind, Claim, Settled, WorkError, Worker, WorkingSide,
};
use hookporter_sqlite::Inbox;
use hookporter_testkit::inbox::sample_record;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::waiting::LONG;

const AT_ONCE: Backoff = Backoff::new(Duration::ZERO, Duration::ZERO);

async fn accept(inbox: &Inbox, ids: &[&str]) {
    inbox.accept(ids.iter().map(|id| sample_record(id)).collect()).await.unwrap();
}

/// What a worker tells of its events, and when to stop it.
#[derive(Clone, Default)]
struct Told {
    changes: Arc<Mutex<Vec<Change>>>,
    told: Arc<Notify>,
}

impl Told {
    fn by(&self, worker: Worker) -> Worker {
        let all = self.clone();
        worker.on_change(move |change| {
            all.changes.lock().unwrap().push(change.clone());
            all.told.notify_one();
        })
    }

    fn all(&self) -> Vec<Change> {
        self.changes.lock().unwrap().clone()
    }

    /// Ends when this many changes were told.
    async fn count(self, count: usize) {
        let waiting = async {
            while self.all().len() < count {
                self.told.notified().await;
            }
        };
        let waited = tokio::time::timeout(LONG, waiting).await;
        assert!(waited.is_ok(), "{:?}", self.all());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_gets_the_event_as_it_came_and_ok_ends_it() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let told = Told::default();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let function = {
        let seen = seen.clone();
        move |event: Event| {
            seen.lock().unwrap().push(event);
            std::future::ready(Ok::<(), WorkError>(()))
        }
    };
    // Accepted while the worker waits, after the first look: it is woken, and does not find it at the next look of its own.
    let late = {
        let (inbox, told) = (inbox.clone(), told.clone());
        async move {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            let started = Instant::now();
            accept(&inbox, &["evt_1"]).await;
            told.count(1).await;
            started.elapsed()
        }
    };
    let waited = Arc::new(Mutex::new(None));
    let kept = waited.clone();
    let end = told.by(inbox.worker(function)).run_until(async move { *kept.lock().unwrap() = Some(late.await) }).await;
    assert_eq!(end.given_back, 0);
    assert!(waited.lock().unwrap().unwrap() < Duration::from_secs(15), "{waited:?}");
    let record = sample_record("evt_1");
    let events = seen.lock().unwrap();
    let event = &events[0];
    assert_eq!((events.len(), event.attempt(), event.number()), (1, 1, Some(1)));
    assert_eq!((event.body(), Some(event.payload())), (&record.body, record.payload.as_ref()));
    assert_eq!((event.endpoint(), event.provider(), event.tenant()), ("acme", "stripe", None));
    assert_eq!((event.method(), event.target()), ("PUT", "/webhooks/acme?x=%20ü"));
    assert_eq!(event.header("x-bytes"), Some(&[0xff, 0xfe, b':', b' ', b'a'][..]));
    assert_eq!((event.header("x-empty"), event.header("x-twice")), (Some(&b""[..]), Some(&b"1"[..])));
    assert_eq!((event.id(), event.event_type(), event.is_type_signed()), (Some("evt_1"), Some("invoice.paid"), false));
    assert_eq!((event.api_version(), event.key_id().as_str()), (Some("2025-08-27.basil"), "2026-11"));
    assert_eq!((event.received_at(), event.sent_at()), (record.received_at, record.sent_at));
    assert_eq!(event.coverage(), record.coverage);
}

/// Works one event with this function to its end; the changes that were told.
async fn changes_of<F, R>(function: F, set: impl FnOnce(Worker) -> Worker, count: usize) -> Vec<Change>
where
    F: Fn(Event) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), WorkError>> + Send + 'static,
{
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    accept(&inbox, &["evt_1"]).await;
    let told = Told::default();
    let worker = set(inbox.worker(function).attempts(3).backoff(AT_ONCE));
    let _ = told.by(worker).run_until(told.clone().count(count)).await;
    let mut changes = told.all();
    // An attempt that follows at once may be told of first.
    changes.sort_by_key(|change| change.attempt);
    changes
}

fn ends(changes: &[Change]) -> Vec<(u32, &'static str)> {
    let word = |kind| match kind {
        ChangeKind::Worked => "worked",
        ChangeKind::Failed(_) => "failed",
        _ => "dead",
    };
    changes.iter().map(|change| (change.attempt, word(change.kind))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poison_event_is_a_dead_letter_with_the_text_of_its_last_panic() {
    let function = |event: Event| async move { panic!("no account {:?}\n of attempt {}", event.id(), event.attempt()) };
    let changes = changes_of(function, |worker| worker, 3).await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "failed"), (3, "dead")]);
    assert_eq!(changes[2].error.as_deref(), Some("panicked: no account Some(\"evt_1\")\\n of attempt 3"));
    assert_eq!((&*changes[2].endpoint, changes[2].event_id.as_deref()), ("acme", Some("evt_1")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_before_the_first_await_is_an_attempt_that_failed() {
    let function = |event: Event| {
        assert!(event.attempt() > 1, "the first attempt");
        std::future::ready(Ok(()))
    };
    let changes = changes_of(function, |worker| worker, 2).await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "worked")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_hangs_is_stopped_and_the_next_one_comes() {
    let function = |event: Event| async move {
        if event.attempt() == 1 {
            std::future::pending::<()>().await;
        }
        Ok(())
    };
    let changes = changes_of(function, |worker| worker.time_limit(Duration::from_millis(200)), 2).await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "worked")]);
    assert_eq!(changes[0].error.as_deref(), Some("the attempt took longer than 0 s and was stopped"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_function_says_is_done() {
    let changes = changes_of(|_| async { Err(WorkError::dead_letter("gone")) }, |worker| worker, 1).await;
    assert_eq!((ends(&changes), changes[0].error.as_deref()), (vec![(1, "dead")], Some("gone")));

    let wait = Duration::from_secs(3600);
    let before = now();
    let changes =
        changes_of(move |_| async move { Err(WorkError::retry_after(wait, "busy")) }, |worker| worker, 1).await;
    let ChangeKind::Failed(due) = changes[0].kind else { panic!("{changes:?}") };
    assert!(due >= before.plus(wait) && due <= now().plus(wait), "{due:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_work_keeps_its_lease_and_is_done_once() {
    let mut all = Vec::new();
    // Where the machine stands still for as long as a lease lasts, it is lost, and rightly.
    for _ in 0..5 {
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = runs.clone();
        let function = move |_: Event| {
            counted.fetch_add(1, Ordering::SeqCst);
            async {
                tokio::time::sleep(Duration::from_millis(2500)).await;
                Ok(())
            }
        };
        let changes = changes_of(function, |worker| worker.lease(Duration::from_secs(1)), 1).await;
        if (ends(&changes), runs.load(Ordering::SeqCst)) == (vec![(1, "worked")], 1) {
            return;
        }
        all.push(changes);
    }
    panic!("it lost its lease each time: {all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_run_at_once_than_were_asked_for() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let ids: Vec<String> = (0..30).map(|at| format!("evt_{at}")).collect();
    accept(&inbox, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (told, peak) = (Told::default(), most.clone());
    let function = move |_: Event| {
        let (running, most) = (running.clone(), most.clone());
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(20)).await;
            running.fetch_sub(1, Ordering::SeqCst);
            Ok::<(), WorkError>(())
        }
    };
    let _ = told.by(inbox.worker(function).concurrency(3)).run_until(told.clone().count(30)).await;
    assert_eq!(peak.load(Ordering::SeqCst), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_waits_for_what_ends_in_time_and_gives_the_rest_back() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    accept(&inbox, &["quick", "slow"]).await;
    let told = Told::default();
    let begun = Arc::new(Notify::new());
    let both = begun.clone();
    let function = move |event: Event| {
        let begun = begun.clone();
        async move {
            begun.notify_one();
            let quick = event.id() == Some("quick");
            tokio::time::sleep(Duration::from_millis(if quick { 300 } else { 60_000 })).await;
            Ok::<(), WorkError>(())
        }
    };
    let worker = told.by(inbox.worker(function).drain(Duration::from_secs(5)));
    let started = Instant::now();
    let end = worker.run_until(async move { both.notified().await }).await;
    assert_eq!(end.given_back, 1);
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
    let changes = told.all();
    assert_eq!((ends(&changes), changes[0].event_id.as_deref()), (vec![(1, "worked")], Some("quick")));
    // At the next start it is due at once, and its attempt is the first again.
    inbox.close().await;
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let told = Told::default();
    let function = |_: Event| std::future::ready(Ok::<(), WorkError>(()));
    let _ = told.by(inbox.worker(function)).run_until(told.clone().count(1)).await;
    let changes = told.all();
    assert_eq!((ends(&changes), changes[0].event_id.as_deref()), (vec![(1, "worked")], Some("slow")));
}

#[tokio::test]
async fn what_a_dead_process_was_working_is_due_at_the_next_start() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    accept(&inbox, &["evt_1"]).await;
    let claim = || Claim { now: now(), lease: Duration::from_secs(3600), most: 10, attempts: 3 };
    let lost = inbox.claim(claim()).await.unwrap().leases[0].id;
    assert!(inbox.claim(claim()).await.unwrap().leases.is_empty());
    inbox.close().await;
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let lease = inbox.claim(claim()).await.unwrap().leases.remove(0);
    assert_eq!((lease.id.number, lease.attempt), (lost.number, 2));
    assert_eq!(inbox.complete(lost, now()).await.unwrap(), Settled::Fenced);
}

fn now() -> UnixTime {
    hookporter_core::Clock::now(&SystemClock)
}

#[tokio::test]
async fn an_event_without_contents_does_not_hold_up_its_lane() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let in_lane = |identity: &str| {
        let mut record = sample_record(identity);
        record.lane = Some("a".to_owned());
        record
    };
    inbox.accept(vec![in_lane("evt_1"), in_lane("evt_2")]).await.unwrap();
    rusqlite::Connection::open(directory.file()).unwrap().execute("DELETE FROM contents WHERE event = 1", []).unwrap();
    let (sender, mut worked) = tokio::sync::mpsc::unbounded_channel();
    let worker = inbox.worker(move |event: Event| {
        sender.send(event.number()).unwrap();
        async { Ok::<_, WorkError>(()) }
    });
    let soon = async {
        let next = tokio::time::timeout(Duration::from_secs(15), worked.recv()).await;
        assert_eq!(next.expect("the next of the lane is worked at once"), Some(Some(2)));
    };
    let _ = worker.run_until(soon).await;
}
