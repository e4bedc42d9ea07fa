//! Effects in the transaction of their event's completion: exactly once, whatever the function does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, Backoff, Change, ChangeKind, WorkError};
use hookporter_sqlite::{Inbox, Settings, rusqlite::Connection};
use hookporter_testkit::inbox::sample_record;
use tokio::sync::Notify;

use crate::directory::Directory;
use crate::waiting::LONG;

const AT_ONCE: Backoff = Backoff::new(Duration::ZERO, Duration::ZERO);
const TABLES: &str = "CREATE TABLE effects (event TEXT PRIMARY KEY, times INTEGER NOT NULL);
    CREATE TABLE orders (id INTEGER PRIMARY KEY);
    CREATE TABLE lines (id INTEGER REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE once (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK);
    INSERT INTO once VALUES (1)";

/// The effect of the tests.
pub(crate) fn count(event: &Event, connection: &Connection) -> Result<(), WorkError> {
    let sql = "INSERT INTO effects VALUES (?1, 1) ON CONFLICT DO UPDATE SET times = times + 1";
    connection.prepare_cached(sql)?.execute([event.id()])?;
    Ok(())
}

pub(crate) async fn open(directory: &Directory) -> Inbox {
    let inbox = Settings::new().longest_effect(Duration::from_millis(100)).open(directory.file()).await.unwrap();
    inbox.with_connection(|connection| connection.execute_batch(TABLES)).await.unwrap();
    inbox
}

pub(crate) async fn effects(inbox: &Inbox) -> Vec<(String, i64)> {
    let read = inbox.with_connection(|connection| {
        let mut all = connection.prepare("SELECT event, times FROM effects ORDER BY event")?;
        all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()
    });
    read.await.unwrap()
}

pub(crate) async fn done(inbox: &Inbox) -> i64 {
    let sql = "SELECT count(*) FROM events WHERE state = 'done'";
    inbox.with_connection(move |connection| connection.query_row(sql, [], |row| row.get(0))).await.unwrap()
}

/// Works what is there with this function until `changes` changes were told, and a little longer.
pub(crate) async fn work<F>(inbox: &Inbox, changes: usize, function: F) -> Vec<Change>
where
    F: Fn(&Event, &Connection) -> Result<(), WorkError> + Send + Sync + 'static,
{
    let (all, told) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
    let (keeps, tells) = (all.clone(), told.clone());
    let worker = inbox.transactional_worker(function).backoff(AT_ONCE).attempts(3).on_change(move |change: &Change| {
        keeps.lock().unwrap().push(change.clone());
        tells.notify_one();
    });
    let enough = async {
        while all.lock().unwrap().len() < changes {
            told.notified().await;
        }
        // What comes too much has its chance.
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let bounded = async { tokio::time::timeout(LONG, enough).await.map_or((), |()| ()) };
    let _ = worker.run_until(bounded).await;
    let mut changes = all.lock().unwrap().clone();
    changes.sort_by_key(|change| (change.number, change.attempt));
    changes
}

pub(crate) fn ends(changes: &[Change]) -> Vec<(u32, &'static str)> {
    let word = |kind| match kind {
        ChangeKind::Worked => "worked",
        ChangeKind::Failed(_) => "failed",
        _ => "dead",
    };
    changes.iter().map(|change| (change.attempt, word(change.kind))).collect()
}

/// One event, whose first attempt does `first` after the effect; the second does nothing but the effect. What the first failed
/// with.
async fn fails_once(first: fn(&Connection) -> Result<(), WorkError>) -> String {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let changes = work(&inbox, 2, move |event, connection| {
        count(event, connection)?;
        if event.attempt() == 1 { first(connection) } else { Ok(()) }
    });
    let changes = changes.await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "worked")], "{changes:?}");
    assert_eq!(effects(&inbox).await, [("evt_1".to_owned(), 1)]);
    assert_eq!(done(&inbox).await, 1);
    let outcomes = "SELECT group_concat(outcome) FROM (SELECT outcome FROM attempts ORDER BY epoch)";
    let outcomes =
        inbox.with_connection(move |connection| connection.query_row(outcomes, [], |row| row.get::<_, String>(0)));
    assert_eq!(outcomes.await.unwrap(), "failed,worked".to_owned());
    changes[0].error.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn effect_and_completion_are_one() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let ids: Vec<_> = (10..60).map(|at| format!("evt_{at}")).collect();
    inbox.accept(ids.iter().map(|id| sample_record(id)).collect()).await.unwrap();
    let changes = work(&inbox, 50, count).await;
    assert!(changes.len() == 50 && changes.iter().all(|change| change.kind == ChangeKind::Worked), "{changes:?}");
    assert_eq!(effects(&inbox).await, ids.into_iter().map(|id| (id, 1)).collect::<Vec<_>>());
    assert_eq!(done(&inbox).await, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_has_no_effect_and_is_tried_again() {
    assert_eq!(fails_once(|_| Err(WorkError::retry("no such account"))).await, "no such account");
    assert_eq!(fails_once(|_| panic!("no such account")).await, "panicked: no such account");
    assert_eq!(
        fails_once(|connection| Ok(connection.execute_batch("INSERT INTO nowhere VALUES (1)")?)).await,
        "no such table: nowhere: Error code 1: SQL logic error"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_transaction_of_all_and_the_tables_of_the_inbox_are_out_of_reach() {
    for (sql, refused) in [
        ("COMMIT", "not authorized"),
        ("ROLLBACK", "not authorized"),
        ("BEGIN", "not authorized"),
        ("RELEASE hookporter_guest", "not authorized"),
        ("PRAGMA synchronous = OFF", "not authorized"),
        ("ATTACH ':memory:' AS other", "not authorized"),
        ("UPDATE events SET state = 'dead'", "not authorized"),
        ("DELETE FROM contents", "not authorized"),
        ("DROP TABLE attempts", "not authorized"),
        ("ALTER TABLE events ADD COLUMN mine", "not authorized"),
        ("DROP TRIGGER events_gone", "not authorized"),
        ("DROP VIEW journal", "not authorized"),
    ] {
        let directory = Directory::new();
        let inbox = open(&directory).await;
        let error = inbox.with_connection(move |connection| connection.execute_batch(sql)).await.unwrap_err();
        let error = std::error::Error::source(&error).unwrap().to_string();
        assert!(error.contains(refused), "{sql}: {error}");
    }
    // What the writer itself has ready is not prepared once more, so that nobody refuses it; it is found out.
    let error = fails_once(|connection| {
        connection.prepare_cached("RELEASE hookporter_guest")?.execute([])?;
        Ok(())
    });
    assert_eq!(error.await, "a function ended the transaction that it was to be a part of");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_ends_the_transaction_fails_alone() {
    let rollback = |connection: &Connection| Ok(connection.execute_batch("INSERT INTO once VALUES (1)")?);
    assert!(fails_once(rollback).await.starts_with("UNIQUE constraint failed: once.id"));
    let unnoticed = |connection: &Connection| {
        let _ = connection.execute_batch("INSERT INTO once VALUES (1)");
        Ok(())
    };
    assert_eq!(fails_once(unnoticed).await, "a function ended the transaction that it was to be a part of");
    // It is found at the commit only.
    let deferred = |connection: &Connection| Ok(connection.execute_batch("INSERT INTO lines VALUES (7)")?);
    assert_eq!(fails_once(deferred).await, "the inbox failed: FOREIGN KEY constraint failed");
}

pub(crate) fn forever(connection: &Connection) -> Result<(), WorkError> {
    let sql = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    Ok(connection.query_row(sql, [], |_| Ok(()))?)
}

pub(crate) fn forever_writing(connection: &Connection) -> Result<(), WorkError> {
    let sql = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) INSERT INTO orders SELECT x FROM n";
    Ok(connection.execute_batch(sql)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sql_without_end_is_stopped_and_undone() {
    for forever in [forever, forever_writing] {
        let error = fails_once(forever).await;
        assert!(error.starts_with("the effect took longer than 100 ms and was stopped: interrupted"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_visitor_leaves_half_done_is_undone() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let half = |connection: &Connection| {
        connection.execute_batch("INSERT INTO orders VALUES (1); INSERT INTO once VALUES (1)")
    };
    let error = inbox.with_connection(half).await.unwrap_err();
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "a function ended the transaction that it was to be a part of"
    );
    let half = |connection: &Connection| -> Result<(), &str> {
        connection.execute_batch("INSERT INTO orders VALUES (1)").unwrap();
        Err("changed my mind")
    };
    let error = inbox.with_connection(half).await.unwrap_err();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "changed my mind");
    let panics = |_: &Connection| -> Result<(), &str> { panic!("at {}", 7) };
    let error = inbox.with_connection(panics).await.unwrap_err();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "panicked: at 7");
    let count =
        |connection: &Connection| connection.query_row("SELECT count(*) FROM orders", [], |row| row.get::<_, i64>(0));
    assert_eq!(inbox.with_connection(count).await.unwrap(), 0);
}
