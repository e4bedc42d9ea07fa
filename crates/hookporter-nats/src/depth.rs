//! How much waits, looked at every few seconds.

use std::sync::Arc;

use async_nats::jetstream::stream::Stream;
use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::store::{DepthSeen, Fault};
use hookporter_pipeline::inbox::{EventRecord, InboxDepth};

use crate::common::Common;
use crate::link::fault;
use crate::marker;
use crate::names::{CONSUMER, is_marker};

/// Looks, until the inbox is closed.
pub(crate) async fn run(seen: DepthSeen, core: Arc<Common>) {
    seen.run(core.end.clone(), || look(&core)).await;
}

async fn look(core: &Common) -> Result<InboxDepth, Fault> {
    let workers = core.events.consumer_info(CONSUMER).await.map_err(fault)?;
    let lent = u64::try_from(workers.num_ack_pending).unwrap_or(u64::MAX);
    let mut waiting = workers.num_pending.saturating_add(lent);
    let mut from = workers.ack_floor.stream_sequence.saturating_add(1);
    let mut oldest = None;
    while waiting > 0 {
        let first = core.events.get_first_raw_message_by_subject(core.names.event("*"), from).await;
        let Ok(first) = first else { break };
        if !is_marker(&first.subject) {
            oldest = EventRecord::from_bytes(&first.payload).map(|record| record.received_at);
            break;
        }
        // Nobody has worked yet since it was put there.
        (waiting, from) = (waiting.saturating_sub(1), first.sequence.saturating_add(1));
    }
    let [_, dead, parked] = core.names.markers();
    Ok(InboxDepth {
        waiting: waiting.min(InboxDepth::MOST),
        dead: count(&core.dead, &dead).await?,
        parked: count(&core.parked, &parked).await?,
        oldest,
        at: SystemClock.now(),
    })
}

async fn count(stream: &Stream, marker: &str) -> Result<u64, Fault> {
    let messages = stream.get_info().await.map_err(fault)?.state.messages;
    Ok(messages.saturating_sub(marker::count(stream, marker).await?).min(InboxDepth::MOST))
}
