//! Waking workers.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::handoff::BoxFuture;

/// How often a worker looks by itself: what is heard of other nodes is a hint only, and nobody tells of an event whose lease has run
/// out or whose wait is over.
const POLL: Duration = Duration::from_secs(1);

/// Ends when `changed` tells that something may be due since this call, or after a second: what
/// [`WorkingSide::changed`](crate::inbox::WorkingSide::changed) is on a server that other nodes have, too.
#[must_use]
pub fn changed(changed: &watch::Sender<()>) -> BoxFuture<'static, ()> {
    // Subscribed now, so that no change from here on is missed.
    let mut changed = changed.subscribe();
    Box::pin(async move {
        // An error says that the inbox is gone: the next claim will say so.
        let _ = timeout(POLL, changed.changed()).await;
    })
}
