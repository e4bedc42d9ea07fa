//! What is lent, to whom, and for how long.

use std::collections::HashSet;
use std::time::Duration;

use hookporter_pipeline::inbox::{AcceptingSide, Failure, LeaseId, Next, Settled, WorkingSide};

use super::sample::{LEASE, START, claim, due, one, sample_record, told};
use super::{Held, InboxBackend, Part, hold, keeps, same};

/// Just before, and just after, the leases of this moment run out.
const BEFORE_THE_END: Duration = Duration::from_millis(29_999);
const AFTER_THE_END: Duration = Duration::from_secs(31);

async fn accept(store: &impl AcceptingSide, count: usize) -> Held {
    let records = (0..count).map(|at| sample_record(&format!("evt_{at}"))).collect();
    store.accept(records).await.map(|_| ()).map_err(|error| told(&error))
}

pub(super) async fn events_are_lent_in_order_and_to_one_worker_only<B: InboxBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    accept(&store, 5).await?;
    let first = store.claim(claim(START, 3)).await?;
    let second = store.claim(claim(START, 3)).await?;
    let third = store.claim(claim(START, 3)).await?;
    let ids = |leases: &[hookporter_pipeline::inbox::Lease]| -> Vec<String> {
        leases.iter().filter_map(|lease| Some(lease.record.event_id.as_ref()?.text.clone())).collect()
    };
    same("the first claim", ids(&first.leases), ["evt_0", "evt_1", "evt_2"].map(str::to_owned).to_vec())?;
    same("the second claim", ids(&second.leases), ["evt_3", "evt_4"].map(str::to_owned).to_vec())?;
    same("the third claim", ids(&third.leases), Vec::new())?;
    if keeps(backend, Part::CallersClock) {
        same("the next that is due", third.next_due, Some(START.plus(LEASE)))?;
    }
    hold(first.leases.iter().all(|lease| lease.attempt == 1), || "a first attempt is not called the first".to_owned())
}

pub(super) async fn workers_that_claim_at_once_get_different_events<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    accept(&store, 200).await?;
    let claims: Vec<_> = (0..40).map(|_| tokio::spawn(store.claim(claim(START, 7)))).collect();
    let mut numbers = Vec::new();
    for claim in claims {
        numbers.extend(claim.await??.leases.iter().map(|lease| lease.id.number));
    }
    let different: HashSet<_> = numbers.iter().collect();
    same("events, and different ones", (numbers.len(), different.len()), (200, 200))
}

pub(super) async fn a_lease_that_runs_out_gives_the_event_back<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    accept(&store, 1).await?;
    let first = one(&store, START).await?;
    same("what is due before the end", due(&store, START.plus(BEFORE_THE_END)).await?, 0)?;
    let second = one(&store, START.plus(AFTER_THE_END)).await?;
    same("number and attempt", (second.id.number, second.attempt), (first.id.number, 2))?;
    hold(second.id.epoch > first.id.epoch, || "the epoch did not rise".to_owned())
}

pub(super) async fn a_word_of_an_old_lease_counts_for_nothing<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    accept(&store, 1).await?;
    let old = one(&store, START).await?.id;
    let later = START.plus(AFTER_THE_END);
    let new = one(&store, later).await?.id;
    let failure = Failure { now: later, error: "late".to_owned(), next: Next::Dead };
    same("an old completion", store.complete(old, later).await?, Settled::Fenced)?;
    same("an old failure", store.fail(old, failure).await?, Settled::Fenced)?;
    same("an old renewal", store.renew(old, later.plus(LEASE)).await?, Settled::Fenced)?;
    same("an old release", store.release(old, later).await?, Settled::Fenced)?;
    let nobody = LeaseId { number: new.number.saturating_add(1000), epoch: new.epoch };
    same("a completion of nothing", store.complete(nobody, later).await?, Settled::Fenced)?;
    same("what is due meanwhile", due(&store, later).await?, 0)?;
    same("the new completion", store.complete(new, later).await?, Settled::Done)?;
    same("a second completion", store.complete(new, later).await?, Settled::Fenced)?;
    same("what is due in the end", due(&store, later.plus(AFTER_THE_END)).await?, 0)
}

pub(super) async fn a_renewed_lease_holds_longer<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    accept(&store, 1).await?;
    let id = one(&store, START).await?.id;
    let at = START.plus(Duration::from_secs(20));
    same("the renewal", store.renew(id, at.plus(LEASE)).await?, Settled::Done)?;
    same("what is due at the old end", due(&store, START.plus(AFTER_THE_END)).await?, 0)?;
    same("what is due at the new one", due(&store, at.plus(AFTER_THE_END)).await?, 1)
}

pub(super) async fn an_event_that_is_given_back_is_due_at_once_and_the_attempt_does_not_count<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held {
    accept(&store, 1).await?;
    let first = one(&store, START).await?;
    let changed = store.changed();
    same("the release", store.release(first.id, START).await?, Settled::Done)?;
    let woken = tokio::time::timeout(Duration::from_secs(30), changed).await;
    hold(woken.is_ok(), || "nobody was woken within 30 s".to_owned())?;
    let second = one(&store, START).await?;
    same("the attempt", second.attempt, 1)?;
    same("the old lease", store.complete(first.id, START).await?, Settled::Fenced)
}

pub(super) async fn a_restart_gives_back_what_was_lent_when_its_lease_runs_out<B: InboxBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    accept(&store, 1).await?;
    let lent = one(&store, START).await?;
    let store = backend.restart(store).await?;
    let again = one(&store, START.plus(AFTER_THE_END)).await?;
    same("the attempt", again.attempt, 2)?;
    same("the lease from before", store.complete(lent.id, START).await?, Settled::Fenced)
}
