//! Files of earlier forms become files of this one, and lose nothing on the way.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::inbox::{AcceptingSide, Claim, EventRecord, RecordLabel, WorkingSide};
use hookporter_sqlite::{Inbox, OpenError, Reader, State};
use hookporter_testkit::inbox::START;
use rusqlite::{Connection, params};

use crate::directory::Directory;

const FIRST: &str = include_str!("../../src/schema.sql");
/// The steps to the forms that came after it and before the present one.
const EARLIER: [&str; 4] = [
    include_str!("../../src/schema_2.sql"),
    include_str!("../../src/schema_3.sql"),
    include_str!("../../src/schema_4.sql"),
    include_str!("../../src/schema_5.sql"),
];
/// In 2100, so that no sweep takes them.
const FINISHED: i64 = 4_102_444_800_000;
const STATES: [&str; 5] = ["waiting", "working", "done", "dead", "parked"];

/// A file as the first form had it, with two rows in every state, of which one has lost its body.
fn of_the_first_form(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL").unwrap();
    connection.execute_batch(FIRST).unwrap();
    connection.execute_batch("PRAGMA application_id = 0x486f6f6b; PRAGMA user_version = 1").unwrap();
    for (at, state) in (1_i64..).zip(STATES.into_iter().flat_map(|state| [state; 2])) {
        let due = matches!(state, "waiting" | "working").then(|| START.as_millis());
        let ended = matches!(state, "done" | "dead").then_some(FINISHED);
        let id = format!("evt_{at}");
        let sql = "INSERT INTO events (id, state, endpoint, tenant, identity, due_at, epoch, attempts, provider, event_id, \
            event_type, api_version, signed, received_at, finished_at, last_error) \
            VALUES (?1, ?2, 'acme', 'alice', ?3, ?4, ?1, 1, 'stripe', ?3, 'invoice.paid', 'v1', 5, ?5, ?6, ?7)";
        let error = (state == "dead").then_some("no such account");
        connection.execute(sql, params![at, state, id, due, START.as_millis(), ended, error]).unwrap();
        let sql = "UPDATE events SET identity = CAST(?2 AS BLOB) WHERE id = ?1";
        connection.execute(sql, params![at, id]).unwrap();
        let sql =
            "INSERT INTO attempts (event, epoch, started_at, ended_at, outcome) VALUES (?1, ?1, ?2, ?2, 'failed')";
        connection.execute(sql, params![at, START.as_millis()]).unwrap();
        if !(state == "done" && at % 2 == 0) {
            let sql = "INSERT INTO contents VALUES (?1, 1, 'PUT', '/hooks', x'782d613a20620a', ?2, x'7b7d', 'payload', 'key', 7)";
            connection.execute(sql, params![at, format!("body of {id}").into_bytes()]).unwrap();
        }
    }
}

fn record(at: i64) -> EventRecord {
    let label = |text: &str, signed| Some(RecordLabel { text: text.to_owned(), signed });
    let mut record = EventRecord::new("acme", format!("body of evt_{at}").into(), START);
    record.tenant = Some("alice".to_owned());
    record.identity = Some(format!("evt_{at}").into_bytes());
    record.provider = "stripe".to_owned();
    record.event_id = label(&format!("evt_{at}"), true);
    record.event_type = label("invoice.paid", false);
    record.api_version = label("v1", true);
    (record.method, record.target) = ("PUT".to_owned(), "/hooks".to_owned());
    record.headers = vec![("x-a".to_owned(), b"b".to_vec())];
    record.payload = Some("{}".into());
    record.coverage = Coverage::Payload;
    record.key_id = "key".to_owned();
    record.sent_at = Some(UnixTime::from_millis(7));
    record
}

/// The same rows in a file of every form but the present one, each made as its release did.
fn of_an_earlier_form(path: &Path, form: usize) {
    of_the_first_form(path);
    let connection = Connection::open(path).unwrap();
    for step in EARLIER.iter().take(form.saturating_sub(1)) {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "user_version", i64::try_from(form).unwrap()).unwrap();
}

/// The number of the present form: each has a file of its own that leads to it.
pub(crate) fn present_form() -> usize {
    let sources = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let names = sources.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("schema") && name.ends_with(".sql")).count()
}

/// Everything is as it was, with the new columns empty.
fn is_whole(path: &Path) {
    let reader = Reader::open(path).unwrap();
    let listed = reader.list(None, 0, 100).unwrap();
    assert_eq!(listed.len(), 10);
    let states = STATES.into_iter().flat_map(|state| [state; 2]);
    for ((at, state), listed) in (1..).zip(states).zip(listed) {
        assert_eq!((listed.number, listed.state.as_str(), listed.attempts), (at, state, 1));
        assert_eq!(listed.last_error.as_deref(), (state == "dead").then_some("no such account"));
        let kept = reader.inspect(at).unwrap().map(|(_, kept)| kept);
        assert!(kept == (at != 6).then(|| record(at)), "{at}: {kept:?}");
        assert_eq!(reader.attempts(at).unwrap().len(), 1);
    }
    let connection = Connection::open(path).unwrap();
    let sql = "SELECT count(*) FROM journal WHERE lane IS NULL AND received = '2023-11-14T22:13:20.000Z'";
    assert_eq!(connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 10);
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

/// The whole form of a file, in words: what stands in it, without its rows.
fn form(path: &Path) -> (i64, Vec<String>) {
    let connection = Connection::open(path).unwrap();
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let mut statement =
        connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    let sql = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (version, sql)
}

#[tokio::test]
async fn every_row_of_every_earlier_form_is_there_and_is_worked() {
    assert_eq!(EARLIER.len() + 2, present_form(), "a form has been added: its starting point is missing here");
    for form in 1..present_form() {
        every_row_is_there_and_is_worked(form).await;
    }
}

async fn every_row_is_there_and_is_worked(form: usize) {
    let directory = Directory::new();
    of_an_earlier_form(&directory.file(), form);
    let inbox = Inbox::open(directory.file()).await.unwrap();
    is_whole(&directory.file());
    let mut next = record(11);
    next.lane = Some("a".to_owned());
    assert_eq!(inbox.accept(vec![next]).await.unwrap(), [hookporter_pipeline::inbox::Accepted::New]);
    // What waited, what a process had that is gone, and the new one.
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 20, attempts: 5 };
    let leases = inbox.claim(claim).await.unwrap().leases;
    assert_eq!(leases.iter().map(|lease| lease.id.number).collect::<Vec<_>>(), [1, 2, 3, 4, 11]);
    assert!(inbox.requeue(7).await.unwrap());
    assert_eq!(inbox.release_parked("acme").await.unwrap(), 2);
    // A sender's next try of each of them.
    for at in [1, 5, 6] {
        let copy = inbox.accept(vec![record(at)]).await.unwrap();
        assert_eq!(copy, [hookporter_pipeline::inbox::Accepted::Duplicate]);
    }
    inbox.close().await;
    // The form is the one that a new file has.
    let new = directory.path().join("new.db");
    Inbox::open(&new).await.unwrap().close().await;
    assert_eq!(self::form(&directory.file()), self::form(&new), "from form {form}");
}

#[tokio::test]
async fn a_step_that_fails_in_its_middle_leaves_the_form_as_it_was() {
    let directory = Directory::new();
    of_the_first_form(&directory.file());
    // Somebody's own index has the name of one that a step makes, behind others that it has changed by then.
    let own = "CREATE INDEX events_lane ON events (api_version)";
    Connection::open(directory.file()).unwrap().execute_batch(own).unwrap();
    let before = form(&directory.file());
    for _ in 0..2 {
        let error = Inbox::open(directory.file()).await.unwrap_err();
        assert!(matches!(error, OpenError::Failed { .. }), "{error:?}");
        assert_eq!(form(&directory.file()), before);
    }
    Connection::open(directory.file()).unwrap().execute_batch("DROP INDEX events_lane").unwrap();
    Inbox::open(directory.file()).await.unwrap().close().await;
    is_whole(&directory.file());
}

#[cfg(target_os = "linux")]
#[test]
fn a_kill_at_any_write_leaves_one_form_or_the_other() {
    if !crate::strace::is_here("a_kill_at_any_write_leaves_one_form_or_the_other") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // One for each form.
    let mut versions = vec![0; present_form()];
    for at in 1.. {
        let directory = Directory::new();
        of_the_first_form(&directory.file());
        let status = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", "trace=pwrite64,fdatasync,ftruncate,unlink"])
            .args(["-e", &format!("inject=pwrite64,fdatasync,ftruncate,unlink:signal=SIGKILL:when={at}")])
            .arg(std::env::current_exe().unwrap())
            .args(["aside::victim", "--exact", "--ignored"])
            .env("HOOKPORTER_ASIDE_FILE", directory.file())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        if status.success() {
            break;
        }
        let (version, _) = form(&directory.file());
        versions[usize::try_from(version - 1).unwrap()] += 1;
        runtime.block_on(async {
            let inbox = Inbox::open(directory.file()).await.unwrap();
            assert_eq!(inbox.set_aside(), None, "at call {at}");
            assert_eq!(inbox.list(State::Parked, 0, 10).await.unwrap().len(), 2);
            inbox.close().await;
        });
        is_whole(&directory.file());
    }
    println!("killed with the first form in place, with those between, and with the present one: {versions:?}");
    assert!(versions.iter().all(|kills| *kills > 2), "{versions:?}");
}

/// Users have tables beside the inbox's, with keys that point at its events, and views of them.
#[tokio::test]
async fn what_points_at_the_events_stays_as_it_is() {
    for action in ["CASCADE", "SET NULL", "NO ACTION"] {
        let directory = Directory::new();
        of_an_earlier_form(&directory.file(), 4);
        let connection = Connection::open(directory.file()).unwrap();
        let ledger =
            format!("CREATE TABLE ledger (event INTEGER REFERENCES events (id) ON DELETE {action}, cents INTEGER)");
        connection.execute_batch(&ledger).unwrap();
        connection
            .execute_batch(
                "INSERT INTO ledger VALUES (1, 100), (2, 200); CREATE VIEW paid AS SELECT count(*) AS events \
                 FROM ledger JOIN events ON id = event",
            )
            .unwrap();
        drop(connection);
        Inbox::open(directory.file()).await.unwrap().close().await;
        let connection = Connection::open(directory.file()).unwrap();
        let paid: i64 = connection.query_row("SELECT events FROM paid", [], |row| row.get(0)).unwrap();
        let of: String =
            connection.query_row("SELECT sql FROM sqlite_master WHERE name = 'ledger'", [], |row| row.get(0)).unwrap();
        assert_eq!((paid, of), (2, ledger), "{action}");
        connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        connection.execute("INSERT INTO ledger VALUES (3, 300)", []).unwrap();
        assert!(connection.execute("INSERT INTO ledger VALUES (999, 1)", []).is_err(), "{action}: it is a key still");
    }
}
