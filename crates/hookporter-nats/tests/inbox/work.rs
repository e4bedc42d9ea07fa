//! Leases, attempts and waits, by the server's clock.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, Failure, Next, Settled, WorkError, WorkingSide};
use hookporter_testkit::inbox::sample_record;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::server::{Server, claim, lent};

/// Longer than the machine may stand still while an event is another's.
const LEASE: Duration = Duration::from_secs(5);

fn failure(next: Next) -> Failure {
    Failure { now: SystemClock.now(), error: "the mail server is busy".to_owned(), next }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_runs_out_gives_the_event_back_and_its_holder_has_no_word_any_more() {
    let Some(server) = Server::start() else { return };
    let (one, other) = (server.inbox("leases").await, server.inbox("leases").await);
    let _ = one.accept(vec![sample_record("evt_1")]).await.unwrap();
    let began = Instant::now();
    let old = lent(&one, LEASE).await.remove(0);
    // Asks again and again.
    let new = lent(&other, LEASE).await.remove(0);
    assert!(began.elapsed() >= LEASE, "{:?}", began.elapsed());
    assert_eq!((new.id.number, new.attempt), (old.id.number, 2));
    assert!(new.id.epoch > old.id.epoch);
    let now = SystemClock.now();
    assert_eq!(one.complete(old.id, now).await.unwrap(), Settled::Fenced);
    assert_eq!(one.renew(old.id, now).await.unwrap(), Settled::Fenced);
    assert_eq!(one.release(old.id, now).await.unwrap(), Settled::Fenced);
    assert_eq!(one.fail(old.id, failure(Next::Dead)).await.unwrap(), Settled::Fenced);
    assert_eq!(server.count("leases_dead").await, 0);
    assert_eq!(other.complete(new.id, now).await.unwrap(), Settled::Done);
    assert_eq!(other.complete(new.id, now).await.unwrap(), Settled::Fenced);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewed_lease_holds_longer() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("renew").await;
    let _ = inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let lease = lent(&inbox, LEASE).await.remove(0);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(7) {
        sleep(Duration::from_millis(400)).await;
        assert_eq!(inbox.renew(lease.id, SystemClock.now()).await.unwrap(), Settled::Done);
        assert_eq!(inbox.claim(claim(LEASE, 10)).await.unwrap().leases.len(), 0, "at {:?}", began.elapsed());
    }
    let again = lent(&inbox, LEASE).await.remove(0);
    assert_eq!(again.attempt, 2);
    assert_eq!(inbox.complete(lease.id, SystemClock.now()).await.unwrap(), Settled::Fenced);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_kills_its_process_ends_as_a_dead_letter() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("kills").await;
    let _ = inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let (mut attempts, mut dead) = (Vec::new(), Vec::new());
    let began = Instant::now();
    while dead.is_empty() {
        let claimed = inbox.claim(claim(Duration::from_secs(1), 2)).await.unwrap();
        // Nobody says how they went.
        attempts.extend(claimed.leases.iter().map(|lease| lease.attempt));
        dead.extend(claimed.dead.iter().map(|lease| lease.attempt));
        sleep(Duration::from_millis(50)).await;
        assert!(began.elapsed() < Duration::from_secs(30), "{attempts:?}");
    }
    assert_eq!((attempts, dead), (vec![1, 2], vec![2]));
    assert_eq!(server.count("kills_dead").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_event_waits_as_long_as_it_was_said_and_one_that_is_held_loses_no_attempt() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("waits").await;
    let _ = inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let wait = Duration::from_millis(1200);
    let mut told = Vec::new();
    for held in [false, true, true, false] {
        let lease = lent(&inbox, LEASE).await.remove(0);
        told.push((lease.id.number, lease.attempt));
        let (began, due) = (Instant::now(), SystemClock.now().plus(wait));
        let next = if held { Next::Held(due) } else { Next::Due(due) };
        assert_eq!(inbox.fail(lease.id, failure(next)).await.unwrap(), Settled::Done);
        assert_eq!(inbox.complete(lease.id, due).await.unwrap(), Settled::Fenced);
        // Asks again and again.
        let next = lent(&inbox, LEASE).await.remove(0);
        // What is due is told in whole milliseconds.
        assert!(began.elapsed() + Duration::from_millis(1) >= wait, "{:?}", began.elapsed());
        assert_eq!(inbox.release(next.id, due).await.unwrap(), Settled::Done);
    }
    assert_eq!(told, [(2, 1), (2, 2), (2, 2), (2, 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_wake_each_other_and_a_function_that_fails_is_called_again() {
    let Some(server) = Server::start() else { return };
    let (accepting, working) = (server.inbox("wake").await, server.inbox("wake").await);
    let (calls, mut called) = mpsc::unbounded_channel();
    let failures = AtomicU32::new(2);
    let worker = working.worker(move |event: Event| {
        calls.send((Instant::now(), event.attempt())).unwrap();
        let fails = event.id() == Some("evt_fails") && failures.fetch_sub(1, Ordering::Relaxed) > 0;
        let wait = Duration::from_millis(50);
        std::future::ready(if fails { Err(WorkError::retry_after(wait, "busy")) } else { Ok(()) })
    });
    tokio::spawn(worker.run_until(std::future::pending()));
    let mut next = async || timeout(Duration::from_secs(20), called.recv()).await.unwrap().unwrap();
    let (mut prompt, mut at) = (0, 0);
    while prompt < 6 {
        assert!(at < 12, "only {prompt} of {at} were told of at once: by chance it would be one in four");
        sleep(Duration::from_millis(1500 + 130 * (at % 6))).await;
        let began = Instant::now();
        let _ = accepting.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap();
        prompt += u32::from(next().await.0.duration_since(began) < Duration::from_millis(250));
        at += 1;
    }
    let _ = accepting.accept(vec![sample_record("evt_fails")]).await.unwrap();
    assert_eq!([next().await.1, next().await.1, next().await.1], [1, 2, 3]);
}
