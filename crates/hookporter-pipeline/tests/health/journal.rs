//! The journal in memory.

use std::sync::Arc;

use hookporter_core::{Reason, Stage, UnixTime};
use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::journal::{Entry, Journal, Query};
use hookporter_pipeline::{Observer, Outcome, Record, TraceId};

use crate::{Door, NEW, OLD, START, github};

fn watched(most: usize) -> (Door, Journal) {
    let journal = Journal::in_memory(most).with_digests();
    (Door::new(github(OLD).observer(journal.clone())), journal)
}

#[tokio::test(start_paused = true)]
async fn every_request_stands_in_it_with_what_is_known_and_nothing_secret() {
    let (door, journal) = watched(10);
    let request = hookporter_testkit::github(OLD).event("push").target("/hook?token=canary").body("abc").build();
    let request = request.with_header("authorization", "Bearer canary").with_header("cookie", "canary=1");
    assert_eq!(door.send_this(&request.clone().with_header("user-agent", "GitHub-Hookshot/1")).await, 200);
    door.clock.pass(7).await;
    assert_eq!(door.send_this(&request.with_body("abd")).await, 401);
    let entries = journal.entries(&Query::new(), 10);
    let [refused, accepted] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!((accepted.number, refused.number), (1, 2));
    let (good, bad) = (&accepted.record, &refused.record);
    assert_eq!((good.at, bad.at), (UnixTime::from_secs(START), UnixTime::from_secs(START + 7)));
    assert_eq!((good.outcome, good.reason, good.stage), (Outcome::Accepted, None, None));
    assert_eq!(
        (bad.outcome, bad.reason, bad.stage),
        (Outcome::Rejected, Some(Reason::InvalidSignature), Some(Stage::Proof))
    );
    // FIPS 180-2, appendix B.1.
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((good.body_digest.as_deref(), bad.body_digest.as_deref()), (Some(digest), None));
    assert_eq!((&*good.path, good.event_type.as_deref(), good.body_bytes), ("/hook", Some("push"), 3));
    for record in [good, bad] {
        let kept = |name: &str| record.headers.iter().any(|(kept, _)| kept == name);
        assert!(kept("x-github-event") && !kept("x-hub-signature-256"), "{:?}", record.headers);
    }
    assert_ne!(good.trace, bad.trace);
    let everything = serde_json::to_string(&entries.iter().map(AsRef::as_ref).collect::<Vec<&Entry>>()).unwrap();
    for secret in [OLD, "canary", "sha256="] {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
    let json: serde_json::Value = serde_json::from_str(&everything).unwrap();
    assert_eq!(json.pointer("/0/reason"), Some(&"invalid-signature".into()));
    assert_eq!(json.pointer("/0/trace"), Some(&bad.trace.to_string().into()));
    assert!(json.pointer("/1/duration_us").is_some_and(serde_json::Value::is_u64), "{json}");
}

#[tokio::test(start_paused = true)]
async fn it_is_bounded_in_number_and_in_the_length_of_what_senders_say() {
    let (door, journal) = watched(3);
    door.send_many(NEW, 5, 1).await;
    let numbers =
        |journal: &Journal| journal.entries(&Query::new(), 10).iter().map(|entry| entry.number).collect::<Vec<_>>();
    assert_eq!(numbers(&journal), [5, 4, 3]);
    assert_eq!(
        (journal.entry(2).map(|entry| entry.number), journal.entry(4).map(|entry| entry.number)),
        (None, Some(4))
    );
    let long = "ü".repeat(5_000);
    let request = door.request(NEW).with_header("user-agent", &long);
    door.send_this(&request).await;
    let entry = journal.entry(6).unwrap();
    let agent = entry.record.headers.iter().find(|(name, _)| name == "user-agent").unwrap();
    assert!(agent.1.len() < 1_100 && agent.1.ends_with('…'), "{} bytes", agent.1.len());
}

#[tokio::test(start_paused = true)]
async fn a_query_narrows() {
    let (door, journal) = watched(100);
    let other = Door::new(github(NEW).named("second").observer(journal.clone()));
    door.send_many(OLD, 2, 10).await;
    door.send_many(NEW, 3, 10).await;
    other.send(NEW).await;
    let count = |query: Query| journal.entries(&query, 100).len();
    assert_eq!(count(Query::new()), 6);
    assert_eq!(count(Query::new().of("second")), 1);
    assert_eq!(count(Query::new().rejected()), 3);
    assert_eq!(count(Query::new().rejected().outcome(Outcome::Accepted)), 6);
    assert_eq!(count(Query::new().reason(Reason::InvalidSignature)), 3);
    assert_eq!(count(Query::new().reason(Reason::TimestampTooOld)), 0);
    let moment = |after| UnixTime::from_secs(START + after);
    // The clock of the second has not moved.
    assert_eq!(count(Query::new().of("github").since(moment(30))), 3);
    assert_eq!(count(Query::new().of("github").until(moment(30))), 2);
    assert_eq!(count(Query::new().text("push")), 3, "proven types only");
    let trace = journal.entry(4).unwrap().record.trace.to_string();
    assert_eq!(journal.entries(&Query::new().text(&trace), 10)[0].number, 4);
    assert_eq!(journal.entries(&Query::new(), 2).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_does_not_hold_up_requests_and_none_is_missing() {
    let (door, journal) = watched(5_000);
    let door = Arc::new(door);
    let reading = journal.clone();
    let reader = std::thread::spawn(move || (0..200).map(|_| reading.entries(&Query::new(), 5_000).len()).max());
    let senders: Vec<_> = (0..4)
        .map(|_| {
            let door = door.clone();
            tokio::spawn(async move {
                for _ in 0..500 {
                    assert_eq!(door.send(OLD).await, 200);
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    assert!(reader.join().unwrap().is_some());
    assert_eq!(journal.entries(&Query::new(), 5_000).len(), 2_000);
}

/// Requests wait while the journal looks for the one that was explained, and what explains it may repeat what a stranger sent.
#[tokio::test(start_paused = true)]
async fn a_cause_is_short_and_looked_for_among_the_latest_only() {
    let (door, journal) = watched(10_000);
    door.send(NEW).await;
    let first = journal.entry(1).unwrap().record.clone();
    let cause =
        LikelyCause { at: first.at, cause: "other-version".into(), is_proven: false, message: "ü".repeat(30_000) };
    for n in 0..5_000 {
        journal.observe(&Record { trace: TraceId::from_bits(n), ..(*first).clone() });
    }
    journal.explain(first.trace, &cause);
    journal.explain(TraceId::from_bits(4_000), &cause);
    let found = |number| journal.entry(number).unwrap().cause.as_ref().map(|cause| cause.message.clone());
    assert_eq!(found(1), None, "it came long ago");
    assert_eq!(found(4_002), Some(format!("{}…", "ü".repeat(256))));
}
