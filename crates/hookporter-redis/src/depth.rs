//! How much waits, looked at every few seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::InboxDepth;
use hookporter_pipeline::inbox::store::{Fault, Times};
use redis::from_redis_value;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::scripts::Script;
use crate::wire::Wire;

/// How often. A look costs the same however much waits.
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
    pub(crate) async fn run(self, wire: Arc<Wire>, times: Times, mut end: watch::Receiver<()>) {
        let looking = async {
            loop {
                if let Ok(depth) = look(&wire, &times).await {
                    *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(depth);
                }
                sleep(EVERY).await;
            }
        };
        tokio::select! {
            () = looking => {}
            // An error says that the writer is gone, and the inbox closed.
            _ = end.changed() => {}
        }
    }
}

async fn look(wire: &Wire, times: &Times) -> Result<InboxDepth, Fault> {
    let answer = wire.call(Script::Depth, times.now(), |_| {}).await?;
    let (waiting, dead, parked, oldest, now): (u64, u64, u64, i64, i64) =
        from_redis_value(answer).map_err(|error| Fault::Store(error.to_string()))?;
    Ok(InboxDepth {
        waiting: waiting.min(InboxDepth::MOST),
        dead: dead.min(InboxDepth::MOST),
        parked: parked.min(InboxDepth::MOST),
        oldest: (oldest >= 0).then(|| UnixTime::from_millis(oldest)),
        at: UnixTime::from_millis(now),
    })
}
