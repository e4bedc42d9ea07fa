//! Hearing of what other nodes have made due. A hint: workers look by themselves every second.

use std::sync::{Arc, Weak};
use std::time::Duration;

use hookporter_pipeline::inbox::store::until_closed;
use redis::aio::SendError;
use redis::{AsyncConnectionConfig, ProtocolVersion, PushInfo, PushKind, RedisResult};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use crate::connect::{Opener, PATIENT, bare, silent};

/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// Wakes the workers of this process, until the inbox is gone.
pub(crate) async fn run(opener: Opener, changed: Weak<watch::Sender<()>>, end: watch::Receiver<()>) {
    let hearing = async {
        loop {
            if let Err(error) = listen(&opener, &changed).await {
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

/// Ends when the connection is lost. Any node of a cluster passes on what is told at another one.
async fn listen(opener: &Opener, changed: &Weak<watch::Sender<()>>) -> RedisResult<()> {
    let gone = Arc::new(Notify::new());
    let (changed, going) = (changed.clone(), gone.clone());
    // Called for each word as it comes, so that nothing piles up.
    let config = AsyncConnectionConfig::new().set_push_sender(move |push: PushInfo| {
        match (push.kind, changed.upgrade()) {
            (PushKind::Disconnection, _) => going.notify_one(),
            (_, Some(changed)) => changed.send_replace(()),
            (_, None) => return Err(SendError),
        }
        Ok(())
    });
    let settings = opener.info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    let listening = async {
        let mut connection = bare(opener.info.clone().set_redis_settings(settings), config).await?;
        connection.subscribe(format!("{}changed", opener.prefix)).await?;
        Ok(connection)
    };
    let _connection = timeout(PATIENT, listening).await.unwrap_or_else(|_| Err(silent()))?;
    gone.notified().await;
    Ok(())
}
