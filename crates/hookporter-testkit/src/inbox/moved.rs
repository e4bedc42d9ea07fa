//! Stores with events in every state, and whether two of them have the same ones.

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::BoxError;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, EventRecord, Failure, Lease, Next, Settled, WorkingSide};
use hookporter_pipeline::operating::{Edited, Listed, Moved, Operated, Page, Selection, State};

use super::lanes::in_lane;
use super::sample::{START, one, sample_record, told};
use super::{Held, hold, same};

/// When events are taken over: a minute later than they came, after the end of their leases.
pub(super) const MOVED_AT: UnixTime = UnixTime::from_secs(1_700_000_060);
/// When those are due again that failed: an hour later.
pub(super) const LATER: UnixTime = UnixTime::from_secs(1_700_003_600);

pub(super) async fn accept(store: &impl AcceptingSide, record: EventRecord) -> Held {
    let answers = store.accept(vec![record]).await.map_err(|error| told(&error))?;
    same("what is accepted", answers, vec![Accepted::New])
}

pub(super) async fn fail(store: &impl WorkingSide, next: Next) -> Held {
    let failure = Failure { now: START, error: "no such account".to_owned(), next };
    same("the failure", store.fail(one(store, START).await?.id, failure).await?, Settled::Done)
}

pub(super) async fn numbers(store: &impl Operated) -> Result<Vec<i64>, BoxError> {
    let listed = store.events().select(Selection::all(), Page::After(0), 10_000).await?;
    Ok(listed.iter().map(|event| event.number).collect())
}

/// Fills a store with events in every state; the lease of one that is being worked.
pub(super) async fn fill<S: AcceptingSide + WorkingSide + Operated>(store: &S) -> Result<Lease, BoxError> {
    let mut sealed = sample_record("done");
    sealed.sealed_by = Some("2026-11".to_owned());
    accept(store, sealed).await?;
    same("the completion", store.complete(one(store, START).await?.id, START).await?, Settled::Done)?;
    accept(store, sample_record("dead\0\u{241b}")).await?;
    fail(store, Next::Dead).await?;
    accept(store, sample_record("working")).await?;
    let lease = one(store, START).await?;
    accept(store, sample_record("failed")).await?;
    fail(store, Next::Due(LATER)).await?;
    let parked = |identity: &str| {
        let mut record = sample_record(identity);
        record.parked = true;
        record
    };
    let mut of_a_tenant = parked("parked");
    (of_a_tenant.tenant, of_a_tenant.payload) = (Some("a tenant".to_owned()), Some(Bytes::from_static(b"\xfe")));
    accept(store, of_a_tenant).await?;
    let mut distinct = parked("distinct");
    distinct.identity = None;
    accept(store, distinct).await?;
    accept(store, parked("edited")).await?;
    let edited = *numbers(store).await?.last().ok_or("it lists nothing")?;
    let (body, reason) = (Bytes::from_static(b"{\"mended\":true}"), Some("why".to_owned()));
    same("the edit", store.events().edit(edited, body, reason, START).await?, Edited::Done)?;
    accept(store, in_lane("first of its lane", "a")).await?;
    accept(store, in_lane("second of its lane", "a")).await?;
    Ok(lease)
}

/// What a move leaves of an event: all but its lease.
pub(super) fn unlent(mut event: Moved) -> Moved {
    if event.listed.state == State::Working {
        (event.listed.state, event.listed.due_at) = (State::Waiting, Some(MOVED_AT));
        if let Some(attempt) = event.attempts.last_mut() {
            (attempt.ended_at, attempt.outcome) = (Some(MOVED_AT), Some("lost".to_owned()));
        }
    }
    event
}

/// Holds that these are the same events, with all that is kept of them.
pub(super) fn same_events(what: &str, are: &[Moved], expected: &[Moved]) -> Held {
    same(what, are.len(), expected.len())?;
    for (is, expected) in are.iter().zip(expected) {
        let what = format!("{what}: event {}", expected.listed.number);
        let (mut listed, mut due) = (is.listed.clone(), expected.listed.clone());
        if expected.record.lane.is_some() {
            // Due at once, by the clock of either store.
            same(&format!("{what}, whether it has its turn"), listed.due_at.is_some(), due.due_at.is_some())?;
            (listed.due_at, due.due_at) = (None, None);
        }
        same(&format!("{what}, as it is listed"), listed, due)?;
        hold(is.record == expected.record, || {
            format!("{what}, its record: {:?}, not {:?}", is.record, expected.record)
        })?;
        let facts = |event: &Moved| (event.has_contents, event.claims, event.attempts.clone());
        same(&format!("{what}, its contents, claims and attempts"), facts(is), facts(expected))?;
        hold(is.original == expected.original, || format!("{what}, what came in: {:?}", is.original))?;
    }
    Ok(())
}

/// Holds that people, who do not ask the side that moves, see the same of every event in both.
pub(super) async fn same_to_people(there: &impl Operated, here: &impl Operated) -> Held {
    let record = |found: Option<(Listed, EventRecord)>| found.map(|(_, record)| record);
    for number in numbers(there).await? {
        let (there, here) = (there.events(), here.events());
        let (from, to) = (record(there.inspect(number).await?), record(here.inspect(number).await?));
        hold(from.is_some() && from == to, || format!("event {number}, to whoever reads it: {to:?}, not {from:?}"))?;
        let (from, to) = (there.original(number).await?, here.original(number).await?);
        hold(from == to, || format!("event {number}, what came in: {to:?}, not {from:?}"))?;
        same("how often it was tried", here.attempts(number).await?.len(), there.attempts(number).await?.len())?;
    }
    Ok(())
}
