//! What a store keeps of refused requests, and how it comes out again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{FrozenClock, Header, Identity, Reason, Rejection, Scheme, Secret};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_pipeline::operating::{Operated, QuarantineSide, RefusedListed, RefusedRequest, RefusedSelection};
use hookporter_pipeline::{BoxError, Endpoint, Keys, TraceId};

use super::endpoints::{PATIENCE, RIGHT, WRONG, events, github, push, send, until};
use super::sample::{START, sample_record};
use super::{Held, InboxBackend, hold, same};
use crate::ManualClock;

fn side(store: &impl Operated) -> Result<Arc<dyn QuarantineSide>, BoxError> {
    store.refused().ok_or_else(|| "its desk has no quarantine".into())
}

/// What is kept, once it is so many.
async fn kept(store: &impl Operated, many: usize) -> Result<Vec<RefusedListed>, BoxError> {
    let side = side(store)?;
    until(many, async || Ok(side.select_refused(RefusedSelection::all(), 0, 10_000).await?)).await
}

fn keeping(store: &(impl AcceptingSide + Clone), secret: &str) -> Result<Arc<Endpoint>, BoxError> {
    Ok(Arc::new(github(store, secret)?.quarantine()?))
}

/// What becomes of all of them, in words. The endpoint's name is free once nobody examines any more what another one has refused.
async fn recheck(endpoint: &Endpoint) -> Result<Vec<&'static str>, BoxError> {
    let began = tokio::time::Instant::now();
    loop {
        match endpoint.recheck(RefusedSelection::all()).await {
            Ok(judged) => return Ok(judged.iter().map(|judged| judged.outcome.as_str()).collect()),
            Err(error)
                if began.elapsed() < PATIENCE && error.to_string().contains("another endpoint of this inbox") =>
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

pub(super) async fn what_is_kept_comes_back_byte_for_byte<B: InboxBackend>(_: &B, store: B::Store) -> Held
where
    B::Store: Operated,
{
    let request = RefusedRequest {
        trace: TraceId::from_bits(u64::MAX),
        endpoint: "acme".to_owned(),
        reason: Reason::InvalidSignature,
        detail: "invalid-signature: \0".to_owned(),
        arrived_at: START,
        method: "POST".to_owned(),
        target: "/hook?x=%20ü".to_owned(),
        reached_proof: true,
        headers: vec![("x-bytes".to_owned(), vec![0xff, b':', b' ', 0]), ("x-empty".to_owned(), Vec::new())],
        body: Bytes::from_static(b"\0\xff\r\n"),
        peer: "[2001:db8::1]:80".parse().ok(),
        sealed_by: None,
    };
    let side = side(&store)?;
    hold(side.has_room(4), || "an empty one has no room".to_owned())?;
    side.keep(request.clone());
    let [listed] = &kept(&store, 1).await?[..] else { return Err("not one".into()) };
    same("its length", (listed.body_bytes, listed.reached_proof), (4, true))?;
    let back = side.refused_request(listed.number).await?;
    hold(back.as_ref() == Some(&request), || format!("{back:?} {:?}", back.as_ref().map(|back| &back.headers)))?;
    same("none", side.refused_request(listed.number.saturating_add(1)).await?.is_none(), true)
}

pub(super) async fn what_was_refused_under_a_wrong_secret_is_handed_off_once<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held
where
    B::Store: Operated,
{
    let endpoint = keeping(&store, WRONG)?;
    for body in ["[1]", "[2]", "[3]"] {
        same("refused", send(&endpoint, &push(RIGHT, body)).await?, 401)?;
    }
    kept(&store, 3).await?;
    same("before it is mended", recheck(&endpoint).await?, vec!["rejected"; 3])?;
    let judged = kept(&store, 3).await?.iter().all(|one| one.judged_at == Some(START));
    hold(judged, || "it is not noted that they were judged again".to_owned())?;
    same("events", events(&store).await?.len(), 0)?;
    drop(endpoint);
    let endpoint = keeping(&store, RIGHT)?;
    // The sender has retried one of them meanwhile, and a stranger has sent one. The name is free once nobody examines any more what
    // the endpoint before has refused.
    until(1, async || {
        Ok(Some(send(&endpoint, &push(RIGHT, "[2]")).await?).filter(|told| *told == 200).into_iter().collect())
    })
    .await?;
    same("a forged one", send(&endpoint, &push("a secret of nobody's at all", "[4]")).await?, 401)?;
    kept(&store, 4).await?;
    same("mended", recheck(&endpoint).await?, vec!["accepted", "duplicate", "accepted", "rejected"])?;
    same("events", events(&store).await?.len(), 3)?;
    same("once more", recheck(&endpoint).await?, vec!["rejected"])?;
    // And one comes once more afterwards.
    same("a late retry", send(&endpoint, &push(RIGHT, "[1]")).await?, 200)?;
    same("events", events(&store).await?.len(), 3)
}

pub(super) async fn an_event_is_what_it_would_have_been<B: InboxBackend>(backend: &B, store: B::Store) -> Held
where
    B::Store: Operated,
{
    let request = push(RIGHT, r#"{"a":1}"#).with_target("/hook?x=1");
    send(&keeping(&store, WRONG)?, &request).await?;
    let traces: Vec<_> = kept(&store, 1).await?.iter().map(|listed| Some(listed.trace)).collect();
    same("mended", recheck(&*keeping(&store, RIGHT)?).await?, vec!["accepted"])?;
    let other = backend.empty().await?;
    same("directly", send(&keeping(&other, RIGHT)?, &request).await?, 200)?;
    let only = async |store: &B::Store| {
        let listed = events(store).await?.pop().ok_or("no event")?;
        let found = store.events().inspect(listed.number).await?;
        Ok::<_, BoxError>(found.ok_or("its contents are gone")?.1)
    };
    let (readmitted, mut direct) = (only(&store).await?, only(&other).await?);
    same("called what the refused request was called", vec![readmitted.trace], traces)?;
    direct.trace = readmitted.trace;
    hold(readmitted == direct, || format!("{readmitted:?} {direct:?}"))
}

/// Freshness is judged by the arrival, both ways.
pub(super) async fn what_was_fresh_when_it_came_is_and_what_was_stale_stays_so<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held
where
    B::Store: Operated,
{
    let (right, wrong) = ("whsec_of_the_sender_12345", "whsec_of_another_one_12345");
    let clock = ManualClock::at(START);
    let stripe = |secret: &str| -> Result<Arc<Endpoint>, BoxError> {
        let endpoint = Endpoint::stripe(Secret::new(secret))?.inbox(&store).quarantine()?;
        Ok(Arc::new(endpoint.clock(clock.clone())))
    };
    let request = |id: &str, at| crate::stripe(right).event("invoice.paid").event_id(id).at(at).build();
    let endpoint = stripe(wrong)?;
    send(&endpoint, &request("evt_fresh", START)).await?;
    send(&endpoint, &request("evt_stale", START.minus(Duration::from_secs(3600)))).await?;
    let came: Vec<_> = kept(&store, 2).await?.iter().map(|one| (one.reason, one.reached_proof)).collect();
    same("why", came, vec![(Reason::InvalidSignature, true), (Reason::TimestampTooOld, false)])?;
    drop(endpoint);
    clock.advance(Duration::from_secs(3 * 24 * 3600));
    same("days later", recheck(&*stripe(right)?).await?, vec!["accepted", "rejected"])?;
    let came: Vec<_> = events(&store).await?.into_iter().map(|event| (event.received_at, event.event_id)).collect();
    same("the event", came, vec![(START, Some("evt_fresh".to_owned()))])
}

pub(super) async fn two_rechecks_at_the_same_time_hand_off_each_event_once<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held
where
    B::Store: Operated,
{
    // Nothing identifies these: only the readmission itself tells that it was done.
    let scheme = || Scheme::hmac_sha256().signature(Header::new("x-acme-signature").hex());
    let acme = |secret: &str| -> Result<Endpoint, BoxError> {
        let endpoint = Endpoint::custom("acme", scheme().identity(Identity::Distinct), Secret::new(secret))?;
        Ok(endpoint.clock(FrozenClock(START)))
    };
    let endpoint = Arc::new(acme(WRONG)?.inbox(&store).quarantine()?);
    for at in 0..40 {
        let request = crate::custom(scheme(), RIGHT).at(START).body(format!("[{at}]")).build();
        same("refused", send(&endpoint, &request).await?, 401)?;
    }
    kept(&store, 40).await?;
    // Two endpoints, which take no turns, as on two nodes.
    let again = async || -> Result<_, BoxError> {
        let (endpoint, side) = (acme(RIGHT)?, side(&store)?);
        Ok(tokio::spawn(async move { endpoint.recheck_in(side, RefusedSelection::all()).await }))
    };
    let (mut accepted, both) = (0_usize, [again().await?, again().await?]);
    for one in both {
        let judged = one.await??;
        accepted = accepted.saturating_add(judged.iter().filter(|one| one.outcome.as_str() == "accepted").count());
    }
    same("accepted, and there", (accepted, events(&store).await?.len()), (40, 40))?;
    kept(&store, 0).await.map(drop)
}

pub(super) async fn of_many_who_readmit_a_request_one_does<B: InboxBackend>(_: &B, store: B::Store) -> Held
where
    B::Store: Operated,
{
    let endpoint = keeping(&store, WRONG)?;
    for at in 0..10 {
        send(&endpoint, &push(RIGHT, &format!("[{at}]"))).await?;
    }
    let mut record = sample_record("evt_1");
    record.identity = None;
    let mut in_lane = record.clone();
    in_lane.lane = Some("customer 7".to_owned());
    let side = side(&store)?;
    for listed in kept(&store, 10).await? {
        let records = vec![record.clone(), in_lane.clone()];
        let all = [0; 4].map(|_| tokio::spawn(side.readmit(listed.number, records.clone())));
        let mut answers = Vec::new();
        for one in all {
            answers.extend(one.await??);
        }
        same("who did", answers, vec![vec![Accepted::New, Accepted::New]])?;
    }
    same("events", events(&store).await?.len(), 20)
}

pub(super) async fn a_filter_chooses_and_what_is_forgotten_is_gone<B: InboxBackend>(_: &B, store: B::Store) -> Held
where
    B::Store: Operated,
{
    let endpoint = keeping(&store, WRONG)?;
    send(&endpoint, &push(RIGHT, "[1]")).await?;
    send(&endpoint, &push(RIGHT, "[2]").with_header("x-hub-signature-256", "sha256=zz")).await?;
    let listed = kept(&store, 2).await?;
    let side = side(&store)?;
    let counts = side.refused_by_reason(RefusedSelection::all()).await?;
    let counts: Vec<_> = counts.iter().map(|count| (count.reason, count.count)).collect();
    same("the reasons", counts, vec![(Reason::InvalidSignature, 1), (Reason::MalformedHeader, 1)])?;
    let malformed = RefusedSelection::all().reason(Reason::MalformedHeader);
    let of = async |which: RefusedSelection| -> Result<Vec<i64>, BoxError> {
        Ok(side.select_refused(which, 0, 10).await?.iter().map(|one| one.number).collect())
    };
    let numbers: Vec<i64> = listed.iter().map(|one| one.number).collect();
    let ([first, second], number) = ([numbers.first(), numbers.last()], |one: Option<&i64>| one.copied().unwrap_or(0));
    let (first, second) = (number(first), number(second));
    same("those of a reason", of(malformed.clone()).await?, vec![second])?;
    same("those of numbers", of(RefusedSelection::all().numbers([first])).await?, vec![first])?;
    same("those of another endpoint", of(RefusedSelection::all().endpoint("another")).await?, vec![])?;
    let stale = Rejection::new(Reason::TimestampTooOld);
    same("judged again", side.refused_again(first, stale.clone(), START).await?, true)?;
    same("of a reason since", of(RefusedSelection::all().reason(Reason::TimestampTooOld)).await?, vec![first])?;
    same("forgotten", side.forget(malformed).await?, 1)?;
    same("what is left", of(RefusedSelection::all()).await?, vec![first])?;
    same("one that is gone", side.refused_again(second, stale, START).await?, false)?;
    same("the rest", side.forget(RefusedSelection::all()).await?, 1)?;
    kept(&store, 0).await.map(drop)
}

/// After the first proof that holds, what was held is handed off by itself.
pub(super) async fn what_was_held_is_handed_off_by_itself_once_a_proof_holds<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held
where
    B::Store: Operated,
{
    let is_right = Arc::new(AtomicBool::new(true));
    let current = is_right.clone();
    let keys = Keys::resolve(move |_| {
        let secret = Secret::new(if current.load(Ordering::SeqCst) { RIGHT } else { WRONG });
        async move { Ok::<_, BoxError>(Some(secret)) }
    });
    let endpoint = Endpoint::github(keys)?.clock(FrozenClock(START)).budget(PATIENCE).inbox(&store);
    let endpoint = Arc::new(endpoint.quarantine()?.hold_while_red()?);
    // What the source said counts for a second, and so often health is looked at.
    let moment = || tokio::time::sleep(Duration::from_millis(1100));
    same("the first", send(&endpoint, &push(RIGHT, "[0]")).await?, 200)?;
    is_right.store(false, Ordering::SeqCst);
    moment().await;
    for at in 1..=5 {
        same(
            "nothing shows yet that it is our own fault",
            send(&endpoint, &push(RIGHT, &format!("[{at}]"))).await?,
            401,
        )?;
    }
    moment().await;
    for at in 6..=8 {
        same("held", send(&endpoint, &push(RIGHT, &format!("[{at}]"))).await?, 503)?;
    }
    kept(&store, 8).await?;
    is_right.store(true, Ordering::SeqCst);
    moment().await;
    // The sender's own retry of one that was held.
    same("a retry", send(&endpoint, &push(RIGHT, "[8]")).await?, 200)?;
    kept(&store, 0).await?;
    same("each once", events(&store).await?.len(), 9)
}
