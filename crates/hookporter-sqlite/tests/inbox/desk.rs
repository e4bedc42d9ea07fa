//! The desk: what a console does with an inbox, in its server and beside it.

use std::time::Duration;

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::{AcceptingSide, WorkingSide};
use hookporter_pipeline::operating::{OperatingSide, Page, Selection, State};
use hookporter_sqlite::{AcceptingInbox, Desk, Edited, Inbox, OpenError, WorkingInbox};
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;
use crate::mender::{bury, claim};
use crate::waiting::once_within;

const FIRST: Page = Page::Before(i64::MAX);

async fn numbers(desk: &Desk, which: Selection, page: Page, most: usize) -> Vec<i64> {
    desk.select(which, page, most).await.unwrap().iter().map(|event| event.number).collect()
}

/// A desk in the server, and one beside it.
async fn desks(inbox: &Inbox) -> [Desk; 2] {
    [inbox.desk(), Desk::open(inbox.path()).await.unwrap()]
}

#[tokio::test]
async fn lists_are_paged_from_both_ends() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let records = (1..=6).map(|n| {
        let mut record = sample_record(&format!("evt_{n}"));
        record.parked = n % 2 == 0;
        record
    });
    inbox.accept(records.collect()).await.unwrap();
    for desk in desks(&inbox).await {
        let all = Selection::all;
        assert_eq!(numbers(&desk, all(), FIRST, 4).await, [6, 5, 4, 3]);
        assert_eq!(numbers(&desk, all(), Page::Before(3), 4).await, [2, 1]);
        assert_eq!(numbers(&desk, all(), Page::After(0), 4).await, [1, 2, 3, 4]);
        assert_eq!(numbers(&desk, all(), Page::After(4), 4).await, [5, 6]);
        assert_eq!(numbers(&desk, all().state(State::Parked), FIRST, 2).await, [6, 4]);
        assert_eq!(numbers(&desk, all().numbers([1, 5]), FIRST, 9).await, [5, 1]);
        assert_eq!(desk.count(all().state(State::Waiting)).await.unwrap(), 3);
        let stats = desk.stats().await.unwrap();
        assert_eq!((stats.waiting, stats.parked, stats.done), (3, 3, 0));
    }
}

#[tokio::test]
async fn what_is_done_at_a_desk_is_done() {
    for at in 0..2 {
        let directory = Directory::new();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        let ids = ["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"];
        inbox.accept(ids.map(sample_record).to_vec()).await.unwrap();
        let dead = bury(&inbox).await;
        let mut parked = sample_record("evt_6");
        parked.parked = true;
        inbox.accept(vec![parked]).await.unwrap();
        let desk = desks(&inbox).await[at].clone();

        assert_eq!(desk.release(Selection::all()).await.unwrap(), 1);
        assert_eq!(desk.requeue(Selection::all().numbers([dead[0], 99])).await.unwrap(), 1);
        assert_eq!(desk.give_up(Selection::all().numbers([dead[1]]), START).await.unwrap(), 1);
        let replay =
            desk.replay(Selection::all().numbers([dead[2]]), Some("why".into()), START).await.unwrap().unwrap();
        assert_eq!(desk.replay(Selection::all().numbers([99]), None, START).await.unwrap(), None);
        let replays = desk.replays(10).await.unwrap();
        assert_eq!((replays[0].number, replays[0].reason.as_deref(), replays[0].events), (replay, Some("why"), 1));
        assert_eq!(desk.verdicts(replay, 0, 10).await.unwrap()[0].event, dead[2]);

        let body = Bytes::from_static(b"{}");
        assert_eq!(desk.edit(dead[3], body.clone(), Some("typo".into()), START).await.unwrap(), Edited::Done);
        let (_, edited) = desk.inspect(dead[3]).await.unwrap().unwrap();
        let original = desk.original(dead[3]).await.unwrap().unwrap();
        assert!(edited.edited && edited.body == body && original.body == sample_record("evt_4").body);
        assert_eq!(desk.restore(dead[3]).await.unwrap(), Edited::Done);
        assert_eq!(desk.original(dead[3]).await.unwrap(), None);

        assert!(desk.erase(dead[4]).await.unwrap() && !desk.erase(dead[4]).await.unwrap());
        assert_eq!(desk.attempts(dead[0]).await.unwrap().len(), 1);
        let waiting: Vec<_> = claim(&inbox).await.iter().map(|lease| lease.id.number).collect();
        assert_eq!(waiting, [dead[0], dead[2], 6], "{at}");
    }
}

/// What the desk beside the server changed is found by a look every second; this one tells it.
#[tokio::test]
async fn workers_learn_at_once_of_what_the_server_s_own_desk_changes() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    bury(&inbox).await;
    // The first look always finds a change, and this connection's own are none.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    while tokio::time::timeout(Duration::from_millis(1500), inbox.changed()).await.is_ok() {}
    let desk = inbox.desk();
    let changed = inbox.changed();
    desk.inspect(1).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(1200), changed).await.is_err(), "a look changes nothing");
    let changed = inbox.changed();
    assert_eq!(desk.requeue(Selection::all()).await.unwrap(), 1);
    assert!(tokio::time::timeout(Duration::from_secs(20), changed).await.is_ok());
}

#[tokio::test]
async fn each_side_of_a_split_inbox_has_its_desk() {
    let directory = Directory::new();
    let accepting = AcceptingInbox::open(directory.file()).await.unwrap();
    let mut parked = sample_record("evt_1");
    parked.parked = true;
    accepting.accept(vec![parked, sample_record("evt_2")]).await.unwrap();
    let working = WorkingInbox::open(directory.file()).await.unwrap();
    assert_eq!(numbers(&working.desk(), Selection::all(), FIRST, 9).await, [2, 1]);
    assert_eq!(accepting.desk().release(Selection::all()).await.unwrap(), 1);
    assert_eq!(working.desk().count(Selection::all().state(State::Waiting)).await.unwrap(), 2);
}

#[tokio::test]
async fn a_file_that_is_set_aside_is_let_go_of() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    bury(&inbox).await;
    let desk = Desk::open(directory.file()).await.unwrap();
    assert_eq!(desk.requeue(Selection::all()).await.unwrap(), 1, "it has the file open");
    assert_eq!(numbers(&desk, Selection::all(), FIRST, 9).await, [1]);
    inbox.close().await;
    drop(inbox);
    for suffix in ["", "-wal", "-shm"] {
        let name = |of: &str| directory.path().join(format!("{of}{suffix}"));
        let _ = std::fs::rename(name("hooks.db"), name("aside.db"));
    }
    assert!(desk.select(Selection::all(), FIRST, 9).await.is_err(), "nothing is there");
    assert!(!directory.file().exists(), "none is made");
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let mut parked = sample_record("evt_2");
    parked.parked = true;
    inbox.accept(vec![parked, sample_record("evt_3")]).await.unwrap();
    assert_eq!(numbers(&desk, Selection::all(), FIRST, 9).await.len(), 2);
    assert_eq!(desk.release(Selection::all()).await.unwrap(), 1);
    assert_eq!(claim(&inbox).await.len(), 2);
}

#[tokio::test]
async fn there_is_no_desk_without_an_inbox() {
    let directory = Directory::new();
    assert!(matches!(Desk::open(directory.file()).await, Err(OpenError::Failed { .. })));
    std::fs::write(directory.file(), "a diary, and long enough to look like something").unwrap();
    assert!(matches!(Desk::open(directory.file()).await, Err(OpenError::Damaged { .. })));
}

#[cfg(feature = "seal")]
#[tokio::test]
async fn what_is_sealed_is_shown_where_its_key_is() {
    use hookporter_core::Secret;
    use hookporter_pipeline::inbox::SealingKeys;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let keys = || SealingKeys::new(&Secret::new(KEY).named("first")).unwrap();
    let directory = Directory::new();
    let inbox = hookporter_sqlite::Settings::new().seal(keys()).open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let [own, beside] = desks(&inbox).await;
    let body = sample_record("evt_1").body;
    assert_eq!(own.inspect(1).await.unwrap().unwrap().1.body, body);
    let (_, sealed) = beside.inspect(1).await.unwrap().unwrap();
    assert!(sealed.sealed_by.as_deref() == Some("first") && sealed.body != body);
    assert_eq!(beside.with_keys(keys()).inspect(1).await.unwrap().unwrap().1.body, body);
}

/// A page over many rows holds up no sender, and the senders hold up no page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looks_and_deliveries_do_not_wait_for_each_other() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept((0..20_000).map(|n| sample_record(&format!("evt_{n}"))).collect()).await.unwrap();
    let desk = inbox.desk();
    let mut sent = 0;
    let longest_wait = async || {
        let desk = desk.clone();
        let looking = tokio::spawn(async move {
            for _ in 0..40 {
                let nobody = Selection::all().endpoint("nobody").until(UnixTime::from_secs(1 << 40));
                assert_eq!(desk.select(nobody, FIRST, 50).await.unwrap(), []);
                desk.stats().await.unwrap();
            }
        });
        let mut longest = Duration::ZERO;
        loop {
            let begun = tokio::time::Instant::now();
            inbox.accept(vec![sample_record(&format!("evt_new_{sent}"))]).await.unwrap();
            longest = longest.max(begun.elapsed());
            sent += 1;
            if looking.is_finished() {
                break;
            }
        }
        looking.await.unwrap();
        longest
    };
    once_within("a sender", Duration::from_millis(500), longest_wait).await;
}
