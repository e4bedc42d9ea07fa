//! How much waits, looked at every few seconds.

use std::sync::Arc;

use async_nats::jetstream::stream::Stream;
use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::store::{DepthSeen, Fault};
use hookporter_pipeline::inbox::{EventRecord, InboxDepth};

use crate::common::Common;
use crate::link::fault;
use crate::names::CONSUMER;

/// Looks, until the inbox is closed.
pub(crate) async fn run(seen: DepthSeen, core: Arc<Common>) {
    seen.run(core.end.clone(), || look(&core)).await;
}

async fn look(core: &Common) -> Result<InboxDepth, Fault> {
    let workers = core.events.consumer_info(CONSUMER).await.map_err(fault)?;
    let lent = u64::try_from(workers.num_ack_pending).unwrap_or(u64::MAX);
    let waiting = workers.num_pending.saturating_add(lent);
    let mut oldest = None;
    if waiting > 0 {
        let from = workers.ack_floor.stream_sequence.saturating_add(1);
        let first = core.events.get_first_raw_message_by_subject(core.names.event("*"), from).await;
        oldest = first.ok().and_then(|first| EventRecord::from_bytes(&first.payload)).map(|record| record.received_at);
    }
    Ok(InboxDepth {
        waiting: waiting.min(InboxDepth::MOST),
        dead: count(&core.dead).await?,
        parked: count(&core.parked).await?,
        oldest,
        at: SystemClock.now(),
    })
}

async fn count(stream: &Stream) -> Result<u64, Fault> {
    Ok(stream.get_info().await.map_err(fault)?.state.messages.min(InboxDepth::MOST))
}
