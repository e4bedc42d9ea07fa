//! How much waits, looked at every few seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::inbox::InboxDepth;
use crate::inbox::store::until_closed;

/// How often.
const EVERY: Duration = Duration::from_secs(5);

/// How much waited when a store last looked, for whoever asks. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct DepthSeen {
    seen: Arc<Mutex<Option<InboxDepth>>>,
}

impl DepthSeen {
    /// What was last seen; `None` before the first look.
    #[must_use]
    pub fn last(&self) -> Option<InboxDepth> {
        // Nothing under the lock can leave it half done.
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks every five seconds, until the sender of `end` is gone. Where a look fails, as while the server is away, the last one
    /// stands, with its moment.
    pub async fn run<F, R, E>(self, end: watch::Receiver<()>, look: F)
    where
        F: Fn() -> R,
        R: Future<Output = Result<InboxDepth, E>>,
    {
        let looking = async {
            loop {
                if let Ok(depth) = look().await {
                    *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(depth);
                }
                sleep(EVERY).await;
            }
        };
        until_closed(end, looking).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use hookporter_core::UnixTime;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_look_that_fails_leaves_the_last_one() {
        let (depth, looks) = (DepthSeen::default(), Arc::new(AtomicU64::new(0)));
        let (open, end) = watch::channel(());
        let counted = looks.clone();
        let task = tokio::spawn(depth.clone().run(end, move || {
            let waiting = counted.fetch_add(1, Ordering::Relaxed);
            let seen = InboxDepth { waiting, dead: 0, parked: 0, oldest: None, at: UnixTime::from_secs(0) };
            std::future::ready(if waiting == 1 { Err(()) } else { Ok(seen) })
        }));
        let mut seen = Vec::new();
        for _ in 0..3 {
            sleep(EVERY / 2).await;
            seen.push(depth.last().map(|depth| depth.waiting));
            sleep(EVERY / 2).await;
        }
        assert_eq!(seen, [Some(0), Some(0), Some(2)]);
        drop(open);
        timeout(Duration::from_secs(60), task).await.expect("it ends").unwrap();
    }
}
