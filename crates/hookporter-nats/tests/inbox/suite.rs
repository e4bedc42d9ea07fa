//! The acceptance suite, without what JetStream cannot promise; the files beside this one wait for its clock.

use std::sync::atomic::{AtomicU32, Ordering};

use hookporter_nats::Inbox;
use hookporter_pipeline::BoxError;
use hookporter_testkit::inbox::{InboxBackend, Part, inbox_suite};

use crate::server::Server;

struct Nats {
    server: Server,
    count: AtomicU32,
}

impl Nats {
    async fn open(&self) -> Inbox {
        self.server.inbox(&format!("suite{}", self.count.load(Ordering::Relaxed))).await
    }
}

impl InboxBackend for Nats {
    type Store = Inbox;

    fn lacks(&self) -> &'static [Part] {
        &[Part::Lanes, Part::CallersClock]
    }

    async fn empty(&self) -> Result<Inbox, BoxError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        Ok(self.open().await)
    }

    async fn restart(&self, store: Inbox) -> Result<Inbox, BoxError> {
        store.close().await;
        Ok(self.open().await)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds() {
    let Some(server) = Server::start() else { return };
    let backend = Nats { server, count: AtomicU32::new(0) };
    if let Err(failure) = inbox_suite(&backend).await {
        panic!("{failure}");
    }
}
