//! What is read to be kept, and what a flood may cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{FrozenClock, Reason, Secret};
use hookporter_pipeline::{BodyBroken, BodyReader, Endpoint, Verdict, receive};
use hookporter_testkit::SignedRequest;
use hookporter_testkit::inbox::START;

use super::{RIGHT, WRONG, github, kept, open, plain, push, send};
use crate::directory::Directory;

/// A body, and how often somebody asked for it.
struct Counted(Option<Bytes>, Arc<AtomicUsize>);

impl BodyReader for Counted {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// A body that never comes.
struct Stuck;

impl BodyReader for Stuck {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>> {
        Poll::Pending
    }
}

/// The status, and whether the body was looked at.
async fn sent(endpoint: &Arc<Endpoint>, request: &SignedRequest) -> (u16, bool) {
    let asked = Arc::new(AtomicUsize::new(0));
    let mut body = Counted(Some(request.body().clone()), asked.clone());
    let Verdict::Reply(reply) = receive(endpoint, &request.head(), None, &mut body).await else { panic!("taken") };
    (reply.status, asked.load(Ordering::SeqCst) > 0)
}

fn stale() -> SignedRequest {
    let at = START.minus(Duration::from_secs(3600));
    hookporter_testkit::stripe("whsec_of_the_sender_12345").event_id("evt_1").at(at).build()
}

fn stripe(inbox: &hookporter_sqlite::Inbox) -> Endpoint {
    let secret = Secret::new("whsec_of_the_sender_12345");
    Endpoint::stripe(secret).unwrap().clock(FrozenClock(START)).inbox(inbox)
}

#[tokio::test]
async fn a_stale_request_is_read_where_it_is_kept_and_nowhere_else() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let off = Arc::new(stripe(&inbox).named("off"));
    assert_eq!(sent(&off, &stale()).await, (401, false));
    let on = Arc::new(stripe(&inbox).quarantine().unwrap());
    assert_eq!(sent(&on, &stale().without_signature()).await, (401, false), "nobody who has signed anything");
    assert_eq!(sent(&on, &stale()).await, (401, true));
    assert_eq!(kept(&inbox, 1).await[0].reason, Reason::TimestampTooOld);
    let small = Arc::new(stripe(&inbox).named("small").body_limit(16).quarantine().unwrap());
    assert_eq!(sent(&small, &stale()).await.0, 401, "the same answer, though it is too long to be kept");
    kept(&inbox, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_told_the_same_and_twenty_of_it_are_read_in_a_second() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let endpoint = Arc::new(stripe(&inbox).quarantine().unwrap());
    let request = stale();
    let mut read = 0;
    let begun = tokio::time::Instant::now();
    for _ in 0..500 {
        let (status, was_read) = sent(&endpoint, &request).await;
        assert_eq!(status, 401);
        read += usize::from(was_read);
    }
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    assert!((20..=20 * (seconds + 1)).contains(&read), "{read} in {seconds} s");
    kept(&inbox, read).await;
}

#[tokio::test(start_paused = true)]
async fn slow_uploads_hold_eight_places_and_no_answer_changes() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let endpoint = Arc::new(stripe(&inbox).quarantine().unwrap());
    let slow: Vec<_> = (0..8)
        .map(|_| {
            let (endpoint, request) = (endpoint.clone(), stale());
            tokio::spawn(async move {
                let Verdict::Reply(reply) = receive(&endpoint, &request.head(), None, &mut Stuck).await else {
                    panic!("taken")
                };
                reply.status
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(sent(&endpoint, &stale()).await, (401, false), "the ninth is told at once");
    for one in slow {
        assert_eq!(one.await.unwrap(), 401, "after the deadline for bodies");
    }
    assert_eq!(sent(&endpoint, &stale()).await, (401, true), "their places are free again");
}

#[tokio::test]
async fn what_no_mending_makes_good_is_not_kept() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let small = Arc::new(plain(&inbox, WRONG).body_limit(8).quarantine().unwrap());
    assert_eq!(send(&small, &push(RIGHT, "[1, 2, 3, 4, 5]")).await, 413);
    drop(small);
    let endpoint = github(&inbox, WRONG);
    assert_eq!(send(&endpoint, &push(RIGHT, "[1]").without_signature()).await, 401);
    let report_only = Arc::new(plain(&inbox, WRONG).quarantine().unwrap().named("other").report_only());
    let request = push(RIGHT, "[1]");
    let passed = receive(&report_only, &request.head(), None, &mut Some(request.body().clone())).await;
    assert!(matches!(passed, Verdict::PassOn(_)), "{passed:?}");
    assert_eq!(send(&endpoint, &push(RIGHT, "[2]")).await, 401);
    let listed = kept(&inbox, 1).await;
    assert_eq!((listed[0].reason, listed[0].body_bytes), (Reason::InvalidSignature, 3));
    tokio::time::sleep(Duration::from_millis(400)).await;
    kept(&inbox, 1).await;
}
