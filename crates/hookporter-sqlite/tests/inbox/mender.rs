//! Mending from outside, beside a server that has the inbox open.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, Lease, Next, Settled, WorkingSide};
use hookporter_sqlite::{Inbox, Mender, OpenError, Reader, Selection, State};
use hookporter_testkit::inbox::{START, sample_record};
use rusqlite::Connection;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::waiting::once_within;

pub(crate) async fn claim(inbox: &Inbox) -> Vec<Lease> {
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1000, attempts: 5 };
    inbox.claim(claim).await.unwrap().leases
}

/// Claims everything and makes dead letters of it.
pub(crate) async fn bury(inbox: &Inbox) -> Vec<i64> {
    let failure = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    let mut numbers = Vec::new();
    for lease in claim(inbox).await {
        assert_eq!(inbox.fail(lease.id, failure.clone()).await.unwrap(), Settled::Done);
        numbers.push(lease.id.number);
    }
    numbers
}

#[tokio::test]
async fn it_mends_beside_a_server() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(["evt_1", "evt_2", "evt_3"].map(sample_record).to_vec()).await.unwrap();
    let dead = bury(&inbox).await;
    let mut parked = sample_record("evt_4");
    parked.parked = true;
    inbox.accept(vec![parked]).await.unwrap();

    let mender = Mender::open(directory.file()).unwrap();
    assert_eq!(mender.requeue(&Selection::all().numbers([dead[0], 999])).unwrap(), 1);
    let again = claim(&inbox).await;
    assert_eq!((again.len(), again[0].id.number, again[0].attempt), (1, dead[0], 1));
    assert_eq!(mender.requeue(&Selection::all().numbers([dead[0]])).unwrap(), 0, "a worker has it");
    assert_eq!(inbox.complete(again[0].id, START).await.unwrap(), Settled::Done);

    assert_eq!(mender.give_up(&Selection::all().numbers([dead[1]]), START).unwrap(), 1);
    assert_eq!(inbox.accept(vec![sample_record("evt_2")]).await.unwrap(), [Accepted::Duplicate]);
    assert_eq!(mender.release(&Selection::all()).unwrap(), 1);
    assert_eq!(claim(&inbox).await.len(), 1, "the parked one");
    assert!(mender.erase(dead[2]).unwrap() && !mender.erase(dead[2]).unwrap());
    assert!(mender.empty_log().unwrap());
    assert_eq!(inbox.accept(vec![sample_record("evt_3")]).await.unwrap(), [Accepted::New]);
    inbox.close().await;
    assert_eq!(mender.requeue(&Selection::all().state(State::Done)).unwrap(), 2, "without a server, too");
}

#[tokio::test]
async fn what_is_chosen_is_what_fits_in_every_part() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let record = |id: &str, endpoint: &str, tenant: Option<&str>, at: i64| {
        let mut record = sample_record(id);
        record.endpoint = endpoint.to_owned();
        record.tenant = tenant.map(str::to_owned);
        record.event_type.as_mut().unwrap().text = format!("type.{endpoint}");
        record.received_at = UnixTime::from_secs(at);
        record.parked = true;
        record
    };
    let records = vec![
        record("evt_1", "one", None, 100),
        record("evt_2", "one", Some("alice"), 200),
        record("evt_3", "two", Some("alice"), 300),
        record("evt_4", "it's", None, 400),
    ];
    inbox.accept(records).await.unwrap();
    let reader = Reader::open(directory.file()).unwrap();
    let numbers = |which: Selection| -> Vec<i64> {
        let listed = reader.select(&which, 0, 10).unwrap();
        assert_eq!(reader.count(&which).unwrap(), listed.len() as u64);
        listed.iter().map(|one| one.number).collect()
    };
    assert_eq!(numbers(Selection::all()), [1, 2, 3, 4]);
    assert_eq!(numbers(Selection::all().endpoint("one")), [1, 2]);
    assert_eq!(numbers(Selection::all().endpoint("it's")), [4]);
    assert_eq!(numbers(Selection::all().endpoint("one").tenant("alice")), [2]);
    assert_eq!(numbers(Selection::all().event_type("type.two")), [3]);
    let at = UnixTime::from_secs;
    assert_eq!(numbers(Selection::all().since(at(200)).until(at(400))), [2, 3]);
    assert_eq!(numbers(Selection::all().numbers([4, 1, 17])), [1, 4]);
    assert_eq!(numbers(Selection::all().numbers([])), [0; 0]);
    assert_eq!(numbers(Selection::all().state(State::Dead)), [0; 0]);
    assert_eq!(numbers(Selection::all().state(State::Parked).endpoint("two")), [3]);
    assert_eq!(inbox.release_all(Selection::all().endpoint("one").until(at(200))).await.unwrap(), 1);
    assert_eq!(numbers(Selection::all().state(State::Waiting)), [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_are_changed_in_steps_and_senders_do_not_wait_for_all() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let many = (0..1500).map(|n| {
        let mut record = sample_record(&format!("evt_{n}"));
        record.parked = n % 3 != 0;
        record
    });
    inbox.accept(many.collect()).await.unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let (tell, at) = (told.clone(), directory.file());
    let mender = Mender::open(&at).unwrap().on_progress(move |done| tell.lock().unwrap().push(done));
    let releasing = tokio::task::spawn_blocking(move || mender.release(&Selection::all()).unwrap());
    assert_eq!(inbox.accept(vec![sample_record("evt_new")]).await.unwrap(), [Accepted::New]);
    assert_eq!(releasing.await.unwrap(), 1000);
    let told = told.lock().unwrap().clone();
    assert!(told.len() >= 5 && told.windows(2).all(|two| two[0] <= two[1] && two[1] - two[0] <= 200), "{told:?}");
    assert_eq!(inbox.stats().await.unwrap().waiting, 1501);
    assert_eq!(inbox.requeue_all(Selection::all()).await.unwrap(), 1501);
}

/// The sender of an event waits two seconds at most for its acknowledgement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_change_leaves_a_server_its_turns() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept((0..15_000).map(|n| sample_record(&format!("evt_{n}"))).collect()).await.unwrap();
    let mut sent = 0;
    let longest_wait = async || {
        let mender = Mender::open(directory.file()).unwrap();
        let mending = tokio::task::spawn_blocking(move || mender.requeue(&Selection::all()).unwrap());
        let (mut count, mut longest) = (0, Duration::ZERO);
        while !mending.is_finished() {
            let begun = Instant::now();
            inbox.accept(vec![sample_record(&format!("evt_new_{sent}"))]).await.unwrap();
            longest = longest.max(begun.elapsed());
            (count, sent) = (count + 1, sent + 1);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(mending.await.unwrap() >= 15_000);
        // Nobody had a turn: as bad as a long wait.
        if count >= 10 { longest } else { Duration::MAX }
    };
    once_within("a sender", Duration::from_millis(500), longest_wait).await;
}

/// Numbers have gaps: a file that follows a damaged one begins at the present moment.
#[tokio::test]
async fn few_among_many_are_found() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let outside = Connection::open(directory.file()).unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    for number in [50_000, 1_700_000_000_000_i64] {
        outside.execute("UPDATE numbered SET last = ?1", [number]).unwrap();
        let mut parked = sample_record(&format!("evt_{number}"));
        parked.parked = true;
        inbox.accept(vec![parked]).await.unwrap();
    }
    assert_eq!(Mender::open(directory.file()).unwrap().release(&Selection::all()).unwrap(), 2);
    assert_eq!(inbox.stats().await.unwrap().waiting, 3);
}

/// One event of a lane at a time, however they come back.
#[tokio::test]
async fn lanes_hold_whatever_is_mended() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let in_lane = |id: &str, lane: &str| {
        let mut record = sample_record(id);
        record.lane = Some(lane.to_owned());
        record
    };
    let records = ["evt_1", "evt_2", "evt_3"].map(|id| in_lane(id, "a")).to_vec();
    inbox.accept(records).await.unwrap();
    inbox.accept(vec![in_lane("evt_4", "b")]).await.unwrap();
    let mut dead = bury(&inbox).await;
    while dead.len() < 4 {
        dead.extend(bury(&inbox).await);
    }
    let mender = Mender::open(directory.file()).unwrap();
    assert_eq!(mender.requeue(&Selection::all()).unwrap(), 4);
    let claimed = claim(&inbox).await;
    assert_eq!(claimed.iter().map(|lease| lease.id.number).collect::<Vec<_>>(), [1, 4]);
    assert!(claim(&inbox).await.is_empty());
    assert!(mender.erase(1).unwrap(), "the one that keeps the others waiting");
    assert_eq!(claim(&inbox).await[0].id.number, 2);
    assert_eq!(mender.requeue(&Selection::all().numbers([3])).unwrap(), 1);
    assert!(claim(&inbox).await.is_empty(), "the second is still being worked");
}

#[tokio::test]
async fn what_is_no_inbox_of_this_form_is_refused_and_left_as_it_is() {
    let directory = Directory::new();
    let file = directory.file();
    assert!(matches!(Mender::open(&file), Err(OpenError::Failed { .. })));
    assert!(!file.exists(), "none is made");
    let left = |expected: &[u8]| {
        assert_eq!(std::fs::read(&file).unwrap(), expected);
        std::fs::remove_file(&file).unwrap();
    };
    std::fs::write(&file, "").unwrap();
    assert!(matches!(Mender::open(&file), Err(OpenError::NotAnInbox { .. })));
    left(b"");
    let diary = b"no database at all, and long enough to look like something".as_slice();
    std::fs::write(&file, diary).unwrap();
    assert!(matches!(Mender::open(&file), Err(OpenError::Damaged { .. })));
    left(diary);
    Connection::open(&file).unwrap().execute_batch("CREATE TABLE events (id INTEGER)").unwrap();
    let strangers = std::fs::read(&file).unwrap();
    assert!(matches!(Mender::open(&file), Err(OpenError::NotAnInbox { .. })));
    left(&strangers);

    Inbox::open(&file).await.unwrap().close().await;
    for (version, older) in [(2, true), (99, false)] {
        Connection::open(&file).unwrap().pragma_update(None, "user_version", version).unwrap();
        for error in [Mender::open(&file).err(), Reader::open(&file).err()] {
            match error {
                Some(OpenError::Older { .. }) if older => {}
                Some(OpenError::Newer { .. }) if !older => {}
                other => panic!("{version}: {other:?}"),
            }
        }
    }
    assert_eq!(Inbox::open(&file).await.err().map(|error| matches!(error, OpenError::Newer { .. })), Some(true));
}

#[tokio::test]
async fn a_damaged_page_is_an_error_and_no_panic() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept((0..50).map(|n| sample_record(&format!("evt_{n}"))).collect()).await.unwrap();
    inbox.close().await;
    drop(inbox);
    let whole = std::fs::read(directory.file()).unwrap();
    let mut errors = 0;
    for page in 1..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..(page + 1) * 4096].fill(0x5a);
        std::fs::write(directory.file(), &damaged).unwrap();
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", directory.file().display()));
        }
        let Ok(mender) = Mender::open(directory.file()) else { continue };
        let which = Selection::all();
        let all = [
            mender.requeue(&which).is_err(),
            mender.replay(&which, None, START).is_err(),
            mender.edit(1, b"{}", None, START).is_err(),
            mender.erase(2).is_err(),
        ];
        errors += all.iter().filter(|failed| **failed).count();
    }
    assert!(errors > 0);
}
