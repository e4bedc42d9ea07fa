//! An endpoint with the inbox behind it: from the request to the row.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Secret};
use hookporter_pipeline::inbox::{Claim, Failure, Next, Settled, WorkingSide};
use hookporter_pipeline::{Endpoint, Outcome, Verdict, receive};
use hookporter_sqlite::{Inbox, State};
use hookporter_testkit::SignedRequest;
use hookporter_testkit::inbox::START;

use crate::directory::Directory;

const SECRET: &str = "a secret that is long enough";

fn github(inbox: &Inbox) -> Arc<Endpoint> {
    Arc::new(Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START)).inbox(inbox))
}

async fn send(endpoint: Arc<Endpoint>, request: SignedRequest) -> u16 {
    match receive(&endpoint, &request.head(), None, &mut Some(request.body().clone())).await {
        Verdict::Reply(reply) => reply.status,
        verdict => panic!("{verdict:?}"),
    }
}

fn push() -> SignedRequest {
    hookporter_testkit::github(SECRET).event("push").at(START).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_simultaneous_copies_are_one_row_and_a_thousand_acknowledgements() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let endpoint = github(&inbox);
    let copies: Vec<_> = (0..1000).map(|_| tokio::spawn(send(endpoint.clone(), push()))).collect();
    for copy in copies {
        assert_eq!(copy.await.unwrap(), 200);
    }
    assert_eq!((endpoint.count(Outcome::Accepted), endpoint.count(Outcome::Duplicate)), (1, 999));
    assert_eq!(inbox.stats().await.unwrap().waiting, 1);
}

#[tokio::test]
async fn a_dead_letter_that_the_sender_delivers_again_is_worked_again() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let endpoint = github(&inbox);
    assert_eq!(send(endpoint.clone(), push()).await, 200);
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 10, attempts: 3 };
    let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
    let dead = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    assert_eq!(inbox.fail(lease.id, dead).await.unwrap(), Settled::Done);
    // The same process, which remembers: memory is not to stand in the way.
    assert_eq!(send(endpoint.clone(), push()).await, 200);
    assert_eq!(endpoint.count(Outcome::Duplicate), 1);
    assert_eq!(inbox.list(State::Waiting, 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_accepted_before_a_restart_is_a_duplicate_after_it() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    assert_eq!(send(github(&inbox), push()).await, 200);
    inbox.close().await;
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let endpoint = github(&inbox);
    assert_eq!(send(endpoint.clone(), push()).await, 200);
    assert_eq!((endpoint.count(Outcome::Accepted), endpoint.count(Outcome::Duplicate)), (0, 1));
}
