//! An engine that is killed, stopped and started again under load.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, WorkError, Worker};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::nodes::{all_is_worked, locked};
use super::sample::sample_record;
use super::{EngineBackend, Held, Stopwatch, hold, same};

const ROUNDS: usize = 5;
const SENDERS: usize = 16;
/// Within so much of the engine's return something is acknowledged again.
const BACK: Duration = Duration::from_secs(2);
/// How many are acknowledged at least in each round, or the engine hardly lived.
const LEAST: usize = 60;
/// How long a busy machine may take for what comes by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// What senders and the worker saw.
#[derive(Default)]
struct Seen {
    acknowledged: Mutex<BTreeSet<String>>,
    worked: Mutex<BTreeSet<String>>,
    refused: AtomicUsize,
    last: Mutex<Option<Instant>>,
    longest: Mutex<Duration>,
    over: AtomicBool,
}

/// A sender, who tries again what was not acknowledged.
async fn send<S: AcceptingSide>(store: S, name: String, seen: Arc<Seen>) {
    let mut at = 0_usize;
    while !seen.over.load(Ordering::Relaxed) {
        let id = format!("{name}.{at}");
        let began = Stopwatch::start();
        let answer = store.accept(vec![sample_record(&id)]).await;
        {
            let mut longest = locked(&seen.longest);
            *longest = began.elapsed().max(*longest);
        }
        if answer.is_ok() {
            locked(&seen.acknowledged).insert(id);
            *locked(&seen.last) = Some(Instant::now());
            at = at.wrapping_add(1);
            sleep(Duration::from_millis(1)).await;
        } else {
            seen.refused.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Ends when senders were told so often that it has lived, and not before a moment of that.
async fn it_lives(seen: &Seen) -> Held {
    let (began, before) = (Instant::now(), locked(&seen.acknowledged).len());
    sleep(Duration::from_millis(400)).await;
    loop {
        let count = locked(&seen.acknowledged).len().saturating_sub(before);
        if count >= LEAST {
            return Ok(());
        }
        hold(began.elapsed() < PATIENCE, || format!("{count} were acknowledged within {PATIENCE:?}"))?;
        sleep(Duration::from_millis(20)).await;
    }
}

/// While it is away for long nobody waits for it, and nothing piles up.
async fn it_is_away<B: EngineBackend>(backend: &B, store: &B::Store) -> Held {
    let patience = backend.patience();
    sleep(Duration::from_millis(1500)).await;
    let mut all = Vec::new();
    for _ in 0..20 {
        let began = Stopwatch::start();
        let answer = store.accept(vec![sample_record("evt_away")]).await;
        all.push(began.elapsed());
        hold(answer.is_err(), || "it acknowledges while its engine is away".to_owned())?;
        sleep(Duration::from_millis(15)).await;
    }
    // One or the other may meet a processor that has no time for it.
    all.sort_unstable();
    hold(all.get(all.len() / 2).is_some_and(|half| *half < patience.refused), || {
        format!("senders are refused after {all:?}")
    })?;
    // Whoever is on his way into the queue, or out of it, is no pile.
    let began = Instant::now();
    loop {
        let (count, bytes) = backend.queued(store);
        if count <= patience.queued && (count > 0 || bytes == 0) {
            return Ok(());
        }
        hold(began.elapsed() < Duration::from_secs(10), || format!("{count} wait, of {bytes} bytes"))?;
        sleep(Duration::from_millis(15)).await;
    }
}

pub(super) async fn nothing_acknowledged_is_missing_and_the_store_is_back_within_two_seconds<B: EngineBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    let seen = Arc::new(Seen::default());
    let diary = seen.clone();
    let worker = Worker::new(store.clone(), move |event: Event| {
        locked(&diary.worked).insert(event.id().unwrap_or_default().to_owned());
        std::future::ready(Ok::<_, WorkError>(()))
    });
    let mut working = JoinSet::new();
    working.spawn(worker.lease(Duration::from_secs(2)).run_until(std::future::pending()));
    let mut sending: JoinSet<()> = (0..SENDERS).map(|at| send(store.clone(), at.to_string(), seen.clone())).collect();
    for round in 0..ROUNDS {
        it_lives(&seen).await?;
        if round == 3 {
            backend.stop()?
        } else {
            backend.kill()?
        }
        if round == 1 {
            it_is_away(backend, &store).await?;
        }
        backend.start()?;
        let up = Instant::now();
        let back = async {
            while locked(&seen.last).is_none_or(|last| last < up) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let back = Stopwatch::within(BACK, back).await;
        hold(back.is_some(), || format!("nothing is acknowledged {BACK:?} after the engine is back"))?;
    }
    sleep(Duration::from_millis(300)).await;
    seen.over.store(true, Ordering::Relaxed);
    while let Some(sent) = sending.join_next().await {
        sent?;
    }
    let longest = *locked(&seen.longest);
    hold(longest < backend.patience().longest, || format!("a sender waited for {longest:?}"))?;

    let acknowledged = locked(&seen.acknowledged).clone();
    let (count, refused) = (acknowledged.len(), seen.refused.load(Ordering::Relaxed));
    hold(refused > 0, || format!("{count} were acknowledged, and nobody was refused"))?;
    let stored = backend.ids(&store).await?;
    let different: BTreeSet<_> = stored.iter().cloned().collect();
    same("events and different ones that the engine has", stored.len(), different.len())?;
    let missing: Vec<_> = acknowledged.difference(&different).collect();
    hold(missing.is_empty(), || format!("{count} were acknowledged, and missing are {missing:?}"))?;
    all_is_worked(backend, &store).await?;
    let worked = locked(&seen.worked).clone();
    hold(worked == different, || {
        let unworked: Vec<_> = different.symmetric_difference(&worked).collect();
        format!("done and not worked, or worked and not there: {unworked:?}")
    })
}
