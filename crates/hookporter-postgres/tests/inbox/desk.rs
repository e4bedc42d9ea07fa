//! What people see and mend, beside nodes that accept and work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{Clock, Coverage, SystemClock};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{
    Accepted, AcceptingSide, Claim, Failure, Lease, Next, Settled, WorkError, WorkingSide,
};
use hookporter_pipeline::operating::{Edited, OperatingSide, Page, Selection, State, Verdict};
use hookporter_postgres::Inbox;
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::Server;

pub(crate) async fn claim(inbox: &Inbox) -> Vec<Lease> {
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(30), most: 100, attempts: 5 };
    let mut leases = inbox.claim(claim).await.unwrap().leases;
    // Moments of the server's differ by a millisecond or two.
    leases.sort_by_key(|lease| lease.id.number);
    leases
}

async fn fail(inbox: &Inbox, lease: &Lease, next: Next) {
    let failure = Failure { now: SystemClock.now(), error: "no".to_owned(), next };
    assert_eq!(inbox.fail(lease.id, failure).await.unwrap(), Settled::Done);
}

fn ids(leases: &[Lease]) -> Vec<&str> {
    leases.iter().map(|lease| &*lease.record.event_id.as_ref().unwrap().text).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_chosen_looked_at_and_counted() {
    let Some(server) = Server::start() else { return };
    let inbox = server.settings("looks").connect(&server.url()).await.unwrap();
    let mut records: Vec<_> = (0..6).map(|at| sample_record(&format!("evt_{at}"))).collect();
    records[1].endpoint = "other".to_owned();
    records[2].tenant = Some("a\0b".to_owned());
    records[3].parked = true;
    let _ = inbox.accept(records.clone()).await.unwrap();
    let leases = claim(&inbox).await;
    fail(&inbox, &leases[0], Next::Dead).await;
    let _ = inbox.complete(leases[1].id, SystemClock.now()).await.unwrap();
    fail(&inbox, &leases[2], Next::Due(SystemClock.now().plus(Duration::from_secs(60)))).await;

    let found = async |which: Selection| {
        let listed = inbox.desk().select(which.clone(), Page::After(0), 10).await.unwrap();
        assert_eq!(inbox.desk().count(which).await.unwrap(), listed.len() as u64);
        listed.iter().map(|one| one.event_id.clone().unwrap()).collect::<Vec<_>>()
    };
    let all = Selection::all;
    assert_eq!(found(all().state(State::Dead)).await, ["evt_0"]);
    assert_eq!(found(all().state(State::Parked)).await, ["evt_3"]);
    assert_eq!(found(all().endpoint("other")).await, ["evt_1"]);
    assert_eq!(found(all().tenant("a\0b")).await, ["evt_2"]);
    assert_eq!(found(all().event_type("invoice.paid").state(State::Working)).await, ["evt_4", "evt_5"]);
    assert_eq!(found(all().since(records[0].received_at)).await.len(), 6);
    assert_eq!(found(all().until(records[0].received_at)).await.len(), 0);
    assert_eq!(found(all().numbers([])).await.len(), 0);
    let page = inbox.desk().select(all(), Page::Before(i64::MAX), 2).await.unwrap();
    assert_eq!(page.iter().map(|one| one.event_id.as_deref().unwrap()).collect::<Vec<_>>(), ["evt_5", "evt_4"]);
    let page = inbox.desk().select(all(), Page::After(page[1].number), 9).await.unwrap();
    assert_eq!(page.len(), 1);

    let (listed, record) = inbox.desk().inspect(leases[2].id.number).await.unwrap().unwrap();
    assert_eq!((listed.state, listed.attempts, listed.last_error.as_deref()), (State::Waiting, 1, Some("no")));
    assert_eq!(listed.tenant.as_deref(), Some("a\0b"));
    assert!(record == records[2] && listed.due_at > Some(SystemClock.now()));
    assert!(inbox.desk().inspect(999).await.unwrap().is_none());
    let tried = inbox.desk().attempts(leases[2].id.number).await.unwrap();
    assert_eq!(tried.len(), 1);
    assert_eq!((tried[0].outcome.as_deref(), tried[0].error.as_deref()), (Some("failed"), Some("no")));
    let stats = inbox.desk().stats().await.unwrap();
    assert_eq!((stats.waiting, stats.working, stats.done, stats.dead, stats.parked), (1, 2, 1, 1, 1));
    // Seen anew every few seconds; with the two that workers have.
    let began = Instant::now();
    while inbox.depth().is_none_or(|depth| (depth.waiting, depth.dead, depth.parked) != (3, 1, 1)) {
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", inbox.depth());
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(inbox.depth().unwrap().oldest, None, "nothing is due");
    assert!(stats.used_bytes > 0 && stats.oldest_undone == Some(records[0].received_at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_mended_is_worked_in_its_turn() {
    let Some(server) = Server::start() else { return };
    let inbox = server.settings("mends").connect(&server.url()).await.unwrap();
    let in_lane = |id: &str| {
        let mut record = sample_record(id);
        record.lane = Some("a".to_owned());
        record
    };
    let mut parked = in_lane("evt_parked");
    parked.parked = true;
    let _ = inbox.accept(vec![in_lane("evt_1"), in_lane("evt_2"), parked, sample_record("evt_3")]).await.unwrap();
    let leases = claim(&inbox).await;
    assert_eq!(ids(&leases), ["evt_1", "evt_3"]);
    fail(&inbox, &leases[0], Next::Dead).await;
    fail(&inbox, &leases[1], Next::Dead).await;
    let second = claim(&inbox).await;
    assert_eq!(ids(&second), ["evt_2"]);

    // Behind the one of their lane that is worked.
    assert_eq!(inbox.desk().requeue(Selection::all().state(State::Dead)).await.unwrap(), 2);
    assert_eq!(inbox.desk().release(Selection::all()).await.unwrap(), 1);
    assert_eq!(inbox.desk().requeue(Selection::all().state(State::Dead)).await.unwrap(), 0);
    let third = claim(&inbox).await;
    assert_eq!(ids(&third), ["evt_3"]);
    assert_eq!(third[0].attempt, 1);
    let _ = inbox.complete(second[0].id, SystemClock.now()).await.unwrap();
    let fourth = claim(&inbox).await;
    assert_eq!(ids(&fourth), ["evt_1"]);
    // One that is erased lets the next of its lane go, and fences off its worker.
    assert!(inbox.desk().erase(fourth[0].id.number).await.unwrap());
    assert!(!inbox.desk().erase(fourth[0].id.number).await.unwrap());
    assert_eq!(inbox.complete(fourth[0].id, SystemClock.now()).await.unwrap(), Settled::Fenced);
    assert!(inbox.desk().attempts(fourth[0].id.number).await.unwrap().is_empty());
    let fifth = claim(&inbox).await;
    assert_eq!(ids(&fifth), ["evt_parked"]);
    assert_eq!(inbox.accept(vec![in_lane("evt_1")]).await.unwrap(), [Accepted::New]);
    fail(&inbox, &fifth[0], Next::Dead).await;
    assert_eq!(inbox.desk().give_up(Selection::all(), SystemClock.now()).await.unwrap(), 1);
    assert_eq!(inbox.accept(vec![in_lane("evt_parked")]).await.unwrap(), [Accepted::Duplicate]);
    assert_eq!(inbox.desk().stats().await.unwrap().dead, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_event_claims_no_proof_and_can_be_put_back() {
    let Some(server) = Server::start() else { return };
    let inbox = server.settings("edits").connect(&server.url()).await.unwrap();
    let record = sample_record("evt_1");
    let _ = inbox.accept(vec![record.clone()]).await.unwrap();
    let lease = claim(&inbox).await.remove(0);
    let (number, now) = (lease.id.number, SystemClock.now());
    let edit = async |body: &'static [u8]| {
        inbox.desk().edit(number, Bytes::from_static(body), Some("typo".to_owned()), now).await.unwrap()
    };
    assert_eq!(edit(b"x").await, Edited::NotSetAside(State::Working));
    fail(&inbox, &lease, Next::Dead).await;
    assert_eq!(inbox.desk().restore(number).await.unwrap(), Edited::AsItCame);
    assert!(inbox.desk().original(number).await.unwrap().is_none());
    assert_eq!((edit(b"{\"a\":1}").await, edit(b"{\"a\":2}").await), (Edited::Done, Edited::Done));
    assert_eq!(inbox.desk().edit(999, Bytes::new(), None, now).await.unwrap(), Edited::Absent);
    let original = inbox.desk().original(number).await.unwrap().unwrap();
    assert!(original.body == record.body && original.payload == record.payload && original.coverage == record.coverage);
    assert_eq!(inbox.desk().requeue(Selection::all().numbers([number])).await.unwrap(), 1);
    let lease = claim(&inbox).await.remove(0);
    let edited = &lease.record;
    assert!(edited.edited && edited.coverage == Coverage::Origin && edited.payload.is_none());
    assert_eq!(&edited.body[..], b"{\"a\":2}");
    assert!(!edited.event_id.as_ref().unwrap().signed);
    fail(&inbox, &lease, Next::Parked).await;
    assert_eq!(inbox.desk().restore(number).await.unwrap(), Edited::Done);
    assert!(inbox.desk().inspect(number).await.unwrap().unwrap().1 == record);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_says_how_each_event_goes_against_its_last_attempt() {
    let Some(server) = Server::start() else { return };
    let inbox = server.settings("replays").connect(&server.url()).await.unwrap();
    let is_new = Arc::new(AtomicBool::new(false));
    let code = is_new.clone();
    let worker = inbox.worker(move |event: Event| {
        let works = match event.id().unwrap().split_at(4).1 {
            "fixed" => code.load(Ordering::SeqCst),
            "broken" => !code.load(Ordering::SeqCst),
            "always" => true,
            _ => false,
        };
        std::future::ready(if works { Ok(()) } else { Err(WorkError::dead_letter("no")) })
    });
    let names = ["evt_fixed", "evt_broken", "evt_always", "evt_never"];
    let _ = inbox.accept(names.map(sample_record).to_vec()).await.unwrap();
    tokio::spawn(worker.run_until(std::future::pending()));
    let settled = async || {
        let began = Instant::now();
        loop {
            let stats = inbox.desk().stats().await.unwrap();
            if stats.waiting + stats.working == 0 {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{stats:?}");
            sleep(Duration::from_millis(20)).await;
        }
    };
    settled().await;
    is_new.store(true, Ordering::SeqCst);
    let replay =
        inbox.desk().replay(Selection::all(), Some("new code".to_owned()), SystemClock.now()).await.unwrap().unwrap();
    settled().await;
    let verdicts = inbox.desk().verdicts(replay, 0, 10).await.unwrap();
    let verdicts: Vec<_> = verdicts.iter().map(|one| (one.event_id.as_deref().unwrap(), one.verdict)).collect();
    assert_eq!(
        verdicts,
        [
            ("evt_fixed", Verdict::Fixed),
            ("evt_broken", Verdict::Regressed),
            ("evt_always", Verdict::StillPassing),
            ("evt_never", Verdict::StillFailing)
        ]
    );
    let replays = inbox.desk().replays(5).await.unwrap();
    assert_eq!((replays[0].number, replays[0].events, replays[0].reason.as_deref()), (replay, 4, Some("new code")));
    assert!(inbox.desk().replay(Selection::all().endpoint("nobody"), None, SystemClock.now()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_are_mended_in_steps() {
    let Some(server) = Server::start() else { return };
    let inbox = server.settings("bulk").connect(&server.url()).await.unwrap();
    for part in 0..3 {
        let parked = (0..500).map(|at| {
            let mut record = sample_record(&format!("evt_{part}_{at}"));
            (record.parked, record.lane) = (true, (at % 2 == 0).then(|| format!("lane {}", at % 40)));
            record
        });
        let _ = inbox.accept(parked.collect()).await.unwrap();
    }
    assert_eq!(inbox.desk().release(Selection::all()).await.unwrap(), 1500);
    // Those of no lane, and the first of each lane.
    let listed = inbox.desk().select(Selection::all(), Page::After(0), 2000).await.unwrap();
    assert_eq!(listed.iter().filter(|one| one.due_at.is_some()).count(), 750 + 20);
}
