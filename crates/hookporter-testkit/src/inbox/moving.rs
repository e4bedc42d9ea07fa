//! Events that a store gives to another one, and takes over.

use std::sync::Arc;

use bytes::Bytes;
use hookporter_pipeline::BoxError;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, EventRecord, Failure, Next, Settled, WorkingSide};
use hookporter_pipeline::operating::{Moved, MovingSide, Operated, State, TakenOver};

use super::lanes::in_lane;
use super::moved::{LATER, MOVED_AT, accept, fill, numbers, same_events, same_to_people, unlent};
use super::sample::{START, claim, one, sample_record, told};
use super::{Held, InboxBackend, hold, same};

/// What the moving suite runs on: stores that give events to others, and take them over.
pub trait MovingBackend: InboxBackend<Store: Operated> {
    /// The side of this store that does it.
    fn moving(&self, store: &Self::Store) -> Arc<dyn MovingSide>;
}

/// All that a store has.
async fn all<B: MovingBackend>(backend: &B, store: &B::Store) -> Result<Vec<Moved>, BoxError> {
    let (side, mut all) = (backend.moving(store), Vec::new());
    for number in numbers(store).await? {
        all.push(side.moved(number).await?.ok_or("it lists an event that it has not")?);
    }
    Ok(all)
}

async fn take_over<B: MovingBackend>(
    backend: &B,
    store: &B::Store,
    events: Vec<Moved>,
) -> Result<Vec<TakenOver>, BoxError> {
    Ok(backend.moving(store).take_over(events, 1000, MOVED_AT).await?)
}

pub(super) async fn all_that_is_kept_comes_along_and_twice_is_once<B: MovingBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    fill(&store).await?;
    let (events, other) = (all(backend, &store).await?, backend.empty().await?);
    let expected: Vec<_> = events.iter().cloned().map(unlent).collect();
    let kept = take_over(backend, &other, events.clone()).await?;
    same("what becomes of them", kept, vec![TakenOver::Kept; events.len()])?;
    let other = backend.restart(other).await?;
    same_events("what is there", &all(backend, &other).await?, &expected)?;
    same_to_people(&store, &other).await?;
    let again = take_over(backend, &other, events.clone()).await?;
    same("what becomes of them the second time", again, vec![TakenOver::Known; events.len()])?;
    same_events("what is there then", &all(backend, &other).await?, &expected)?;
    let none = backend.moving(&other).moved(i64::MAX).await?;
    same("an event that is not there", none.is_none(), true)
}

pub(super) async fn what_was_taken_over_is_as_if_it_had_come_here<B: MovingBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    let lease = fill(&store).await?;
    let (events, other) = (all(backend, &store).await?, backend.empty().await?);
    take_over(backend, &other, events).await?;
    let highest = *numbers(&other).await?.last().ok_or("nothing was taken over")?;
    let records = ["done", "failed", "new"].map(sample_record).to_vec();
    let answers = other.accept(records).await.map_err(|error| told(&error))?;
    same("copies, and a new one", answers, vec![Accepted::Duplicate, Accepted::Duplicate, Accepted::New])?;
    let new = *numbers(&other).await?.last().ok_or("nothing is listed")?;
    hold(new > highest.saturating_add(1000), || {
        format!("a new event has number {new}, after {highest} and 1000 more")
    })?;
    same("the lease of there, here", other.complete(lease.id, MOVED_AT).await?, Settled::Fenced)?;
    let mut due: Vec<_> = other.claim(claim(MOVED_AT, 10)).await?.leases;
    due.sort_by_key(|lease| lease.id.number);
    let due: Vec<_> =
        due.iter().filter_map(|lease| Some((&*lease.record.event_id.as_ref()?.text, lease.attempt))).collect();
    same("what is due, and which attempt it is", due, vec![("working", 2), ("first of its lane", 1), ("new", 1)])
}

pub(super) async fn the_lowest_number_of_a_lane_is_worked_first<B: MovingBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    for identity in ["evt_1", "evt_2"] {
        accept(&store, in_lane(identity, "a")).await?;
    }
    // One there has failed: it holds its lane up here, too.
    accept(&store, in_lane("evt_3", "b")).await?;
    let mut lent = store.claim(claim(START, 10)).await?.leases;
    let (Some(of_b), Some(of_a)) = (lent.pop(), lent.pop()) else { return Err("two lanes are not due".into()) };
    same("given back", store.release(of_a.id, START).await?, Settled::Done)?;
    let failure = Failure { now: START, error: "not yet".to_owned(), next: Next::Due(LATER) };
    same("the failure", store.fail(of_b.id, failure).await?, Settled::Done)?;
    let events = all(backend, &store).await?;

    // Here a later number of the lane is due already.
    let other = backend.empty().await?;
    let mut far = events.last().cloned().ok_or("nothing was accepted")?;
    (far.listed.number, far.record.identity, far.record.lane) = (10, Some(b"far".to_vec()), Some("far".to_owned()));
    take_over(backend, &other, vec![far]).await?;
    accept(&other, in_lane("here", "a")).await?;
    take_over(backend, &other, events).await?;
    let mut worked = Vec::new();
    while let Some(lease) = other.claim(claim(MOVED_AT, 1)).await?.leases.pop() {
        worked.push(lease.record.event_id.map(|label| label.text).unwrap_or_default());
        same("the completion", other.complete(lease.id, MOVED_AT).await?, Settled::Done)?;
    }
    same("the lane, in the order of its numbers", worked, ["evt_1", "evt_2", "here"].map(str::to_owned).to_vec())?;
    let later = other.claim(claim(LATER, 10)).await?.leases.len();
    same("what was held up, once it is due", later, 2)
}

pub(super) async fn an_event_whose_number_another_has_is_renumbered_or_refused<B: MovingBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    accept(&store, sample_record("evt_1")).await?;
    let mut distinct = sample_record("evt_2");
    distinct.identity = None;
    accept(&store, distinct).await?;
    let (events, other) = (all(backend, &store).await?, backend.empty().await?);
    for identity in ["here_1", "here_2"] {
        accept(&other, sample_record(identity)).await?;
    }
    let answers = take_over(backend, &other, events.clone()).await?;
    let there = numbers(&other).await?;
    let &[_, _, new] = &*there else { return Err(format!("not three events: {there:?}").into()) };
    same("what becomes of them", answers, vec![TakenOver::Renumbered(new), TakenOver::NumberTaken])?;
    let kept = backend.moving(&other).moved(new).await?.map(|event| event.record);
    hold(kept.as_ref() == events.first().map(|event| &event.record), || format!("another is kept: {kept:?}"))?;
    let again = take_over(backend, &other, events).await?;
    same("what becomes of them the second time", again, vec![TakenOver::Known, TakenOver::NumberTaken])?;
    same("how many there are then", numbers(&other).await?.len(), 3)
}

pub(super) async fn what_was_worked_there_since_is_done_here_unless_it_was_worked_here<B: MovingBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    accept(&store, in_lane("evt_1", "a")).await?;
    accept(&store, in_lane("evt_2", "a")).await?;
    accept(&store, sample_record("evt_3")).await?;
    let other = backend.empty().await?;
    take_over(backend, &other, all(backend, &store).await?).await?;
    // There, two of them are worked; here, one of the two was tried.
    for lease in store.claim(claim(START, 10)).await?.leases {
        same("the completion", store.complete(lease.id, START).await?, Settled::Done)?;
    }
    for lease in other.claim(claim(MOVED_AT, 10)).await?.leases {
        let is_first = lease.record.lane.is_some();
        let failure = Failure { now: MOVED_AT, error: "not yet".to_owned(), next: Next::Due(LATER) };
        let settled =
            if is_first { other.release(lease.id, MOVED_AT).await? } else { other.fail(lease.id, failure).await? };
        same("the end of an attempt", settled, Settled::Done)?;
    }
    // One that was given back was not worked: as often as it was lent here, so often more it is to have been lent there.
    let mut events = all(backend, &store).await?;
    if let Some(first) = events.first_mut() {
        first.claims = first.claims.saturating_add(1);
    }
    let answers = take_over(backend, &other, events).await?;
    same("what becomes of them", answers, vec![TakenOver::Finished, TakenOver::Known, TakenOver::Known])?;
    let states: Vec<_> =
        all(backend, &other).await?.iter().map(|event| (event.listed.state, event.listed.finished_at)).collect();
    let expected = vec![(State::Done, Some(START)), (State::Waiting, None), (State::Waiting, None)];
    same("their states, and when they were done", states, expected)?;
    let due = one(&other, MOVED_AT).await?.record.identity;
    same("what is due behind the one that is done", due, Some(b"evt_2".to_vec()))
}

pub(super) async fn of_an_event_without_contents_what_is_left_is_known<B: MovingBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    accept(&store, sample_record("evt_1")).await?;
    same("the completion", store.complete(one(&store, START).await?.id, START).await?, Settled::Done)?;
    let mut events = all(backend, &store).await?;
    for event in &mut events {
        // As after a sweep.
        let whole = std::mem::replace(&mut event.record, EventRecord::new("acme", Bytes::new(), START));
        let record = &mut event.record;
        (record.identity, record.provider, event.has_contents) = (whole.identity, whole.provider, false);
        (record.event_id, record.event_type, record.api_version) =
            (whole.event_id, whole.event_type, whole.api_version);
    }
    let other = backend.empty().await?;
    same("what becomes of it", take_over(backend, &other, events.clone()).await?, vec![TakenOver::Kept])?;
    same_events("what is there", &all(backend, &other).await?, &events)?;
    let number = *numbers(&other).await?.first().ok_or("it is not listed")?;
    same("whether there is something to read", other.events().inspect(number).await?.is_some(), false)?;
    let answers = other.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    same("a copy of it", answers, vec![Accepted::Duplicate])
}

pub(super) async fn of_two_who_move_the_same_events_one_does<B: MovingBackend>(backend: &B, store: B::Store) -> Held {
    for at in 0..100 {
        let (identity, lane) = (format!("evt_{at}"), format!("lane {}", at % 10));
        accept(&store, if at % 3 == 0 { in_lane(&identity, &lane) } else { sample_record(&identity) }).await?;
    }
    let (there, other) = (all(backend, &store).await?, backend.empty().await?);
    let side = backend.moving(&other);
    let back: Vec<_> = there.iter().rev().cloned().collect();
    let (one, two) = (side.take_over(there.clone(), 0, MOVED_AT), side.take_over(back, 0, MOVED_AT));
    let (one, two) = (tokio::spawn(one), tokio::spawn(two));
    let (one, two) = (one.await??, two.await??);
    for (one, other) in one.iter().zip(two.iter().rev()) {
        let is_right =
            matches!((one, other), (TakenOver::Kept, TakenOver::Known) | (TakenOver::Known, TakenOver::Kept));
        hold(is_right, || format!("what becomes of an event: {one:?} and {other:?}"))?;
    }
    same("how many there are", numbers(&other).await?.len(), there.len())
}
