//! The sweep: events that were worked long ago make room.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use async_nats::jetstream::stream::LastRawMessageErrorKind;
use hookporter_core::{Clock, SystemClock, UnixTime};
use hookporter_pipeline::inbox::store::{Fault, until_closed};
use tokio::time::sleep;

use crate::common::Common;
use crate::link::fault;
use crate::marker;
use crate::names::CONSUMER;

/// The pause between two sweeps; what is kept for a short time only is looked at more often.
const LONGEST: Duration = Duration::from_secs(3600);
const SHORTEST: Duration = Duration::from_secs(1);

/// Forgets events of this age that are done, until the inbox is closed.
pub(crate) async fn run(core: Arc<Common>, age: Duration) {
    let pause = age.checked_div(10).unwrap_or(LONGEST).clamp(SHORTEST, LONGEST);
    let sweeping = async {
        loop {
            sleep(pause).await;
            if let Err(error) = sweep(&core, SystemClock.now().minus(age)).await {
                tracing::warn!(target: "hookporter", "what is old in the inbox stays for now: {error}");
            }
            // It goes with what is old.
            marker::put(&core).await;
        }
    };
    until_closed(core.end.clone(), sweeping).await;
}

/// Forgets what was published before this moment, up to the first event that is not done: the server knows of all before that
/// one that they are, and of none behind it.
async fn sweep(core: &Common, before: UnixTime) -> Result<(), Fault> {
    let done = core.events.consumer_info(CONSUMER).await.map_err(fault)?.ack_floor.stream_sequence;
    let first = core.events.get_info().await.map_err(fault)?.state.first_sequence;
    // The first that stays lies between these; messages are in the order of time.
    let (mut low, mut high) = (first, done.saturating_add(1));
    while low < high {
        let middle = low.midpoint(high);
        match published(core, middle).await? {
            Some((sequence, at)) if sequence < high && at < before => low = sequence.saturating_add(1),
            _ => high = middle,
        }
    }
    if low > first {
        let gone = core.events.purge().sequence(low).await.map_err(fault)?;
        tracing::debug!(target: "hookporter", events = gone.purged, "old events are forgotten");
    }
    Ok(())
}

/// The first message from this one on, and when it was published.
async fn published(core: &Common, from: u64) -> Result<Option<(u64, UnixTime)>, Fault> {
    match core.events.get_first_raw_message_by_subject(core.names.event("*"), from).await {
        Ok(message) => {
            let at = std::time::SystemTime::from(message.time).duration_since(UNIX_EPOCH).unwrap_or_default();
            let at = UnixTime::from_millis(i64::try_from(at.as_millis()).unwrap_or(i64::MAX));
            Ok(Some((message.sequence, at)))
        }
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(fault(error)),
    }
}
