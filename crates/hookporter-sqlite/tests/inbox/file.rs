//! The file: whose it is, what it is, and what is damaged.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_sqlite::{Inbox, OpenError, Settings};
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;

use crate::directory::Directory;

async fn filled(path: &Path, count: usize) {
    let inbox = Inbox::open(path).await.unwrap();
    for at in 0..count {
        let mut record = sample_record(&format!("evt_{at}"));
        record.body = vec![b'x'; 3000].into();
        assert_eq!(inbox.accept(vec![record]).await.unwrap(), [Accepted::New]);
    }
    inbox.close().await;
}

/// Overwrites bytes in the middle of a file with rubbish.
fn damage(path: &Path, from: u64, bytes: usize) {
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(&vec![0xa5; bytes]).unwrap();
    file.sync_all().unwrap();
}

#[tokio::test]
async fn a_second_process_is_refused_and_the_first_goes_on() {
    let directory = Directory::new();
    let first = Inbox::open(directory.file()).await.unwrap();
    let second = Inbox::open(directory.file()).await;
    assert!(matches!(second, Err(OpenError::InUse { .. })), "{second:?}");
    assert_eq!(first.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    first.close().await;
    let third = Inbox::open(directory.file()).await.unwrap();
    assert_eq!(third.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
}

#[tokio::test]
async fn the_last_handle_closes_it_when_what_waits_is_written() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let accepting = inbox.accept(vec![sample_record("evt_1")]);
    drop(inbox);
    assert_eq!(accepting.await.unwrap(), [Accepted::New]);
}

#[tokio::test]
async fn what_is_closed_takes_nothing_and_says_so() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.close().await;
    let error = inbox.accept(vec![sample_record("evt_1")]).await.unwrap_err();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the inbox is closed");
}

#[tokio::test]
async fn it_is_durable_by_its_own_settings_and_says_what_it_is() {
    let directory = Directory::new();
    filled(&directory.file(), 1).await;
    let connection = Connection::open(directory.file()).unwrap();
    let ask = |pragma: &str| {
        connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, rusqlite::types::Value>(0))
    };
    assert_eq!(ask("journal_mode").unwrap(), rusqlite::types::Value::Text("wal".to_owned()));
    assert_eq!(ask("application_id").unwrap(), rusqlite::types::Value::Integer(0x486f_6f6b));
    let present = i64::try_from(crate::migrate::present_form()).unwrap();
    assert_eq!(ask("user_version").unwrap(), rusqlite::types::Value::Integer(present));
    let (state, received): (String, String) =
        connection.query_row("SELECT state, received FROM journal", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!((&*state, &*received), ("waiting", "2023-11-14T22:13:20.000Z"));
}

#[tokio::test]
async fn another_programs_file_is_left_as_it_is() {
    let directory = Directory::new();
    let (database, text) = (directory.path().join("shop.db"), directory.path().join("notes.txt"));
    Connection::open(&database).unwrap().execute_batch("CREATE TABLE orders (id)").unwrap();
    std::fs::write(&text, "these are my notes, and no database at all".repeat(200)).unwrap();
    for path in [&database, &text] {
        let before = std::fs::read(path).unwrap();
        let error = Inbox::open(path).await.unwrap_err();
        assert!(matches!(error, OpenError::NotAnInbox { .. }), "{error:?}");
        assert_eq!(std::fs::read(path).unwrap(), before, "{}", path.display());
    }
}

#[tokio::test]
async fn a_newer_form_is_left_alone() {
    let directory = Directory::new();
    filled(&directory.file(), 1).await;
    Connection::open(directory.file()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = Inbox::open(directory.file()).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer { version: 99, known } if known < 99), "{error:?}");
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_whole_and_a_new_one_takes_its_place() {
    for (what, from, bytes) in [("the middle", 20_000, 40_000), ("the header", 0, 100)] {
        let directory = Directory::new();
        filled(&directory.file(), 100).await;
        damage(&directory.file(), from, bytes);
        let mut damaged = Vec::new();
        std::fs::File::open(directory.file()).unwrap().read_to_end(&mut damaged).unwrap();

        let refused = Settings::new().refuse_damaged().open(directory.file()).await.unwrap_err();
        assert!(matches!(refused, OpenError::Damaged { .. }), "{what}: {refused:?}");

        let inbox = Inbox::open(directory.file()).await.unwrap();
        let aside = inbox.set_aside().unwrap_or_else(|| panic!("{what}: nothing was set aside")).to_owned();
        assert_eq!(std::fs::read(&aside).unwrap(), damaged, "{what}");
        assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New], "{what}");
    }
}

#[tokio::test]
async fn a_log_that_was_cut_short_loses_no_more_than_what_was_cut() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let copy = directory.path().join("copy.db");
    for at in 0..20 {
        assert_eq!(inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap(), [Accepted::New]);
    }
    // As a crash leaves them, the last bytes of the log torn off.
    std::fs::copy(directory.file(), &copy).unwrap();
    let log = std::fs::read(directory.path().join("hooks.db-wal")).unwrap();
    assert!(log.len() > 4096, "the events are in the log");
    std::fs::write(directory.path().join("copy.db-wal"), &log[..log.len() - 100]).unwrap();
    let copy = Inbox::open(copy).await.unwrap();
    assert_eq!(copy.set_aside(), None);
    let mut told = Vec::new();
    for at in 0..20 {
        told.extend(copy.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap());
    }
    assert_eq!(told[..19], [Accepted::Duplicate; 19]);
    assert_eq!(told[19], Accepted::New, "the last one was torn");
}

#[tokio::test]
async fn a_file_of_something_else_is_left_alone_however_often_it_is_tried() {
    let directory = Directory::new();
    let diary = "a diary, and no database, and long enough to be looked at as one".repeat(40);
    std::fs::write(directory.file(), &diary).unwrap();
    for _ in 0..3 {
        let opened = Inbox::open(directory.file()).await;
        assert!(matches!(opened, Err(OpenError::NotAnInbox { .. })), "{opened:?}");
    }
    assert_eq!(std::fs::read_to_string(directory.file()).unwrap(), diary);
}

#[tokio::test]
async fn numbers_go_on_behind_those_of_a_file_that_was_set_aside() {
    let directory = Directory::new();
    filled(&directory.file(), 40).await;
    damage(&directory.file(), 0, 4096);
    let inbox = Inbox::open(directory.file()).await.unwrap();
    assert!(inbox.set_aside().is_some());
    inbox.accept(vec![sample_record("evt_new")]).await.unwrap();
    assert!(inbox.list(hookporter_sqlite::State::Waiting, 0, 1).await.unwrap()[0].number > 1_000_000_000);
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_in_the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let directory = Directory::new();
    filled(&directory.file(), 1).await;
    assert_eq!(std::fs::metadata(directory.file()).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Leases and users go by it: the number of an event that is gone is nobody else's, whoever has deleted it.
#[tokio::test]
async fn a_number_is_never_given_twice() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let records = (1..=5).map(|at| sample_record(&format!("evt_{at}"))).collect();
    inbox.accept(records).await.unwrap();
    assert_eq!(inbox.erase(5).await.unwrap().events(), 1);
    let outside = Connection::open(directory.file()).unwrap();
    outside.execute("DELETE FROM events WHERE id IN (3, 4)", []).unwrap();
    inbox.accept(vec![sample_record("evt_6")]).await.unwrap();
    outside.execute("DELETE FROM events", []).unwrap();
    inbox.close().await;
    let inbox = Inbox::open(directory.file()).await.unwrap();
    // A duplicate uses none up.
    inbox.accept(vec![sample_record("evt_7"), sample_record("evt_7"), sample_record("evt_8")]).await.unwrap();
    let listed = inbox.select(hookporter_sqlite::Selection::all(), 0, 10).await.unwrap();
    assert_eq!(listed.iter().map(|event| event.number).collect::<Vec<_>>(), [7, 8]);
}
