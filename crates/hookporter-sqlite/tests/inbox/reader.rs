//! Reading beside a server that has the inbox open.

use std::time::Duration;

use hookporter_pipeline::inbox::{AcceptingSide, Claim, Failure, Next, Settled, WorkingSide};
use hookporter_sqlite::{Inbox, OpenError, Reader, State};
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;

#[tokio::test]
async fn what_is_kept_is_read_while_the_server_writes() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let reader = Reader::open(directory.file()).unwrap();
    assert_eq!(reader.stats().unwrap().waiting, 0);
    inbox.accept(vec![sample_record("evt_1"), sample_record("evt_2")]).await.unwrap();
    let listed = reader.list(None, 0, 10).unwrap();
    assert_eq!(listed.iter().filter_map(|one| one.event_id.as_deref()).collect::<Vec<_>>(), ["evt_1", "evt_2"]);
    assert_eq!(reader.list(None, listed[0].number, 10).unwrap().len(), 1);
    assert!(reader.list(Some(State::Dead), 0, 10).unwrap().is_empty());

    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 5 };
    let id = inbox.claim(claim).await.unwrap().leases[0].id;
    let under_way = reader.attempts(id.number).unwrap();
    assert_eq!((under_way.len(), under_way[0].ended_at, &under_way[0].outcome), (1, None, &None));
    let failure = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    assert_eq!(inbox.fail(id, failure).await.unwrap(), Settled::Done);
    let dead = &reader.list(Some(State::Dead), 0, 10).unwrap()[0];
    assert_eq!((dead.number, dead.last_error.as_deref()), (id.number, Some("no such account")));
    assert_eq!(reader.inspect(id.number).unwrap().unwrap().1, sample_record("evt_1"));
    let ended = reader.attempts(id.number).unwrap();
    assert_eq!((ended[0].outcome.as_deref(), ended[0].error.as_deref()), (Some("failed"), Some("no such account")));
    assert!(reader.inspect(id.number + 10).unwrap().is_none());
    // The server goes on, and so does the reader once it has ended.
    inbox.accept(vec![sample_record("evt_3")]).await.unwrap();
    inbox.close().await;
    assert_eq!(reader.list(None, 0, 10).unwrap().len(), 3);
    assert_eq!(Reader::open(directory.file()).unwrap().list(None, 0, 10).unwrap().len(), 3);
}

#[test]
fn what_is_no_inbox_is_not_read() {
    let directory = Directory::new();
    let file = directory.file();
    assert!(matches!(Reader::open(&file), Err(OpenError::Failed { .. })), "there is none, and none is made");
    assert!(!file.exists());
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE events (id INTEGER)").unwrap();
    assert!(matches!(Reader::open(&file), Err(OpenError::NotAnInbox { .. })));
    std::fs::write(&file, "no database at all, and long enough to look like something").unwrap();
    assert!(matches!(Reader::open(&file), Err(OpenError::Damaged { .. })));
}
