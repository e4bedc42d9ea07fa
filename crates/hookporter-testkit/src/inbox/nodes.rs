//! Several nodes with the same events, each a store with connections of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::{
    AcceptingSide, Claim, EventRecord, Settled, WorkError, Worker, WorkerEnd, WorkingSide,
};
use hookporter_pipeline::{BoxError, Event};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::accepting::of_a_thousand_copies_one_is_new;
use super::lanes::in_lane;
use super::sample::{sample_record, told};
use super::{Held, SharedBackend, hold, same};

/// How long everything that was accepted may take until it is worked.
const PATIENCE: Duration = Duration::from_secs(60);
const NODES: usize = 3;

/// What is under the lock, also of somebody who ended with it: nothing under these locks can be left half done.
pub(super) fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends when the engine says that everything is worked.
pub(super) async fn all_is_worked<B: SharedBackend>(backend: &B, store: &B::Store) -> Held {
    let began = Instant::now();
    loop {
        let left = backend.undone(store).await?;
        if left == 0 {
            return Ok(());
        }
        hold(began.elapsed() < PATIENCE, || format!("{left} events are not worked within {PATIENCE:?}"))?;
        sleep(Duration::from_millis(50)).await;
    }
}

/// The store, and more nodes with its events.
async fn nodes<B: SharedBackend>(backend: &B, store: B::Store) -> Result<Vec<B::Store>, BoxError> {
    let mut nodes = vec![store];
    while let (true, Some(first)) = (nodes.len() < NODES, nodes.first()) {
        nodes.push(backend.node(first).await?);
    }
    Ok(nodes)
}

async fn all_is_worked_of<B: SharedBackend>(backend: &B, nodes: &[B::Store]) -> Held {
    all_is_worked(backend, nodes.first().ok_or("there is no node")?).await
}

/// Accepts these events one after the other, each at the next of these nodes.
async fn accept_in_turn<S: AcceptingSide>(
    nodes: Vec<S>,
    records: impl Iterator<Item = EventRecord>,
) -> Result<(), String> {
    for (node, record) in nodes.iter().cycle().zip(records) {
        node.accept(vec![record]).await.map_err(|error| told(&error).to_string())?;
    }
    Ok(())
}

/// Ends when all of these have.
async fn all_of(mut accepting: JoinSet<Result<(), String>>) -> Held {
    while let Some(accepted) = accepting.join_next().await {
        accepted??;
    }
    Ok(())
}

/// Workers of all these nodes, for as long as this is kept.
fn at_work<S, F, R>(nodes: &[S], concurrency: usize, function: F) -> JoinSet<WorkerEnd>
where
    S: WorkingSide + Clone,
    F: Fn(Event) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<(), WorkError>> + Send + 'static,
{
    let worker = |node: &S| Worker::new(node.clone(), function.clone()).concurrency(concurrency);
    nodes.iter().map(|node| worker(node).run_until(std::future::pending())).collect()
}

pub(super) async fn copies_at_two_nodes_are_one_event<B: SharedBackend>(backend: &B, store: B::Store) -> Held {
    let other = backend.node(&store).await?;
    of_a_thousand_copies_one_is_new(&[&store, &other]).await?;
    same("the events that the engine has", backend.ids(&store).await?, vec!["evt_1".to_owned()])?;
    same("those of them that wait", backend.undone(&store).await?, 1)
}

/// What is being worked, and how often each was.
#[derive(Default)]
struct Worked {
    under_way: BTreeSet<String>,
    worked: BTreeMap<String, u32>,
    by_two_at_once: BTreeSet<String>,
}

pub(super) async fn nodes_that_accept_and_work_at_once_work_each_event_once<B: SharedBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    const PRODUCERS: usize = 4;
    const EVENTS: usize = 100;
    let nodes = nodes(backend, store).await?;
    let seen = Arc::<Mutex<Worked>>::default();
    let diary = seen.clone();
    let _working = at_work(&nodes, 20, move |event: Event| {
        let (diary, id) = (diary.clone(), event.id().unwrap_or_default().to_owned());
        async move {
            if !locked(&diary).under_way.insert(id.clone()) {
                locked(&diary).by_two_at_once.insert(id.clone());
            }
            sleep(Duration::from_millis(3)).await;
            let mut diary = locked(&diary);
            diary.under_way.remove(&id);
            let times = diary.worked.entry(id).or_default();
            *times = times.saturating_add(1);
            Ok(())
        }
    });
    let mut producing = JoinSet::new();
    for (place, node) in nodes.iter().enumerate() {
        for producer in 0..PRODUCERS {
            let records = (0..EVENTS).map(move |at| sample_record(&format!("{place}.{producer}.{at}")));
            producing.spawn(accept_in_turn(vec![node.clone()], records));
        }
    }
    all_of(producing).await?;
    all_is_worked_of(backend, &nodes).await?;
    let seen = locked(&seen);
    hold(seen.by_two_at_once.is_empty(), || format!("worked by two at once: {:?}", seen.by_two_at_once))?;
    same("events that were worked", seen.worked.len(), NODES.saturating_mul(PRODUCERS).saturating_mul(EVENTS))?;
    let again: Vec<_> = seen.worked.iter().filter(|(_, times)| **times > 1).collect();
    hold(again.is_empty(), || format!("worked more than once: {again:?}"))
}

/// What of a lane was worked.
#[derive(Default)]
struct Lane {
    is_under_way: bool,
    by_two_at_once: bool,
    worked: Vec<usize>,
}

type Lanes = Arc<Mutex<BTreeMap<String, Lane>>>;

/// Works an event of a lane, some of them at the second attempt only.
async fn work_in_order(lanes: Lanes, event: Event) -> Result<(), WorkError> {
    let (name, at) = event.id().and_then(|id| id.split_once('.')).unwrap_or_default();
    let at: usize = at.parse().map_err(|_| WorkError::dead_letter("its id is another"))?;
    {
        let mut lanes = locked(&lanes);
        let lane = lanes.entry(name.to_owned()).or_default();
        lane.by_two_at_once |= std::mem::replace(&mut lane.is_under_way, true);
    }
    sleep(Duration::from_millis(1)).await;
    let fails = at % 10 == 7 && event.attempt() == 1;
    let mut lanes = locked(&lanes);
    let lane = lanes.entry(name.to_owned()).or_default();
    lane.is_under_way = false;
    if fails {
        // A failure holds its lane up.
        return Err(WorkError::retry_after(Duration::from_millis(30), "not yet"));
    }
    lane.worked.push(at);
    Ok(())
}

pub(super) async fn events_of_a_lane_are_worked_in_order_whichever_nodes_accept_and_work_them<B: SharedBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    const LANES: usize = 12;
    const EVENTS: usize = 40;
    let nodes = nodes(backend, store).await?;
    let lanes = Lanes::default();
    let worked = lanes.clone();
    let _working = at_work(&nodes, 16, move |event| work_in_order(worked.clone(), event));
    // Each lane's events come one after the other, at another node each time, while workers empty the lane: each is the first of
    // its lane or not, and only the engine knows.
    let mut producing = JoinSet::new();
    for lane in 0..LANES {
        let records = (0..EVENTS).map(move |at| in_lane(&format!("{lane}.{at}"), &format!("customer {lane}")));
        let mut nodes = nodes.clone();
        nodes.rotate_left(lane % NODES);
        producing.spawn(accept_in_turn(nodes, records));
    }
    all_of(producing).await?;
    all_is_worked_of(backend, &nodes).await?;
    let lanes = locked(&lanes);
    same("lanes", lanes.len(), LANES)?;
    for (name, lane) in &*lanes {
        hold(!lane.by_two_at_once, || format!("two of lane {name} are worked at once"))?;
        same("a lane, in the order in which it was worked", &lane.worked, &(0..EVENTS).collect())?;
    }
    Ok(())
}

pub(super) async fn an_event_that_comes_while_the_one_before_it_is_completed_is_due<B: SharedBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    const LANES: usize = 400;
    let other = backend.node(&store).await?;
    let record = |id: &str, lane: usize| in_lane(&format!("{id}.{lane}"), &format!("lane {lane}"));
    let claim = || Claim { now: SystemClock.now(), lease: Duration::from_secs(600), most: LANES, attempts: 5 };
    store.accept((0..LANES).map(|lane| record("first", lane)).collect()).await.map_err(|error| told(&error))?;
    let leases = store.claim(claim()).await?.leases;
    same("the first of each lane", leases.len(), LANES)?;
    for (lane, lease) in leases.iter().enumerate() {
        let completion = store.complete(lease.id, SystemClock.now());
        let (settled, accepted) = tokio::join!(completion, other.accept(vec![record("second", lane)]));
        same("the completion", settled?, Settled::Done)?;
        accepted.map_err(|error| told(&error))?;
    }
    same("the second of each lane", store.claim(claim()).await?.leases.len(), LANES)
}
