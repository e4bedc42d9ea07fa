//! What a store writes down of requests.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Reason, Secret, UnixTime};
use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::inbox::{AcceptingSide, Failure, Next, Split, WorkingSide};
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::operating::{JournalSide, Operated};
use hookporter_pipeline::{BoxError, Endpoint, Observer, Outcome, Record, TraceId};

use super::endpoints::{PATIENCE, RIGHT, WRONG, events, github, push, send, until};
use super::sample::{START, claim};
use super::{Held, InboxBackend, hold, same};

fn journal(store: &impl AcceptingSide) -> Result<Arc<dyn Observer>, BoxError> {
    store.journal().ok_or_else(|| "it gives endpoints no journal".into())
}

fn side(store: &impl Operated) -> Result<Arc<dyn JournalSide>, BoxError> {
    store.requests().ok_or_else(|| "its desk has no journal".into())
}

/// The entries once there are so many, the oldest first.
async fn entries(store: &impl Operated, count: usize) -> Result<Vec<Arc<Entry>>, BoxError> {
    let side = side(store)?;
    let mut found = until(count, async || Ok(side.entries(Query::new(), u64::MAX, 10_000).await?)).await?;
    found.reverse();
    Ok(found)
}

/// A record as an endpoint makes one, of a request with this trace.
fn record(trace: u64, outcome: Outcome) -> Record {
    let reason = matches!(outcome, Outcome::Rejected).then_some(Reason::InvalidSignature);
    Record {
        trace: TraceId::from_bits(trace),
        at: START,
        endpoint: "github".into(),
        provider: "github".into(),
        tenant: None,
        method: "POST".to_owned(),
        path: format!("/hooks/{trace}"),
        headers: vec![("user-agent".to_owned(), "someone".to_owned())],
        outcome,
        status: if reason.is_some() { 401 } else { 200 },
        reason,
        stage: reason.map(Reason::stage),
        detail: reason.map(|reason| reason.to_string()),
        key_id: reason.is_none().then(|| "key".into()),
        event_id: reason.is_none().then(|| format!("evt_{trace}")),
        event_type: None,
        api_version: None,
        body_bytes: 7,
        body_digest: None,
        duration: Duration::from_micros(1234),
        report_only: false,
    }
}

async fn kill_the_first<S: WorkingSide>(store: &S) -> Held {
    let lease = store.claim(claim(START, 1)).await?.leases.pop().ok_or("nothing is due")?;
    let dead = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    let _ = store.fail(lease.id, dead).await?;
    Ok(())
}

/// What came, and the numbers of its two events.
struct Came {
    entries: Vec<Arc<Entry>>,
    first: i64,
    second: i64,
}

async fn came<S: AcceptingSide + WorkingSide + Operated + Clone>(store: &S) -> Result<Came, BoxError> {
    let endpoint = Arc::new(github(store, RIGHT)?);
    for request in [push(RIGHT, "[1]"), push(RIGHT, "[2]"), push(RIGHT, "[1]"), push(WRONG, "[3]")] {
        send(&endpoint, &request).await?;
    }
    endpoint.pause();
    send(&endpoint, &push(RIGHT, "[4]")).await?;
    endpoint.resume();
    // A dead letter that comes again is the same event.
    kill_the_first(store).await?;
    send(&endpoint, &push(RIGHT, "[1]")).await?;
    let entries = entries(store, 6).await?;
    match &events(store).await?[..] {
        [first, second] => Ok(Came { entries, first: first.number, second: second.number }),
        events => Err(format!("not two events: {events:?}").into()),
    }
}

pub(super) async fn every_outcome_leaves_its_row_with_the_number_of_its_event<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held
where
    B::Store: Operated,
{
    let Came { entries: found, first, second } = came(&store).await?;
    let told = |entry: &Arc<Entry>| (entry.record.outcome, entry.record.status, entry.record.reason, entry.event);
    let expected = vec![
        (Outcome::Accepted, 200, None, Some(first)),
        (Outcome::Accepted, 200, None, Some(second)),
        (Outcome::Duplicate, 200, None, Some(first)),
        (Outcome::Rejected, 401, Some(Reason::InvalidSignature), None),
        (Outcome::Unavailable, 503, Some(Reason::EndpointPaused), None),
        (Outcome::Duplicate, 200, None, Some(first)),
    ];
    same("the rows", found.iter().map(told).collect::<Vec<_>>(), expected)?;
    let whole = store.events().inspect(second).await?.map(|(_, record)| record.trace);
    same("the trace of an event", whole, found.get(1).map(|entry| Some(entry.record.trace)))?;
    // One that is parked has its number, too.
    let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let stripe = Endpoint::stripe(secret)?.accept_versions(["=2020-01-01"])?.clock(FrozenClock(START));
    let stripe = stripe.budget(PATIENCE).inbox(&store);
    let request = crate::stripe("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").at(START).build();
    same("what its sender is told", send(&Arc::new(stripe), &request).await?, 200)?;
    let parked = entries(&store, 7).await?.pop().map(|entry| (entry.record.outcome, entry.event));
    let event = events(&store).await?.pop().map(|event| event.number);
    same("the parked one", parked, Some((Outcome::Parked, event)))
}

pub(super) async fn a_query_chooses_among_them<B: InboxBackend>(_: &B, store: B::Store) -> Held
where
    B::Store: Operated,
{
    let Came { entries: found, first, .. } = came(&store).await?;
    let side = side(&store)?;
    let trace = found.get(3).map(|entry| entry.record.trace.to_string()).unwrap_or_default();
    let trace = trace.get(..9).unwrap_or_default();
    for (what, query, places) in [
        ("those of an event", Query::new().event(first), &[5, 2, 0][..]),
        ("refused ones", Query::new().rejected(), &[3]),
        ("those of a reason", Query::new().reason(Reason::EndpointPaused), &[4]),
        ("those of another endpoint", Query::new().of("stripe"), &[]),
        ("those of a trace", Query::new().text(trace), &[3]),
        ("a text and an outcome", Query::new().text("pu").outcome(Outcome::Duplicate), &[5, 2]),
        ("later ones", Query::new().since(UnixTime::from_secs(START.as_secs().saturating_add(1))), &[]),
        ("those up to then", Query::new().until(START.plus(Duration::from_millis(1))).rejected(), &[3]),
    ] {
        let asked: Vec<u64> = side.entries(query, u64::MAX, 10).await?.iter().map(|entry| entry.number).collect();
        let expected: Vec<u64> = places.iter().filter_map(|at| found.get(*at)).map(|entry| entry.number).collect();
        same(what, asked, expected)?;
    }
    let behind = found.get(2).map_or(0, |entry| entry.number);
    let page: Vec<_> = side.entries(Query::new(), behind, 1).await?.iter().map(|entry| entry.number).collect();
    same("the next page", page, found.get(1).map(|entry| entry.number).into_iter().collect::<Vec<_>>())?;
    let reasons = side.reasons(Query::new()).await?;
    let counted = reasons.iter().map(|count| (count.reason, count.count)).collect::<Vec<_>>();
    same("the reasons", counted, vec![(Reason::EndpointPaused, 1), (Reason::InvalidSignature, 1)])?;
    same("lost ones", side.lost(), 0)
}

pub(super) async fn what_is_written_is_what_was_noted_and_is_there_after_a_restart<B: InboxBackend>(
    backend: &B,
    store: B::Store,
) -> Held
where
    B::Store: Operated,
{
    let odd = Record {
        tenant: Some("alice".into()),
        headers: vec![("a".to_owned(), "b: c".to_owned()), ("d".to_owned(), "\u{fffd}ü\0".to_owned())],
        event_id: Some("\0 and \u{241b}0".to_owned()),
        event_type: Some("push".to_owned()),
        api_version: Some("v1".to_owned()),
        body_digest: Some("aa".to_owned()),
        report_only: true,
        ..record(3, Outcome::Handshake)
    };
    let noted = vec![record(u64::MAX, Outcome::Duplicate), record(2, Outcome::Rejected), odd];
    let observer = journal(&store)?;
    noted.iter().for_each(|record| observer.observe(record));
    drop(observer);
    let store = backend.restart(store).await?;
    let found = entries(&store, 3).await?;
    same("the rows", found.iter().map(|entry| (*entry.record).clone()).collect::<Vec<_>>(), noted)?;
    // The next process goes on behind them.
    send(&Arc::new(github(&store, RIGHT)?), &push(RIGHT, "[1]")).await?;
    let found = entries(&store, 4).await?;
    hold(found.is_sorted_by_key(|entry| entry.number), || format!("the numbers do not ascend: {found:?}"))?;
    // Its headers are those of its event.
    let Some(last) = found.last() else { return Err("no last row".into()) };
    let has = last.record.headers.iter().any(|(name, value)| name == "x-github-event" && value == "push");
    hold(has, || format!("no header of the event: {last:?}"))?;
    same("one by its number", side(&store)?.entry(last.number).await?.as_ref(), Some(last))
}

pub(super) async fn what_is_found_out_comes_to_its_row_whichever_comes_first<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held
where
    B::Store: Operated,
{
    let observer = journal(&store)?;
    let cause =
        LikelyCause { at: START, cause: "wrong-secret".into(), is_proven: true, message: "a key of before".to_owned() };
    observer.explain(TraceId::from_bits(1), &cause);
    tokio::time::sleep(Duration::from_millis(700)).await;
    observer.observe(&record(1, Outcome::Rejected));
    observer.observe(&record(2, Outcome::Rejected));
    entries(&store, 2).await?;
    observer.explain(TraceId::from_bits(2), &cause);
    let side = side(&store)?;
    let explained = until(2, async || {
        let found = side.entries(Query::new(), u64::MAX, 10).await?;
        Ok(found.iter().filter_map(|entry| entry.cause.clone()).collect::<Vec<_>>())
    });
    same("the causes", explained.await?, vec![cause.clone(), cause])
}

pub(super) async fn what_a_stranger_has_a_hand_in_is_shortened<B: InboxBackend>(_: &B, store: B::Store) -> Held
where
    B::Store: Operated,
{
    let observer = journal(&store)?;
    observer.observe(&Record { method: "M".repeat(60_000), ..record(1, Outcome::Rejected) });
    let message = format!("the header `{}` was sent", "ä".repeat(30_000));
    let cause = LikelyCause { at: START, cause: "header-renamed".into(), is_proven: false, message };
    observer.explain(TraceId::from_bits(1), &cause);
    let side = side(&store)?;
    let found = until(1, async || {
        let found = side.entries(Query::new(), u64::MAX, 10).await?;
        Ok(found.into_iter().filter(|entry| entry.cause.is_some()).collect::<Vec<_>>())
    });
    let found = found.await?;
    let method = found.iter().map(|entry| entry.record.method.clone()).collect::<Vec<_>>();
    same("the method", method, vec!["M".repeat(32)])?;
    let kept = found.iter().filter_map(|entry| entry.cause.as_ref()).map(|cause| cause.message.len());
    hold(kept.clone().all(|kept| (500..=512).contains(&kept)), || format!("{:?} bytes", kept.collect::<Vec<_>>()))
}

pub(super) async fn a_delivery_of_several_events_leads_to_the_first_of_them<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held
where
    B::Store: Operated,
{
    let endpoint = github(&store, RIGHT)?.split(Split::array("/items").signed_id("/id"))?;
    let endpoint = Arc::new(endpoint);
    send(&endpoint, &push(RIGHT, r#"{"items":[{"id":"a"},{"id":"b"}]}"#)).await?;
    // Its first event is known, its second is new.
    send(&endpoint, &push(RIGHT, r#"{"items":[{"id":"b"},{"id":"c"}]}"#)).await?;
    let found = entries(&store, 2).await?;
    let numbers: Vec<_> = events(&store).await?.iter().take(2).map(|event| Some(event.number)).collect();
    same("the events", found.iter().map(|entry| entry.event).collect::<Vec<_>>(), numbers)
}

pub(super) async fn a_request_has_no_headers_of_a_later_one<B: InboxBackend>(_: &B, store: B::Store) -> Held
where
    B::Store: Operated,
{
    let endpoint = Arc::new(github(&store, RIGHT)?);
    let from = |agent| push(RIGHT, "[1]").with_header("user-agent", agent);
    let agents = async |count| {
        let agent = |entry: &Arc<Entry>| {
            let mut headers = entry.record.headers.iter();
            headers.find(|(name, _)| name == "user-agent").map(|(_, value)| value.clone())
        };
        Ok::<_, BoxError>(entries(&store, count).await?.iter().map(agent).collect::<Vec<_>>())
    };
    send(&endpoint, &from("first")).await?;
    same("the first", agents(1).await?, vec![Some("first".to_owned())])?;
    kill_the_first(&store).await?;
    // The dead letter has its contents from now on.
    send(&endpoint, &from("second")).await?;
    same("both", agents(2).await?, vec![None, Some("second".to_owned())])
}

pub(super) async fn an_event_that_is_erased_has_left_the_journal<B: InboxBackend>(_: &B, store: B::Store) -> Held
where
    B::Store: Operated,
{
    let endpoint = Arc::new(github(&store, RIGHT)?);
    for body in ["[1]", "[2]", "[1]"] {
        send(&endpoint, &push(RIGHT, body)).await?;
    }
    entries(&store, 3).await?;
    let [first, _] = &events(&store).await?[..] else { return Err("not two events".into()) };
    // One of the event that could not be taken, so that it has no number, and one that is still on its way.
    let untaken = Record { event_id: first.event_id.clone(), ..record(77, Outcome::Unavailable) };
    let observer = journal(&store)?;
    observer.observe(&untaken);
    entries(&store, 4).await?;
    observer.observe(&untaken);
    hold(store.events().erase(first.number).await?, || "it was not erased".to_owned())?;
    observer.observe(&record(88, Outcome::Duplicate));
    let left: Vec<_> = entries(&store, 2).await?.iter().map(|entry| entry.record.outcome).collect();
    same("what is left", left, vec![Outcome::Accepted, Outcome::Duplicate])
}
