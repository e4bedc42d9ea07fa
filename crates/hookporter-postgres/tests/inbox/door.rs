//! Endpoints on inboxes of this process's, and requests through the whole pipeline.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Reason, Secret};
use hookporter_pipeline::{Endpoint, Verdict, receive};
use hookporter_postgres::Inbox;
use hookporter_testkit::SignedRequest;
use tokio::time::{Instant, sleep};

pub(crate) const OLD: &str = "the secret of before the rotation";
pub(crate) const NEW: &str = "the secret of after the rotation";

/// What a sender is told, and why.
pub(crate) type Told = (u16, Option<Reason>);

pub(crate) const TAKEN: Told = (200, None);
pub(crate) const PAUSED: Told = (503, Some(Reason::EndpointPaused));
pub(crate) const REVOKED: Told = (401, Some(Reason::KeyRevoked));

/// An endpoint of GitHub's with two keys, `old` and `new`.
#[derive(Clone)]
pub(crate) struct Door(pub(crate) Arc<Endpoint>);

impl Door {
    pub(crate) fn on(inbox: &Inbox) -> Self {
        let keys = [Secret::new(OLD).named("old"), Secret::new(NEW).named("new")];
        Self(Arc::new(Endpoint::github(keys).unwrap().inbox(inbox)))
    }

    pub(crate) async fn send(&self, request: &SignedRequest) -> Told {
        match receive(&self.0, &request.head(), None, &mut Some(request.body().clone())).await {
            Verdict::Reply(reply) => {
                let told = (reply.status, reply.refusal.as_ref().map(|refusal| refusal.rejection().kind()));
                assert_eq!(reply.retry_after.is_some(), told.0 == 503, "{told:?}");
                told
            }
            verdict => panic!("{verdict:?}"),
        }
    }

    /// Sends new events until one is answered so; how long it took.
    pub(crate) async fn until(&self, secret: &str, told: Told) -> Duration {
        let began = Instant::now();
        loop {
            let answer = self.send(&push(secret)).await;
            if answer == told {
                return began.elapsed();
            }
            assert!(began.elapsed() < Duration::from_secs(15), "{answer:?} in place of {told:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A push of GitHub's that there was not before.
pub(crate) fn push(secret: &str) -> SignedRequest {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let body = format!("[{}]", COUNT.fetch_add(1, Ordering::Relaxed));
    hookporter_testkit::github(secret).event("push").body(body).build()
}
