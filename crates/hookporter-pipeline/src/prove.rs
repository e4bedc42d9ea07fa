//! Papers, body, proof: from a request to a delivery.

use std::sync::Arc;

use bytes::Bytes;
use hookporter_core::{Check, Delivery, Head, PreparedKeyring, Reason, Rejection, UnixTime, Unkeyed};

use crate::Endpoint;
use crate::body::{BodyReader, Patience};
use crate::exchange::Exchange;
use crate::keys::{Asker, RequestKeys};
use crate::memory::Held;
use crate::peek::Peeked;

/// Papers, body, proof.
pub(crate) async fn prove<B: BodyReader>(
    endpoint: &Endpoint,
    exchange: &mut Exchange,
    head: &Head<'_>,
    body: &mut Peeked<'_, B>,
    keys: &RequestKeys<'_>,
    now: UnixTime,
    held: &mut Held,
) -> Result<Delivery, Rejection> {
    let keyring = match keys {
        RequestKeys::Fixed(keyring) => keyring,
        RequestKeys::Known(keyring) | RequestKeys::Decoy(keyring) => keyring,
        RequestKeys::InBody(tenant) => {
            let tenant = tenant.clone();
            // Boxed, so that the future of every other sender is no larger for it.
            return Box::pin(prove_by_named_key(endpoint, exchange, head, body, tenant, now, held)).await;
        }
    };
    let mut check: Check<'_> = endpoint.verifier.begin(head, keyring, now)?;
    let inflated = feed(exchange, body, &mut check, held).await?;
    let proven = check.finish();
    if matches!(keys, RequestKeys::Decoy(_)) {
        // Whatever the decoy says, and at the same cost.
        let body = proven.map_or_else(|refused| refused.into_parts().1, |proven| proven.body().clone());
        return Err(exchange.refused_unjudged(Rejection::new(Reason::UnknownTenant), body));
    }
    let delivery = proven.map_err(|refused| exchange.refused(refused))?;
    endpoint.judge_key(exchange, &delivery)?;
    count(&delivery, inflated, held)?;
    Ok(delivery)
}

/// Papers, body, key, proof: for a sender whose bodies name their key.
async fn prove_by_named_key<B: BodyReader>(
    endpoint: &Endpoint,
    exchange: &mut Exchange,
    head: &Head<'_>,
    body: &mut Peeked<'_, B>,
    tenant: Option<Arc<str>>,
    now: UnixTime,
    held: &mut Held,
) -> Result<Delivery, Rejection> {
    let mut check = endpoint.verifier.begin_unkeyed(head, now)?;
    let inflated = feed(exchange, body, &mut check, held).await?;
    let keyring = match keyring_of(endpoint, &check, tenant.clone(), exchange.asker).await {
        Ok(keyring) => keyring,
        Err(rejection) => return Err(exchange.refused_unjudged(rejection, check.into_unproven_body())),
    };
    exchange.tenant = tenant;
    let delivery = check.finish(&keyring).map_err(|refused| exchange.refused(refused))?;
    endpoint.judge_key(exchange, &delivery)?;
    count(&delivery, inflated, held)?;
    Ok(delivery)
}

/// The keyring of the key that a body names.
async fn keyring_of(
    endpoint: &Endpoint,
    check: &Unkeyed<'_>,
    tenant: Option<Arc<str>>,
    asker: Asker,
) -> Result<Arc<PreparedKeyring>, Rejection> {
    let name = check.key_name()?;
    let found = endpoint.keys.found().ok_or_else(|| Rejection::new(Reason::UnknownKey))?;
    found.find((tenant, name), asker, &endpoint.verifier, endpoint.budget).await
}

/// Counts a delivery's payload as held, where it is not the body itself and was not counted while it was inflated.
fn count(delivery: &Delivery, inflated: usize, held: &mut Held) -> Result<(), Rejection> {
    if inflated == 0 && delivery.payload().as_ptr() != delivery.body().as_ptr() {
        held.grow(delivery.payload().len())?;
    }
    Ok(())
}

/// A check that is fed with the body while that arrives.
trait Fed {
    fn push(&mut self, chunk: Bytes) -> Result<(), Rejection>;

    /// How many bytes it holds beside the chunks.
    fn inflated_bytes(&self) -> usize;
}

impl Fed for Check<'_> {
    fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        self.push(chunk)
    }

    fn inflated_bytes(&self) -> usize {
        self.inflated_bytes()
    }
}

impl Fed for Unkeyed<'_> {
    fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        self.push(chunk)
    }

    fn inflated_bytes(&self) -> usize {
        self.inflated_bytes()
    }
}

/// Reads the body into a check; how many bytes that holds beside it. Report-only keeps the body, too.
async fn feed<B: BodyReader>(
    exchange: &mut Exchange,
    body: &mut Peeked<'_, B>,
    check: &mut impl Fed,
    held: &mut Held,
) -> Result<usize, Rejection> {
    let mut patience = Patience::new(exchange.endpoint.body_deadline);
    let mut inflated = 0_usize;
    while let Some(chunk) = patience.next(body, held).await? {
        exchange.body_bytes = exchange.body_bytes.saturating_add(chunk.len());
        if exchange.endpoint.report_only {
            body.put_aside(&chunk);
        }
        check.push(chunk)?;
        let before = std::mem::replace(&mut inflated, check.inflated_bytes());
        held.grow(inflated.saturating_sub(before))?;
    }
    Ok(inflated)
}
