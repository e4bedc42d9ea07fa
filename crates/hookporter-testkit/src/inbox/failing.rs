//! What becomes of events that are not worked.

use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, Next, Settled, WorkingSide};

use super::sample::{LEASE, START, claim, due, one, sample_record, told};
use super::{Held, InboxBackend, hold, same};

fn failure(next: Next) -> Failure {
    Failure { now: START, error: "the mail server is busy".to_owned(), next }
}

pub(super) async fn a_failed_event_is_due_when_it_was_said<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    let lease = one(&store, START).await?;
    let later = START.plus(Duration::from_secs(7));
    let changed = store.changed();
    same("the failure", store.fail(lease.id, failure(Next::Due(later))).await?, Settled::Done)?;
    let woken = tokio::time::timeout(Duration::from_secs(30), changed).await;
    hold(woken.is_ok(), || "nobody was told that something is due earlier now".to_owned())?;
    let before = store.claim(claim(later.minus(Duration::from_millis(1)), 10)).await?;
    same("what is due before, and the next", (before.leases.len(), before.next_due), (0, Some(later)))?;
    let again = one(&store, later).await?;
    same("the attempt", again.attempt, 2)
}

pub(super) async fn an_event_that_is_held_is_due_when_it_was_said_and_the_attempt_does_not_count<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held {
    let mut behind = sample_record("evt_2");
    let mut held = sample_record("evt_1");
    (held.lane, behind.lane) = (Some("a".to_owned()), Some("a".to_owned()));
    store.accept(vec![held, behind]).await.map_err(|error| told(&error))?;
    let mut now = START;
    // More often than it has attempts.
    for _ in 0..3 {
        let claimed = store.claim(Claim { now, lease: LEASE, most: 10, attempts: 2 }).await?;
        let lent: Vec<_> = claimed.leases.iter().map(|lease| (lease.attempt, lease.record.identity.clone())).collect();
        same("lent, and which attempt it is", lent, vec![(1, Some(b"evt_1".to_vec()))])?;
        same("dead letters", claimed.dead.len(), 0)?;
        let later = now.plus(Duration::from_secs(600));
        for lease in claimed.leases {
            same("the hold", store.fail(lease.id, failure(Next::Held(later))).await?, Settled::Done)?;
            same("a word of the old lease", store.complete(lease.id, now).await?, Settled::Fenced)?;
        }
        let before = store.claim(claim(later.minus(Duration::from_millis(1)), 10)).await?;
        same("what is due before, and the next", (before.leases.len(), before.next_due), (0, Some(later)))?;
        now = later;
    }
    Ok(())
}

pub(super) async fn a_dead_letter_is_not_lent_and_comes_back_when_it_is_delivered_again<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held {
    store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    let lease = one(&store, START).await?;
    same("the failure", store.fail(lease.id, failure(Next::Dead)).await?, Settled::Done)?;
    let later = START.plus(Duration::from_secs(365 * 24 * 3600));
    same("what is due", due(&store, later).await?, 0)?;
    let copy = store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    same("its copy", copy, vec![Accepted::Requeued])?;
    let again = one(&store, later).await?;
    same("number and attempt", (again.id.number, again.attempt), (lease.id.number, 1))?;
    same("the completion", store.complete(again.id, later).await?, Settled::Done)?;
    let copy = store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    same("a copy of what is done", copy, vec![Accepted::Duplicate])
}

pub(super) async fn an_event_that_a_worker_parks_is_kept_and_not_lent<B: InboxBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    let in_lane = |identity| {
        let mut record = sample_record(identity);
        record.lane = Some("a".to_owned());
        record
    };
    store.accept(vec![in_lane("evt_1"), in_lane("evt_2")]).await.map_err(|error| told(&error))?;
    let lease = one(&store, START).await?;
    same("the failure", store.fail(lease.id, failure(Next::Parked)).await?, Settled::Done)?;
    same("a second word", store.complete(lease.id, START).await?, Settled::Fenced)?;
    let next = one(&store, START).await?;
    same("whether the next of its lane passes", next.id.number > lease.id.number, true)?;
    same("the completion", store.complete(next.id, START).await?, Settled::Done)?;
    let later = START.plus(Duration::from_secs(365 * 24 * 3600));
    same("what is due", due(&store, later).await?, 0)?;
    let copy = store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    same("its copy", copy, vec![Accepted::Duplicate])?;
    let store = backend.restart(store).await?;
    same("what is due after a restart", due(&store, later).await?, 0)
}

pub(super) async fn an_event_that_kills_its_process_ends_as_a_dead_letter<B: InboxBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    let mut now = START;
    let mut store = store;
    for attempt in 1..=2 {
        let claimed = store.claim(Claim { now, lease: LEASE, most: 1, attempts: 2 }).await?;
        same("the attempt", claimed.leases.iter().map(|lease| lease.attempt).collect::<Vec<_>>(), vec![attempt])?;
        store = backend.restart(store).await?;
        now = now.plus(LEASE.saturating_mul(2));
    }
    let claimed = store.claim(Claim { now, lease: LEASE, most: 10, attempts: 2 }).await?;
    let ids =
        |leases: &[hookporter_pipeline::inbox::Lease]| leases.iter().map(|lease| lease.attempt).collect::<Vec<_>>();
    same("lent, and dead", (ids(&claimed.leases), ids(&claimed.dead)), (vec![], vec![2]))?;
    let claimed = store.claim(Claim { now, lease: LEASE, most: 10, attempts: 2 }).await?;
    same("lent, and dead, once more", (claimed.leases.len(), claimed.dead.len()), (0, 0))
}

pub(super) async fn a_parked_event_is_not_lent<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    let mut parked = sample_record("evt_1");
    parked.parked = true;
    same("the first", store.accept(vec![parked.clone()]).await.map_err(|error| told(&error))?, vec![Accepted::New])?;
    same("its copy", store.accept(vec![parked]).await.map_err(|error| told(&error))?, vec![Accepted::Duplicate])?;
    same("what is due", due(&store, START.plus(Duration::from_secs(24 * 3600))).await?, 0)
}
