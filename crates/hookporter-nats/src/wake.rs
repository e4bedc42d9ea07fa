//! Waking workers, here and on other nodes.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use bytes::Bytes;
use futures_util::StreamExt;
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::store;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

/// Other nodes are told of new events at most this often.
const TELL: Duration = Duration::from_millis(5);
/// How often the server is asked again for what others tell.
const POLL: Duration = Duration::from_secs(1);

/// Tells that events may be due.
#[derive(Debug, Clone)]
pub(crate) struct Wake {
    changed: Arc<watch::Sender<()>>,
    untold: Arc<Notify>,
}

impl Wake {
    /// Tells other nodes on this subject, and hears them, until `end`.
    pub(crate) fn new(client: Client, subject: String, mut end: watch::Receiver<()>) -> Self {
        let wake = Self { changed: Arc::new(watch::Sender::new(())), untold: Arc::new(Notify::new()) };
        let (told, me) = (wake.clone(), Bytes::from(client.new_inbox()));
        tokio::spawn(async move {
            let telling = tell(&client, &subject, &me, &told.untold);
            let hearing = hear(&client, &subject, &me, &told.changed);
            tokio::select! {
                () = telling => {}
                () = hearing => {}
                // An error says that the inbox is gone.
                _ = end.changed() => {}
            }
            // Workers that wait learn it.
            told.changed.send_replace(());
        });
        wake
    }

    /// Something may be due: for every node.
    pub(crate) fn everybody(&self) {
        // A worker that comes later looks before it waits.
        if self.changed.receiver_count() > 0 {
            self.changed.send_replace(());
        }
        self.untold.notify_one();
    }

    /// Ends when something may be due since this call.
    pub(crate) fn changed(&self) -> BoxFuture<'static, ()> {
        store::changed(&self.changed)
    }
}

async fn tell(client: &Client, subject: &str, me: &Bytes, untold: &Notify) {
    loop {
        untold.notified().await;
        // Not confirmed, and not to be: whoever does not hear it looks by itself.
        let _ = client.publish(subject.to_owned(), me.clone()).await;
        sleep(TELL).await;
    }
}

async fn hear(client: &Client, subject: &str, me: &Bytes, changed: &watch::Sender<()>) {
    loop {
        if let Ok(mut told) = client.subscribe(subject.to_owned()).await {
            while let Some(message) = told.next().await {
                if message.payload != *me {
                    changed.send_replace(());
                }
            }
        }
        sleep(POLL).await;
    }
}
