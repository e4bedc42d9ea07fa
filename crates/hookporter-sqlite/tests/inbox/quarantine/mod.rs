//! Refused requests, kept whole in the file, and judged again.

mod bounds;
mod hold;
mod keep;
mod kill;
mod recheck;
mod routes;
#[cfg(feature = "seal")]
mod sealed;
mod set_up;
mod told;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Secret};
use hookporter_pipeline::operating::{QuarantineSide, RefusedListed, RefusedSelection};
use hookporter_pipeline::quarantine::Judgement;
use hookporter_pipeline::{Endpoint, Verdict, receive};
use hookporter_sqlite::{Inbox, Settings};
use hookporter_testkit::SignedRequest;
use hookporter_testkit::inbox::START;

/// What the sender signs with, and what was deployed in its place.
const RIGHT: &str = "the secret that the sender has";
const WRONG: &str = "the secret of another endpoint";

async fn open(path: &Path) -> Inbox {
    Settings::new().clock(FrozenClock(START)).open(path).await.unwrap()
}

/// GitHub's endpoint with this secret, before its quarantine is switched on.
fn plain(inbox: &Inbox, secret: &str) -> Endpoint {
    Endpoint::github(Secret::new(secret)).unwrap().clock(FrozenClock(START)).inbox(inbox)
}

fn github(inbox: &Inbox, secret: &str) -> Arc<Endpoint> {
    Arc::new(plain(inbox, secret).quarantine().unwrap())
}

fn push(secret: &str, body: &str) -> SignedRequest {
    hookporter_testkit::github(secret).event("push").at(START).body(bytes::Bytes::from(body.to_owned())).build()
}

async fn send(endpoint: &Arc<Endpoint>, request: &SignedRequest) -> u16 {
    let peer = "203.0.113.9:4711".parse().ok();
    match receive(endpoint, &request.head(), peer, &mut Some(request.body().clone())).await {
        Verdict::Reply(reply) => reply.status,
        verdict => panic!("{verdict:?}"),
    }
}

/// What is kept, once it is so many.
async fn kept(inbox: &Inbox, many: usize) -> Vec<RefusedListed> {
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < crate::waiting::LONG {
        let listed = inbox.select_refused(RefusedSelection::all(), 0, 10_000).await.unwrap();
        if listed.len() == many {
            return listed;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not {many}: {:?}", inbox.select_refused(RefusedSelection::all(), 0, 10_000).await.unwrap());
}

/// What becomes of all of them, in words.
async fn recheck(endpoint: &Endpoint) -> Vec<&'static str> {
    let judged = endpoint.recheck(RefusedSelection::all()).await.unwrap();
    judged.iter().map(|judged| judged.outcome.as_str()).collect()
}

/// The outcome of the only one.
async fn outcome(endpoint: &Endpoint) -> Judgement {
    let mut judged = endpoint.recheck(RefusedSelection::all()).await.unwrap();
    assert_eq!(judged.len(), 1, "{judged:?}");
    judged.remove(0).outcome
}

/// Every event in the inbox.
async fn events(inbox: &Inbox) -> u64 {
    inbox.stats().await.unwrap().waiting
}
