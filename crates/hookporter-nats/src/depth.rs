//! How much waits, looked at every few seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::stream::Stream;
use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::store::Fault;
use hookporter_pipeline::inbox::{EventRecord, InboxDepth};
use tokio::time::sleep;

use crate::common::Common;
use crate::link::fault;
use crate::names::CONSUMER;

/// How often.
const EVERY: Duration = Duration::from_secs(5);

/// What was last seen, for whoever asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Depth {
    seen: Arc<Mutex<Option<InboxDepth>>>,
}

impl Depth {
    pub(crate) fn seen(&self) -> Option<InboxDepth> {
        // Nothing under the lock can leave it half done.
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks, until the inbox is closed. While the server is away the last look stands, with its moment.
    pub(crate) async fn run(self, core: Arc<Common>) {
        let mut end = core.end.clone();
        let looking = async {
            loop {
                if let Ok(depth) = look(&core).await {
                    *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(depth);
                }
                sleep(EVERY).await;
            }
        };
        tokio::select! {
            () = looking => {}
            // An error says that the inbox is gone.
            _ = end.changed() => {}
        }
    }
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
