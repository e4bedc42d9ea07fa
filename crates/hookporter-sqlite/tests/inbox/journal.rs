//! The journal in the inbox's file, through a real endpoint: each request leaves its row, and no request waits for one.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Reason, Secret, UnixTime};
use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::inbox::{AcceptingSide, Claim, Failure, Next, WorkingSide};
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::{Endpoint, Outcome, Record, Verdict, receive};
use hookporter_sqlite::{AcceptingInbox, Inbox, Reader, Settings};
use hookporter_testkit::SignedRequest;
use hookporter_testkit::inbox::START;
use rusqlite::Connection;

use crate::directory::Directory;

pub(crate) const SECRET: &str = "a secret that is long enough";

pub(crate) fn github(inbox: &(impl AcceptingSide + Clone)) -> Arc<Endpoint> {
    Arc::new(Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START)).inbox(inbox))
}

pub(crate) async fn send(endpoint: &Arc<Endpoint>, request: &SignedRequest) -> u16 {
    match receive(endpoint, &request.head(), None, &mut Some(request.body().clone())).await {
        Verdict::Reply(reply) => reply.status,
        verdict => panic!("{verdict:?}"),
    }
}

pub(crate) fn push(id: &str) -> SignedRequest {
    hookporter_testkit::github(SECRET).event("push").body(format!(r#"{{"id":"{id}"}}"#)).at(START).build()
}

pub(crate) fn forged() -> SignedRequest {
    hookporter_testkit::github("another secret, long enough").event("push").at(START).build()
}

/// The entries of a journal once there are so many, the oldest first.
pub(crate) async fn entries(directory: &Directory, count: usize) -> Vec<Arc<Entry>> {
    let reader = Reader::open(directory.file()).unwrap();
    for _ in 0..100 {
        let entries = reader.entries(&Query::new(), u64::MAX, 10_000).unwrap();
        if entries.len() >= count {
            assert_eq!(entries.len(), count);
            return entries.into_iter().rev().collect();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not {count} rows within two seconds");
}

fn told(entry: &Entry) -> (Outcome, u16, Option<Reason>, Option<i64>) {
    (entry.record.outcome, entry.record.status, entry.record.reason, entry.event)
}

#[tokio::test]
async fn every_outcome_leaves_its_row_with_the_number_of_its_event() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START)).inbox(&inbox);
    let parking = Endpoint::stripe(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
    let parking = parking.accept_versions(&["=2020-01-01"]).unwrap().clock(FrozenClock(START)).inbox(&inbox);
    let (endpoint, parking) = (Arc::new(endpoint), Arc::new(parking));

    assert_eq!(send(&endpoint, &push("1")).await, 200);
    assert_eq!(send(&endpoint, &push("2")).await, 200);
    assert_eq!(send(&endpoint, &push("1")).await, 200);
    assert_eq!(send(&endpoint, &forged()).await, 401);
    let stripe = hookporter_testkit::stripe("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").at(START).build();
    assert_eq!(send(&parking, &stripe).await, 200);
    endpoint.pause();
    assert_eq!(send(&endpoint, &push("3")).await, 503);
    endpoint.resume();
    // A dead letter that comes again is the same event.
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 3 };
    let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
    let dead = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    let _ = inbox.fail(lease.id, dead).await.unwrap();
    assert_eq!(send(&endpoint, &push("1")).await, 200);

    let found = entries(&directory, 7).await;
    let expected = [
        (Outcome::Accepted, 200, None, Some(1)),
        (Outcome::Accepted, 200, None, Some(2)),
        (Outcome::Duplicate, 200, None, Some(1)),
        (Outcome::Rejected, 401, Some(Reason::InvalidSignature), None),
        (Outcome::Parked, 200, None, Some(4)),
        (Outcome::Unavailable, 503, Some(Reason::EndpointPaused), None),
        (Outcome::Duplicate, 200, None, Some(1)),
    ];
    assert_eq!(found.iter().map(|entry| told(entry)).collect::<Vec<_>>(), expected);
    // The trace leads from the event to its request.
    let reader = Reader::open(directory.file()).unwrap();
    let (_, record) = reader.inspect(2).unwrap().unwrap();
    assert_eq!(record.trace, Some(found[1].record.trace));
    let of = |query: Query| {
        reader.entries(&query, u64::MAX, 10).unwrap().iter().map(|entry| entry.number).collect::<Vec<_>>()
    };
    assert_eq!(of(Query::new().event(1)), [7, 3, 1]);
    assert_eq!(of(Query::new().rejected()), [4]);
    assert_eq!(of(Query::new().reason(Reason::EndpointPaused)), [6]);
    assert_eq!(of(Query::new().of("stripe")), [5]);
    assert_eq!(of(Query::new().text(&found[3].record.trace.to_string()[..9])), [4]);
    assert_eq!(of(Query::new().text("pu").outcome(Outcome::Duplicate)), [7, 3]);
    assert_eq!(of(Query::new().since(UnixTime::from_secs(START.as_secs() + 1))), [0_u64; 0]);
    let reasons = reader.reasons(&Query::new()).unwrap();
    assert_eq!(
        reasons.iter().map(|count| (count.reason, count.count, count.last_entry)).collect::<Vec<_>>(),
        [(Reason::EndpointPaused, 1, 6), (Reason::InvalidSignature, 1, 4)]
    );
    assert_eq!(reader.lost_requests().unwrap(), 0);
}
