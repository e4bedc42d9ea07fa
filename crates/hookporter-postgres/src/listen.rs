//! Hearing of what other nodes have made due, and of what they have agreed on. A hint: everybody looks by themselves, too.

use std::sync::{Arc, Weak};
use std::time::Duration;

use hookporter_pipeline::inbox::store::until_closed;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::nodes;

/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// Wakes the workers of this process, until the inbox is gone.
pub(crate) async fn run(
    pool: PgPool,
    channel: &'static str,
    changed: Weak<watch::Sender<()>>,
    agreed: Arc<Notify>,
    end: watch::Receiver<()>,
) {
    let hearing = async {
        loop {
            if let Err(error) = listen(&pool, channel, &changed, &agreed).await {
                if matches!(error, sqlx::Error::PoolClosed) {
                    return;
                }
                tracing::debug!(target: "hookporter", "nothing is heard of other nodes: {error}");
            }
            let Some(changed) = changed.upgrade() else { return };
            // Something may have been told meanwhile.
            changed.send_replace(());
            drop(changed);
            sleep(PAUSE).await;
        }
    };
    until_closed(end, hearing).await;
}

/// Ends when the connection is lost.
async fn listen(pool: &PgPool, channel: &str, changed: &Weak<watch::Sender<()>>, agreed: &Notify) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(channel).await?;
    while let Some(told) = listener.try_recv().await? {
        if told.payload() == nodes::AGREED {
            agreed.notify_one();
            continue;
        }
        let Some(changed) = changed.upgrade() else { return Ok(()) };
        Arc::as_ref(&changed).send_replace(());
    }
    Ok(())
}
