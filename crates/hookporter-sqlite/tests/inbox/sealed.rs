//! Contents that are encrypted in the file.

use std::path::Path;

use hookporter_core::Secret;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, EventRecord, SealError, SealingKeys, WorkError};
use hookporter_sqlite::{Inbox, Reader, Settings, State};
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;

use crate::directory::Directory;

const FIRST: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const SECOND: &str = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
const CANARY: &str = "canary-7f3a";

fn keys(id: &str, text: &str) -> SealingKeys {
    SealingKeys::new(&Secret::new(text).named(id)).unwrap()
}

async fn open(path: &Path, keys: SealingKeys) -> Inbox {
    Settings::new().seal(keys).open(path).await.unwrap()
}

fn with_canary(identity: &str) -> EventRecord {
    let mut record = sample_record(identity);
    record.body = bytes::Bytes::from(format!("body {CANARY}"));
    record.payload = Some(bytes::Bytes::from(format!("payload {CANARY}")));
    record.target = format!("/hook?q={CANARY}");
    record.headers.push(("x-canary".to_owned(), CANARY.as_bytes().to_vec()));
    record
}

fn holds_canary(directory: &Directory) -> bool {
    let files = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().path());
    let mut bytes = files.map(|file| std::fs::read(file).unwrap());
    bytes.any(|bytes| bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()))
}

#[tokio::test]
async fn nothing_of_the_contents_stands_in_the_file_and_all_of_it_comes_back() {
    let directory = Directory::new();
    let inbox = open(&directory.file(), keys("first", FIRST)).await;
    assert_eq!(inbox.accept(vec![with_canary("evt_1")]).await.unwrap(), [Accepted::New]);
    assert_eq!(inbox.accept(vec![with_canary("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
    assert!(!holds_canary(&directory), "in the log");
    let (_, kept) = inbox.inspect(1).await.unwrap().unwrap();
    assert!(kept == with_canary("evt_1"), "{kept:?}");
    inbox.close().await;
    assert!(!holds_canary(&directory), "in the file");
    // What would have been found without a key.
    let plain = Inbox::open(directory.path().join("plain.db")).await.unwrap();
    plain.accept(vec![with_canary("evt_1")]).await.unwrap();
    assert!(holds_canary(&directory));
}

#[tokio::test]
async fn a_key_can_be_replaced_and_what_older_ones_sealed_is_still_worked() {
    let directory = Directory::new();
    let inbox = open(&directory.file(), keys("first", FIRST)).await;
    inbox.accept(vec![with_canary("evt_1")]).await.unwrap();
    inbox.close().await;
    let both = keys("second", SECOND).older(&Secret::new(FIRST).named("first")).unwrap();
    let inbox = open(&directory.file(), both).await;
    inbox.accept(vec![with_canary("evt_2")]).await.unwrap();
    let (sender, mut worked) = tokio::sync::mpsc::unbounded_channel();
    let worker = inbox.worker(move |event: hookporter_pipeline::Event| {
        sender.send((event.body().clone(), event.header("x-canary").map(<[u8]>::to_vec))).unwrap();
        async { Ok::<_, WorkError>(()) }
    });
    let both = async {
        for _ in 0..2 {
            let (body, header) = worked.recv().await.unwrap();
            assert_eq!((&*body, header.as_deref()), (format!("body {CANARY}").as_bytes(), Some(CANARY.as_bytes())));
        }
    };
    let _ = worker.run_until(both).await;
    let ids = Reader::open(directory.file()).unwrap();
    let key_of = |number| ids.inspect(number).unwrap().unwrap().1.sealed_by;
    assert_eq!((key_of(1).as_deref(), key_of(2).as_deref()), (Some("first"), Some("second")));
}

#[tokio::test]
async fn without_its_key_an_event_waits_and_is_not_worked() {
    let directory = Directory::new();
    let inbox = open(&directory.file(), keys("first", FIRST)).await;
    inbox.accept(vec![with_canary("evt_1")]).await.unwrap();
    inbox.close().await;
    for settings in [Settings::new(), Settings::new().seal(keys("first", SECOND))] {
        let inbox = settings.open(directory.file()).await.unwrap();
        let worker = inbox.worker(|event: hookporter_pipeline::Event| async move {
            Err::<(), _>(WorkError::dead_letter(format!("worked with {} bytes", event.body().len())))
        });
        let _ = worker.run_until(tokio::time::sleep(std::time::Duration::from_millis(300))).await;
        let waiting = inbox.list(State::Waiting, 0, 10).await.unwrap();
        assert_eq!(waiting.len(), 1, "it is kept for the key");
        let error = waiting[0].last_error.clone();
        assert!(error.as_ref().is_none_or(|error| error.contains("key `first`")), "{error:?}");
        inbox.close().await;
    }
}

#[tokio::test]
async fn contents_that_were_moved_to_another_event_do_not_open() {
    let directory = Directory::new();
    let inbox = open(&directory.file(), keys("first", FIRST)).await;
    inbox.accept(vec![with_canary("evt_1"), with_canary("evt_2")]).await.unwrap();
    inbox.close().await;
    let connection = Connection::open(directory.file()).unwrap();
    connection.execute("UPDATE contents SET body = (SELECT body FROM contents WHERE event = 1)", []).unwrap();
    drop(connection);
    let reader = Reader::open(directory.file()).unwrap();
    let opened = |number| keys("first", FIRST).open(reader.inspect(number).unwrap().unwrap().1);
    assert!(opened(1).unwrap() == with_canary("evt_1"));
    assert_eq!(opened(2), Err(SealError::Changed("first".to_owned())));
    let other = keys("other", SECOND).open(reader.inspect(1).unwrap().unwrap().1);
    assert_eq!(other, Err(SealError::UnknownKey("first".to_owned())));
}

#[tokio::test]
async fn a_label_that_was_changed_shows() {
    for change in
        ["event_type = 'invoice.refunded'", "event_id = 'evt_9'", "signed = 7", "tenant = 'b'", "identity = x'00'"]
    {
        let directory = Directory::new();
        let inbox = open(&directory.file(), keys("first", FIRST)).await;
        inbox.accept(vec![with_canary("evt_1")]).await.unwrap();
        inbox.close().await;
        let connection = Connection::open(directory.file()).unwrap();
        connection.execute(&format!("UPDATE events SET {change}"), []).unwrap();
        drop(connection);
        let found = Reader::open(directory.file()).unwrap().inspect(1).unwrap().unwrap().1;
        assert_eq!(keys("first", FIRST).open(found), Err(SealError::Changed("first".to_owned())), "{change}");
    }
}
