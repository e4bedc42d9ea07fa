//! Nodes that are killed at random while they accept and work.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::node::{CONCURRENCY, Duty};
use super::nodes::all_is_worked;
use super::{CrashBackend, Held, NodeDiary, NodeProcess, hold, same};

/// Any spread of moments does; the process id makes every run another.
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

/// How long a busy machine may take to start nodes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends when one of these has acknowledged something since then.
async fn one_lives(nodes: &[NodeProcess], since: Instant) -> Held {
    let began = Instant::now();
    while !nodes.iter().any(|node| node.has_acked_since(since)) {
        hold(began.elapsed() < PATIENCE, || format!("no node acknowledges anything within {PATIENCE:?}"))?;
        sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

pub(super) async fn nothing_acknowledged_is_missing_or_worked_by_two_when_nodes_are_killed<B: CrashBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    let (diary, rounds) = (NodeDiary::new(), backend.kills());
    let start = |life: usize, duty| NodeProcess::with(backend.program(&store)?, &diary, life, duty);
    let (mut acked, mut seed) = (BTreeSet::new(), u64::from(std::process::id()));
    let mut nodes = vec![start(0, Duty::AcceptAndWork)?, start(1, Duty::AcceptAndWork)?];
    for life in (0..rounds).map(|round| round.saturating_add(2)) {
        let began = Instant::now();
        sleep(Duration::from_millis(random(&mut seed).checked_rem(400).unwrap_or(0).saturating_add(250))).await;
        // The other one may still be starting: it may be killed in that, too.
        one_lives(&nodes, began).await?;
        let which = usize::from(random(&mut seed).is_multiple_of(2));
        acked.extend(nodes.remove(which).kill()?);
        nodes.push(start(life, Duty::AcceptAndWork)?);
    }
    let began = Instant::now();
    sleep(Duration::from_millis(500)).await;
    for node in nodes {
        one_lives(std::slice::from_ref(&node), began).await?;
        acked.extend(node.kill()?);
    }
    // What those that were killed had under way comes to this one when their leases run out.
    let last = start(rounds.saturating_add(2), Duty::Work)?;
    all_is_worked(backend, &store).await?;
    last.kill()?;

    let stored = backend.ids(&store).await?;
    let different: BTreeSet<_> = stored.iter().cloned().collect();
    same("events and different ones that the engine has", stored.len(), different.len())?;
    let missing: Vec<_> = acked.difference(&different).collect();
    hold(missing.is_empty(), || format!("{} were acknowledged, and missing are {missing:?}", acked.len()))?;
    hold(acked.len() > rounds, || format!("the nodes hardly lived: {} were acknowledged", acked.len()))?;
    let ended = diary.ended()?;
    hold(ended == different, || {
        let unworked: Vec<_> = different.symmetric_difference(&ended).collect();
        format!("done and not worked, or worked and not there: {unworked:?}")
    })?;
    // Work that its node could not finish or say so any more, and nothing else, is done again.
    let (again, deaths) = (diary.each_is_ones_own()?, rounds.saturating_add(2));
    hold(again <= deaths.saturating_mul(CONCURRENCY), || format!("{again} of {} were begun again", stored.len()))
}
