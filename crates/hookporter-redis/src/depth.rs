//! How much waits, looked at every few seconds.

use std::sync::Arc;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::InboxDepth;
use hookporter_pipeline::inbox::store::{DepthSeen, Fault, Times};
use redis::from_redis_value;
use tokio::sync::watch;

use crate::scripts::Script;
use crate::wire::Wire;

/// Looks, until the inbox is closed. A look costs the same however much waits.
pub(crate) async fn run(seen: DepthSeen, wire: Arc<Wire>, times: Times, end: watch::Receiver<()>) {
    seen.run(end, || look(&wire, &times)).await;
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
