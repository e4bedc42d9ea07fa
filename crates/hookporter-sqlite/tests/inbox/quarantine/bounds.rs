//! The bounds: in number, in bytes, by age, and whom a flood pushes out.

use std::io::{Seek, SeekFrom, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{FrozenClock, Reason};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_pipeline::operating::{QuarantineSide, RefusedRequest, RefusedSelection};
use hookporter_sqlite::{Inbox, Settings};
use hookporter_testkit::inbox::START;

use super::kept;
use crate::directory::Directory;
use crate::waiting::until;

fn request(endpoint: &str, at: u64, reached_proof: bool, bytes: usize) -> RefusedRequest {
    RefusedRequest {
        trace: TraceId::from_bits(at),
        endpoint: endpoint.to_owned(),
        reason: Reason::InvalidSignature,
        detail: "invalid-signature".to_owned(),
        arrived_at: START,
        method: "POST".to_owned(),
        target: "/hook".to_owned(),
        reached_proof,
        headers: vec![("x-bytes".to_owned(), vec![0xff, b':', b' ']), ("x-empty".to_owned(), Vec::new())],
        body: Bytes::from(vec![b'x'; bytes]),
        peer: "[2001:db8::1]:80".parse::<SocketAddr>().ok(),
        sealed_by: None,
    }
}

pub(super) async fn small(path: &Path, requests: usize, bytes: usize) -> Inbox {
    Settings::new().clock(FrozenClock(START)).quarantine(requests, bytes).open(path).await.unwrap()
}

/// Which are left of one kind, of an endpoint.
async fn left(inbox: &Inbox, endpoint: &str, reached_proof: bool) -> Vec<u64> {
    let all = inbox.select_refused(RefusedSelection::all().endpoint(endpoint), 0, 10_000).await.unwrap();
    all.iter().filter(|one| one.reached_proof == reached_proof).map(|one| one.trace.to_bits()).collect()
}

/// Time in which what waits would be written.
async fn settled() {
    tokio::time::sleep(Duration::from_millis(900)).await;
}

/// Until the last of them is written: the others, and what made room, are written before it.
async fn until_kept(inbox: &Inbox, endpoint: &str, reached_proof: bool, last: u64) {
    until("what waits is written", async || left(inbox, endpoint, reached_proof).await.last() == Some(&last)).await;
}

#[tokio::test]
async fn the_oldest_of_whoever_has_the_most_go_first() {
    let directory = Directory::new();
    let inbox = small(&directory.file(), 10, 1_000_000).await;
    for at in 0..3 {
        inbox.keep(request("quiet", at, true, 10));
        inbox.keep(request("flooded", at, false, 10));
    }
    for at in 100..180 {
        inbox.keep(request("flooded", at, true, 10));
    }
    until_kept(&inbox, "flooded", true, 179).await;
    assert_eq!(left(&inbox, "quiet", true).await, [0, 1, 2], "another endpoint's flood does not reach it");
    assert_eq!(left(&inbox, "flooded", false).await, [0, 1, 2], "nor does another kind's");
    assert_eq!(left(&inbox, "flooded", true).await, (173..180).collect::<Vec<_>>());
    for at in 200..280 {
        inbox.keep(request("flooded", at, false, 10));
    }
    until_kept(&inbox, "flooded", false, 279).await;
    assert_eq!(left(&inbox, "flooded", false).await, (270..280).collect::<Vec<_>>());
    assert_eq!(left(&inbox, "flooded", true).await.len() + left(&inbox, "quiet", true).await.len(), 10);
}

#[tokio::test]
async fn bytes_are_bounded_and_no_single_one_takes_them_all() {
    let directory = Directory::new();
    let inbox = small(&directory.file(), 1000, 80_000).await;
    assert!(!inbox.has_room(10_000), "an eighth at the most");
    inbox.keep(request("a", 0, true, 10_000));
    for at in 1..=60 {
        inbox.keep(request("a", at, true, 4_000));
    }
    until_kept(&inbox, "a", true, 60).await;
    let left = left(&inbox, "a", true).await;
    assert_eq!((left.len(), left.last()), (19, Some(&60)), "{left:?}");
}

#[tokio::test]
async fn nothing_waits_and_what_is_too_much_at_once_is_lost() {
    let directory = Directory::new();
    let inbox = small(&directory.file(), 100_000, 1_000_000_000).await;
    let begun = tokio::time::Instant::now();
    for at in 0..50_000 {
        if inbox.has_room(1000) {
            inbox.keep(request("a", at, true, 1000));
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    until("what waits is written", async || left(&inbox, "a", true).await.len() >= 256).await;
    settled().await;
    let kept = left(&inbox, "a", true).await.len();
    assert!(kept < 5000, "{kept}");
}

#[tokio::test]
async fn what_is_old_is_swept_and_none_at_all_means_none() {
    let directory = Directory::new();
    let inbox = small(&directory.file(), 10, 1_000_000).await;
    inbox.keep(request("a", 1, true, 10));
    kept(&inbox, 1).await;
    inbox.close().await;
    let day = Duration::from_secs(24 * 3600);
    let later = Settings::new().clock(FrozenClock(START.plus(day * 29))).open(directory.file()).await.unwrap();
    settled().await;
    kept(&later, 1).await;
    later.close().await;
    let later = Settings::new().clock(FrozenClock(START.plus(day * 31))).open(directory.file()).await.unwrap();
    kept(&later, 0).await;
    later.close().await;
    let none = small(&directory.file(), 0, 1_000_000).await;
    assert!(!none.has_room(0));
    none.keep(request("a", 1, true, 10));
    settled().await;
    kept(&none, 0).await;
}

/// What strangers send does not take the room of what is signed.
#[tokio::test]
async fn a_file_with_a_limit_is_not_filled_with_what_was_refused() {
    let directory = Directory::new();
    let limit = 4 * 1024 * 1024;
    let settings = Settings::new().clock(FrozenClock(START)).file_limit(limit);
    let inbox = settings.open(directory.file()).await.unwrap();
    for round in 0..8 {
        for at in 0..100 {
            inbox.keep(request("a", round * 100 + at, at % 2 == 0, 20_000));
        }
        tokio::time::sleep(Duration::from_millis(800)).await;
    }
    until("some are kept", async || inbox.stats().await.unwrap().used_bytes >= 100_000).await;
    let used = inbox.stats().await.unwrap().used_bytes;
    assert!((100_000..limit / 3).contains(&used), "{used}");
    let accepted = inbox.accept(vec![hookporter_testkit::inbox::sample_record("evt_1")]).await.unwrap();
    assert_eq!(accepted, [Accepted::New]);
}

/// Whoever holds the writer up does not hold up who reads, nor the other way round.
#[tokio::test]
async fn what_was_refused_is_read_beside_the_writer() {
    let directory = Directory::new();
    let inbox = small(&directory.file(), 10, 1_000_000).await;
    inbox.keep(request("a", 1, true, 10));
    let number = kept(&inbox, 1).await[0].number;
    let busy = inbox.clone();
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let goes_on = std::sync::Mutex::new(goes_on);
    let busy = tokio::spawn(async move {
        let waiting = move |_: &rusqlite::Connection| {
            let _ = begun.send(());
            let _ = goes_on.lock().map(|goes_on| goes_on.recv());
            Ok::<_, rusqlite::Error>(())
        };
        busy.with_connection(waiting).await
    });
    has_begun.recv().await.unwrap();
    let looks = async {
        assert_eq!(inbox.select_refused(RefusedSelection::all(), 0, 10).await.unwrap().len(), 1);
        assert_eq!(inbox.refused_by_reason(RefusedSelection::all()).await.unwrap().len(), 1);
        assert!(inbox.refused_request(number).await.unwrap().is_some());
    };
    let looked = tokio::time::timeout(Duration::from_secs(15), looks).await;
    drop(go_on);
    looked.expect("they wait for the writer");
    busy.await.unwrap().unwrap();
}

/// A verdict writes a page or two, however long the body is.
#[tokio::test]
async fn a_verdict_does_not_write_the_body_anew() {
    let directory = Directory::new();
    let inbox = small(&directory.file(), 10, 64_000_000).await;
    inbox.keep(request("a", 1, true, 4_000_000));
    let number = kept(&inbox, 1).await[0].number;
    inbox.close().await;
    let inbox = small(&directory.file(), 10, 64_000_000).await;
    let log = || std::fs::metadata(directory.file().with_extension("db-wal")).map_or(0, |log| log.len());
    let before = log();
    let rejection = hookporter_core::Rejection::new(Reason::TimestampTooOld);
    assert!(inbox.refused_again(number, rejection, START).await.unwrap());
    let written = log().saturating_sub(before);
    assert!((1..100_000).contains(&written), "{written} bytes");
    assert_eq!(inbox.refused_request(number).await.unwrap().unwrap().body.len(), 4_000_000);
}

/// Events are not set aside for what was refused.
#[tokio::test]
async fn a_damaged_quarantine_keeps_nothing_more_and_the_events_stay() {
    let directory = Directory::new();
    let inbox = small(&directory.file(), 10, 1_000_000).await;
    inbox.accept(vec![hookporter_testkit::inbox::sample_record("evt_1")]).await.unwrap();
    inbox.keep(request("a", 1, true, 10));
    kept(&inbox, 1).await;
    inbox.close().await;
    let connection = rusqlite::Connection::open(directory.file()).unwrap();
    let roots = "SELECT rootpage FROM sqlite_schema WHERE tbl_name LIKE 'refused%' AND rootpage > 0";
    let roots: Vec<u32> =
        connection.prepare(roots).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    drop(connection);
    let mut file = std::fs::OpenOptions::new().write(true).open(directory.file()).unwrap();
    for root in roots {
        file.seek(SeekFrom::Start((u64::from(root) - 1) * 4096)).unwrap();
        file.write_all(&[0xaa; 4096]).unwrap();
    }
    drop(file);
    let inbox = small(&directory.file(), 10, 1_000_000).await;
    for at in 2..20 {
        inbox.keep(request("a", at, true, 10));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let record = hookporter_testkit::inbox::sample_record(&format!("evt_{at}"));
        assert_eq!(inbox.accept(vec![record]).await.unwrap(), [Accepted::New], "senders are taken from all the while");
    }
    assert_eq!(inbox.set_aside(), None);
    assert!(inbox.select_refused(RefusedSelection::all(), 0, 10).await.is_err());
    assert_eq!(inbox.stats().await.unwrap().waiting, 19);
}
