//! Endpoints on a store, and what is sent to them.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Reason, Secret};
use hookporter_pipeline::inbox::AcceptingSide;
use hookporter_pipeline::operating::{Listed, Operated, Page, Selection};
use hookporter_pipeline::{BoxError, Endpoint, Verdict, receive};
use tokio::time::{Instant, sleep};

use super::{START, same};
use crate::SignedRequest;

/// What the sender signs with, and what was deployed in its place.
pub(super) const RIGHT: &str = "the secret that the sender has";
pub(super) const WRONG: &str = "the secret of another endpoint";

/// So long a store may take on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// GitHub's endpoint with this secret.
pub(super) fn github(store: &(impl AcceptingSide + Clone), secret: &str) -> Result<Endpoint, BoxError> {
    // A commit on a busy machine may take longer than senders wait.
    Ok(Endpoint::github(Secret::new(secret))?.budget(PATIENCE).clock(FrozenClock(START)).inbox(store))
}

/// A push whose body is this, and whose id says so.
pub(super) fn push(secret: &str, body: &str) -> SignedRequest {
    let push = crate::github(secret).event("push").event_id(&format!("of {body}")).at(START);
    push.body(bytes::Bytes::from(body.to_owned())).build()
}

/// What a sender is told, and why.
pub(super) type Told = (u16, Option<Reason>);

/// What the sender is told.
pub(super) async fn send(endpoint: &Arc<Endpoint>, request: &SignedRequest) -> Result<u16, BoxError> {
    Ok(send_and_tell(endpoint, request).await?.0)
}

/// What the sender is told, and why.
pub(super) async fn send_and_tell(endpoint: &Arc<Endpoint>, request: &SignedRequest) -> Result<Told, BoxError> {
    let peer = "203.0.113.9:4711".parse().ok();
    match receive(endpoint, &request.head(), peer, &mut Some(request.body().clone())).await {
        Verdict::Reply(reply) => {
            let told = (reply.status, reply.refusal.as_ref().map(|refusal| refusal.rejection().kind()));
            // Who is to come again is told when.
            same("whether it is told when to come again", reply.retry_after.is_some(), reply.status == 503)?;
            Ok(told)
        }
        verdict => Err(format!("it was not answered: {verdict:?}").into()),
    }
}

/// The events of a store, in order.
pub(super) async fn events(store: &impl Operated) -> Result<Vec<Listed>, BoxError> {
    Ok(store.events().select(Selection::all(), Page::After(0), 10_000).await?)
}

/// What is asked for again and again until it is so many.
pub(super) async fn until<T: std::fmt::Debug>(
    count: usize,
    mut asked: impl AsyncFnMut() -> Result<Vec<T>, BoxError>,
) -> Result<Vec<T>, BoxError> {
    let began = Instant::now();
    loop {
        let found = asked().await?;
        if found.len() == count {
            return Ok(found);
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("there are {} within {PATIENCE:?}, and not {count}: {found:?}", found.len()).into());
        }
        sleep(Duration::from_millis(20)).await;
    }
}
