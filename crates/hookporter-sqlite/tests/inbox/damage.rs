//! A file that is damaged while it is open: what can be read is worked, and nothing is acknowledged that is not kept.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use hookporter_core::{Clock, Reason, SystemClock};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, EventRecord, Lease, WorkingSide};
use hookporter_pipeline::operating::{QuarantineSide, RefusedRequest, RefusedSelection};
use hookporter_sqlite::{Inbox, Settings, State};
use hookporter_testkit::inbox::{Stopwatch, sample_record};
use rusqlite::Connection;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::waiting::{LONG, until};

const EVENTS: usize = 100;
const PAGE: u64 = 4096;

fn large(at: usize) -> EventRecord {
    let mut record = sample_record(&format!("evt_{at}"));
    record.body = format!("<{at}>").repeat(60_000 / 4).into();
    record
}

/// More than the connection remembers, all of it in the file itself.
async fn filled(inbox: &Inbox) {
    for at in 0..EVENTS {
        assert_eq!(inbox.accept(vec![large(at)]).await.unwrap(), [Accepted::New]);
    }
    written_back(inbox).await;
}

/// Once the log is written back, as an idle writer does it: what is then written over in the file is what everybody reads.
async fn written_back(inbox: &Inbox) {
    let pages = |connection: &Connection| {
        connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok(row.get::<_, i64>(1)? == row.get::<_, i64>(2)?))
    };
    let other = Connection::open(inbox.path()).unwrap();
    until("the log is written back", async || pages(&other).unwrap()).await;
}

fn overwrite(path: &Path, from: u64, bytes: &[u8]) {
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(bytes).unwrap();
    file.sync_all().unwrap();
}

/// Where a page begins that is in the middle of the body of an event.
fn page_of_body(path: &Path, at: usize) -> u64 {
    let bytes = std::fs::read(path).unwrap();
    let needle = format!("<{at}>").repeat(100);
    let places = bytes.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle.as_bytes());
    let in_the_middle = places.map(|(place, _)| place as u64).nth(7_500).unwrap();
    in_the_middle.next_multiple_of(PAGE)
}

/// Where the first page of a table begins.
fn root_of(path: &Path, table: &str) -> u64 {
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let root: u64 = Connection::open(path)
        .unwrap()
        .query_row(sql, [table], |row| row.get::<_, i64>(0))
        .map(|root| root.try_into().unwrap())
        .unwrap();
    root.saturating_sub(1).saturating_mul(PAGE)
}

/// All that can be claimed, as a worker does it: again after a failure.
async fn claimed(inbox: &Inbox) -> Vec<Lease> {
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(30), most: EVENTS, attempts: 3 };
    for _ in 0..10 {
        if let Ok(claimed) = inbox.claim(claim).await {
            return claimed.leases;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    panic!("claims go on failing");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_cost_their_own_events_and_no_others() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    filled(&inbox).await;
    // Each page of a long body begins with the number of the next one.
    for at in [21, 42, 63, 84] {
        overwrite(&directory.file(), page_of_body(&directory.file(), at), &[0xff; 4]);
    }
    forget(&directory.file());
    let leases = claimed(&inbox).await;
    assert_eq!(leases.len(), EVENTS - 4);
    let dead = inbox.list(State::Dead, 0, 10).await.unwrap();
    assert_eq!((dead.len(), dead[1].event_id.as_deref()), (4, Some("evt_42")));
    let error = dead[0].last_error.as_deref().unwrap();
    assert_eq!(error, "its contents cannot be read: database disk image is malformed");
    // Somebody looks at it, more than once.
    for _ in 0..5 {
        assert!(inbox.inspect(dead[0].number).await.is_err());
    }
    assert_eq!(inbox.accept(vec![sample_record("evt_new")]).await.unwrap(), [Accepted::New]);
    assert_eq!(inbox.set_aside(), None, "what can be worked stays");
    for lease in leases {
        let _ = inbox.complete(lease.id, SystemClock.now()).await.unwrap();
    }

    // It was closed with damage in it, so the next start looks it all through.
    inbox.close().await;
    let inbox = Inbox::open(directory.file()).await.unwrap();
    assert!(inbox.set_aside().is_some());
}

#[tokio::test]
async fn a_list_of_events_that_is_hit_is_set_aside_and_a_new_file_takes_its_place() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    filled(&inbox).await;
    let last = claimed(&inbox).await.last().unwrap().id.number;
    written_back(&inbox).await;
    overwrite(&directory.file(), root_of(&directory.file(), "events"), &[0xa5; 4096]);
    forget(&directory.file());
    let mut refused = 0;
    let told = loop {
        match inbox.accept(vec![sample_record("evt_new")]).await {
            Ok(told) => break told,
            Err(_) => refused += 1,
        }
        assert!(refused < 20, "it goes on refusing");
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    assert_eq!(told, [Accepted::New]);
    let aside = inbox.set_aside().expect("it was set aside");
    assert!(std::fs::metadata(aside).unwrap().len() > 6_000_000, "whole");
    let new = inbox.list(State::Waiting, 0, 10).await.unwrap();
    assert_eq!((new.len(), new[0].event_id.as_deref()), (1, Some("evt_new")));
    assert!(new[0].number > last, "no number is given twice");
}

/// What is damaged in one file is sound in the next.
#[tokio::test]
async fn a_new_file_has_a_quarantine_again() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    filled(&inbox).await;
    let request = |at| RefusedRequest {
        trace: TraceId::from_bits(at),
        endpoint: "acme".to_owned(),
        reason: Reason::InvalidSignature,
        detail: String::new(),
        arrived_at: SystemClock.now(),
        method: "POST".to_owned(),
        target: "/".to_owned(),
        reached_proof: true,
        headers: Vec::new(),
        body: b"[1]".as_slice().into(),
        peer: None,
        sealed_by: None,
    };
    overwrite(&directory.file(), root_of(&directory.file(), "refused"), &[0xa5; 4096]);
    forget(&directory.file());
    inbox.keep(request(1));
    let begun = Instant::now();
    while inbox.has_room(1) {
        assert!(begun.elapsed() < LONG, "it goes on taking what it cannot keep");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    overwrite(&directory.file(), root_of(&directory.file(), "events"), &[0xa5; 4096]);
    forget(&directory.file());
    while inbox.accept(vec![sample_record("evt_new")]).await.is_err() {
        assert!(begun.elapsed() < LONG, "it goes on refusing");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(inbox.set_aside().is_some());
    until("there is room again", async || inbox.has_room(1)).await;
    inbox.keep(request(2));
    let kept = async || inbox.select_refused(RefusedSelection::all(), 0, 9).await.unwrap();
    until("it is kept", async || !kept().await.is_empty()).await;
    assert_eq!(kept().await.iter().map(|one| one.trace.to_bits()).collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn a_file_that_is_not_to_be_set_aside_stays_and_nothing_is_acknowledged() {
    let directory = Directory::new();
    let inbox = Settings::new().refuse_damaged().open(directory.file()).await.unwrap();
    filled(&inbox).await;
    overwrite(&directory.file(), root_of(&directory.file(), "events"), &[0xa5; 4096]);
    forget(&directory.file());
    for at in 0..4 {
        let refused = inbox.accept(vec![sample_record(&format!("evt_new_{at}"))]).await;
        assert!(refused.is_err(), "{refused:?}");
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    assert_eq!(inbox.set_aside(), None);
}

/// A store that is down for a while: each delivery is refused at once, and it is there again within two seconds of its return (and
/// those in which the machine did something else).
#[tokio::test]
async fn a_store_that_is_down_refuses_at_once_and_is_back_within_two_seconds() {
    let directory = Directory::new();
    let inbox = Settings::new().refuse_damaged().open(directory.file()).await.unwrap();
    filled(&inbox).await;
    let root = root_of(&directory.file(), "events");
    let mut whole = vec![0; 4096];
    let mut file = std::fs::File::open(directory.file()).unwrap();
    file.seek(SeekFrom::Start(root)).and_then(|_| file.read_exact(&mut whole)).unwrap();
    overwrite(&directory.file(), root, &[0xa5; 4096]);
    forget(&directory.file());
    for at in 0..50 {
        let asked = Stopwatch::start();
        assert!(inbox.accept(vec![sample_record(&format!("evt_new_{at}"))]).await.is_err());
        assert!(asked.elapsed() < Duration::from_secs(1), "a sender waits {:?}", asked.elapsed());
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(inbox.queue_depth().0, 0, "nothing piles up");
    overwrite(&directory.file(), root, &whole);
    let back = Stopwatch::start();
    while inbox.accept(vec![sample_record("evt_back")]).await.is_err() {
        assert!(back.elapsed() < Duration::from_secs(2), "it does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let count = inbox.stats().await.unwrap();
    assert_eq!(count.waiting, 101, "what was refused is not kept, and nothing is lost: {count:?}");
}

/// Another program writes, so that no connection believes any more what it remembers of the file.
fn forget(path: &Path) {
    let other = Connection::open(path).unwrap();
    let version: i64 = other.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    other.pragma_update(None, "user_version", version).unwrap();
}
