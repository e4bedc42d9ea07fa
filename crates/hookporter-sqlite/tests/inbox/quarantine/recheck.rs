//! Rechecks after the secret was mended.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Reason, Secret};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_pipeline::operating::{Operated, QuarantineSide, RefusedSelection, Selection};
use hookporter_pipeline::quarantine::Judgement;
use hookporter_sqlite::{Desk, Mender, Reader};
use hookporter_testkit::ManualClock;
use hookporter_testkit::inbox::{START, sample_record};

use super::{RIGHT, WRONG, events, github, kept, open, outcome, plain, push, recheck, send};
use crate::directory::Directory;

#[tokio::test]
async fn a_forged_request_stays_refused() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    send(&github(&inbox, WRONG), &push("a secret of nobody's at all", "[1]")).await;
    assert_eq!(kept(&inbox, 1).await[0].judged_at, None);
    let endpoint = github(&inbox, RIGHT);
    let Judgement::Refused(rejection) = outcome(&endpoint).await else { panic!("taken") };
    assert_eq!(rejection.kind(), Reason::InvalidSignature);
    assert_eq!(kept(&inbox, 1).await[0].judged_at, Some(START));
    assert_eq!(events(&inbox).await, 0);
}

/// Freshness is judged by the arrival, both ways.
#[tokio::test]
async fn what_was_fresh_when_it_came_is_and_what_was_stale_stays_so() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let clock = ManualClock::at(START);
    let stripe = |secret: &str| {
        let endpoint = Endpoint::stripe(Secret::new(secret)).unwrap().inbox(&inbox).quarantine().unwrap();
        Arc::new(endpoint.clock(clock.clone()))
    };
    let (right, wrong) = ("whsec_of_the_sender_12345", "whsec_of_another_one_12345");
    let request = |id: &str, at| hookporter_testkit::stripe(right).event("invoice.paid").event_id(id).at(at).build();
    let endpoint = stripe(wrong);
    send(&endpoint, &request("evt_fresh", START)).await;
    // Its papers are bad: it is read to be kept, and nothing else.
    assert_eq!(send(&endpoint, &request("evt_stale", START.minus(Duration::from_secs(3600)))).await, 401);
    let listed = kept(&inbox, 2).await;
    assert_eq!((listed[1].reason, listed[1].reached_proof), (Reason::TimestampTooOld, false));
    assert!(listed[1].body_bytes > 0);
    drop(endpoint);
    clock.advance(Duration::from_secs(3 * 24 * 3600));
    let endpoint = stripe(right);
    assert_eq!(recheck(&endpoint).await, ["accepted", "rejected"]);
    let event = inbox.select(Selection::all(), 0, 10).await.unwrap().remove(0);
    assert_eq!((event.received_at, event.event_id.as_deref()), (START, Some("evt_fresh")));
    // A limit that is mended makes it good, and a clock that is set back hides nothing.
    clock.set(START.minus(Duration::from_secs(60)));
    drop(endpoint);
    let day = Duration::from_secs(24 * 3600);
    let endpoint = Endpoint::stripe(Secret::new(right)).unwrap().tolerance(day, day).unwrap().inbox(&inbox);
    assert_eq!(recheck(&endpoint.clock(clock.clone()).quarantine().unwrap()).await, ["accepted"]);
}

/// The server, and a tool beside it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_readmit_a_request_one_does() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let endpoint = github(&inbox, WRONG);
    for at in 0..20 {
        send(&endpoint, &push(RIGHT, &format!("[{at}]"))).await;
    }
    let mut record = sample_record("evt_1");
    record.identity = None;
    for listed in kept(&inbox, 20).await {
        let here = [0, 1].map(|_| tokio::spawn(inbox.readmit(listed.number, vec![record.clone()])));
        let (file, number, record) = (directory.file(), listed.number, record.clone());
        let beside = tokio::task::spawn_blocking(move || {
            Mender::open(file).unwrap().readmit(number, std::slice::from_ref(&record)).unwrap()
        });
        let mut answers = vec![beside.await.unwrap()];
        for one in here {
            answers.push(one.await.unwrap().unwrap());
        }
        assert_eq!(answers.iter().flatten().count(), 1, "{answers:?}");
        assert!(answers.contains(&Some(vec![Accepted::New])));
    }
    assert_eq!(events(&inbox).await, 20);
}

#[tokio::test]
async fn a_tool_beside_the_server_sees_the_same_and_a_filter_chooses() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let endpoint = github(&inbox, WRONG);
    send(&endpoint, &push(RIGHT, "[1]")).await;
    send(&endpoint, &push(RIGHT, "[2]").with_header("x-hub-signature-256", "sha256=zz")).await;
    let listed = kept(&inbox, 2).await;
    let reader = Reader::open(directory.file()).unwrap();
    assert_eq!(reader.refused(&RefusedSelection::all(), 0, 10).unwrap(), listed);
    let counts = reader.refused_by_reason(&RefusedSelection::all()).unwrap();
    assert_eq!(counts, inbox.refused_by_reason(RefusedSelection::all()).await.unwrap());
    let words: Vec<_> = counts.iter().map(|count| (count.reason, count.count)).collect();
    assert_eq!(words, [(Reason::InvalidSignature, 1), (Reason::MalformedHeader, 1)]);
    let number = listed[0].number;
    let whole = reader.refused_request(number).unwrap().unwrap();
    assert!(Some(&whole) == inbox.refused_request(number).await.unwrap().as_ref());
    assert_eq!((&*whole.body, whole.peer), (&b"[1]"[..], "203.0.113.9:4711".parse().ok()));
    let malformed = RefusedSelection::all().reason(Reason::MalformedHeader);
    drop(endpoint);
    let right = plain(&inbox, RIGHT).quarantine().unwrap();
    assert_eq!(right.judge(&whole).await, Ok(()), "a dry run");
    assert_eq!(right.recheck(malformed.clone()).await.unwrap().len(), 1);
    assert_eq!(right.recheck(RefusedSelection::all().endpoint("another")).await.unwrap(), []);
    assert_eq!(Mender::open(directory.file()).unwrap().forget_refused(&malformed).unwrap(), 1);
    assert_eq!(kept(&inbox, 1).await[0].number, number);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_beside_the_server_rechecks_at_its_desk() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let endpoint = github(&inbox, WRONG);
    for at in 0..20 {
        send(&endpoint, &push(RIGHT, &format!("[{at}]"))).await;
    }
    kept(&inbox, 20).await;
    let desk = Desk::open(directory.file()).await.unwrap();
    let side = desk.refused().unwrap();
    assert!(!side.has_room(1), "requests come in elsewhere");
    // Without an inbox of its own, and beside a server that goes on taking what comes.
    let beside = Endpoint::github(Secret::new(RIGHT)).unwrap().clock(FrozenClock(START));
    assert!(beside.recheck(RefusedSelection::all()).await.is_err(), "it has no quarantine of its own");
    let recheck = tokio::spawn(async move { beside.recheck_in(side, RefusedSelection::all()).await.unwrap() });
    for at in 0..50 {
        inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap();
    }
    let judged = recheck.await.unwrap();
    assert!(judged.len() == 20 && judged.iter().all(|one| one.outcome == Judgement::Accepted), "{judged:?}");
    assert_eq!(events(&inbox).await, 70);
    kept(&inbox, 0).await;
    // The server's own desk is its inbox.
    send(&endpoint, &push(RIGHT, "[20]")).await;
    kept(&inbox, 1).await;
    let here = Endpoint::github(Secret::new(RIGHT)).unwrap();
    let judged = here.recheck_in(inbox.refused().unwrap(), RefusedSelection::all()).await.unwrap();
    assert_eq!(judged[0].outcome, Judgement::Accepted);
}
