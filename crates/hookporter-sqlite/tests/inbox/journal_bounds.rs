//! What strangers may put into the journal, and a journal that is longer than it may be.

use std::time::Duration;

use hookporter_core::{FrozenClock, Secret};
use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, Next, WorkingSide};
use hookporter_pipeline::{Endpoint, Outcome, TraceId};
use hookporter_testkit::inbox::{START, sample_record};
use tokio::time::Instant;

use crate::directory::Directory;
use crate::journal::{SECRET, entries, open, record, send, settings};

#[tokio::test]
async fn what_a_stranger_has_a_hand_in_is_shortened() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let journal = inbox.journal().unwrap();
    let mut refused = (*record(1, Outcome::Rejected)).clone();
    refused.method = "M".repeat(60_000);
    journal.observe(&refused);
    let message = format!("the header `{}` was sent", "ä".repeat(30_000));
    let cause = LikelyCause { at: START, cause: "header-renamed".into(), is_proven: false, message };
    journal.explain(TraceId::from_bits(1), &cause);
    // The last thing written.
    inbox.close().await;
    let entry = entries(&directory, 1).await.remove(0);
    assert_eq!(entry.record.method, "M".repeat(32));
    let kept = entry.cause.as_ref().map(|cause| cause.message.len());
    assert!(kept.is_some_and(|kept| (500..=512).contains(&kept)), "{kept:?}");
}

/// Whoever bounds a file that has grown, or its journal, is taken from again without doing anything more.
#[tokio::test]
async fn a_journal_that_fills_the_file_becomes_as_short_as_it_may_be() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let journal = inbox.journal().unwrap();
    for at in 0..2000 {
        let mut long = (*record(at, Outcome::Accepted)).clone();
        long.path = "x".repeat(2000);
        journal.observe(&long);
    }
    inbox.close().await;
    let inbox = settings().file_limit(1024 * 1024).open(directory.file()).await.unwrap();
    assert!(inbox.accept(vec![sample_record("evt_1")]).await.is_err(), "full");
    let journal = inbox.journal().unwrap();
    let begun = Instant::now();
    let told = loop {
        // As every request does that is told 503.
        journal.observe(&record(9999, Outcome::Unavailable));
        if let Ok(told) = inbox.accept(vec![sample_record("evt_1")]).await {
            break told;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "it stays full");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(told, [Accepted::New]);
}

#[tokio::test]
async fn a_request_has_no_headers_of_a_later_one() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START)).inbox(&inbox);
    let endpoint = std::sync::Arc::new(endpoint);
    let push = |agent| {
        let push = hookporter_testkit::github(SECRET).event("push").body(r#"{"id":"1"}"#).at(START);
        push.header("user-agent", agent).build()
    };
    assert_eq!(send(&endpoint, &push("first")).await, 200);
    let agents = async |count| {
        let agent = |headers: &[(String, String)]| {
            headers.iter().find(|(name, _)| name == "user-agent").map(|(_, value)| value.clone())
        };
        entries(&directory, count).await.iter().map(|entry| agent(&entry.record.headers)).collect::<Vec<_>>()
    };
    assert_eq!(agents(1).await, [Some("first".to_owned())]);
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 3 };
    let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
    let dead = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    let _ = inbox.fail(lease.id, dead).await.unwrap();
    // The dead letter has its contents from now on.
    assert_eq!(send(&endpoint, &push("second")).await, 200);
    assert_eq!(agents(2).await, [None, Some("second".to_owned())]);
}
