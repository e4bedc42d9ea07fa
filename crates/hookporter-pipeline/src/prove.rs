//! Papers, body, proof: from a request to a delivery.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use hookporter_core::{Check, Delivery, Head, PreparedKeyring, Reason, Rejection, UnixTime, Unkeyed};

use crate::Endpoint;
use crate::body::{self, BodyReader};
use crate::exchange::Exchange;
use crate::keys::{Asker, RequestKeys};
use crate::memory::Held;

/// Papers, body, proof.
#[expect(clippy::too_many_arguments, reason = "the three steps share the whole of a request")]
pub(crate) async fn prove<B: BodyReader>(
    endpoint: &Endpoint,
    exchange: &mut Exchange,
    head: &Head<'_>,
    body: &mut B,
    keys: &RequestKeys,
    now: UnixTime,
    held: &mut Held,
    read: &mut BytesMut,
) -> Result<Delivery, Rejection> {
    let keyring = match keys {
        RequestKeys::Known(keyring) | RequestKeys::Decoy(keyring) => keyring,
        RequestKeys::InBody(tenant) => {
            let tenant = tenant.clone();
            // Boxed, so that the future of every other sender is no larger for it.
            return Box::pin(prove_by_named_key(endpoint, exchange, head, body, tenant, now, held, read)).await;
        }
    };
    let mut check: Check<'_> = endpoint.verifier.begin(head, keyring, now)?;
    let mut inflated = 0_usize;
    let received = body::read(body, endpoint.body_deadline, held, |chunk| {
        note(endpoint, exchange, read, &chunk);
        check.push(chunk)?;
        let before = std::mem::replace(&mut inflated, check.inflated_bytes());
        Ok(inflated.saturating_sub(before))
    })
    .await;
    received?;
    let proven = check.finish();
    if matches!(keys, RequestKeys::Decoy(_)) {
        // Whatever the decoy says, and at the same cost.
        let body = proven.map_or_else(|refused| refused.into_parts().1, |proven| proven.body().clone());
        return Err(exchange.refused_unjudged(Rejection::new(Reason::UnknownTenant), body));
    }
    let delivery = proven.map_err(|refused| exchange.refused(refused))?;
    counted(endpoint.judge_key(exchange, delivery)?, inflated, held)
}

/// Papers, body, key, proof: for a sender whose bodies name their key.
#[expect(clippy::too_many_arguments, reason = "the steps share the whole of a request")]
async fn prove_by_named_key<B: BodyReader>(
    endpoint: &Endpoint,
    exchange: &mut Exchange,
    head: &Head<'_>,
    body: &mut B,
    tenant: Option<Arc<str>>,
    now: UnixTime,
    held: &mut Held,
    read: &mut BytesMut,
) -> Result<Delivery, Rejection> {
    let mut check = endpoint.verifier.begin_unkeyed(head, now)?;
    let mut inflated = 0_usize;
    let received = body::read(body, endpoint.body_deadline, held, |chunk| {
        note(endpoint, exchange, read, &chunk);
        check.push(chunk)?;
        let before = std::mem::replace(&mut inflated, check.inflated_bytes());
        Ok(inflated.saturating_sub(before))
    })
    .await;
    received?;
    let keyring = match keyring_of(endpoint, &check, tenant.clone(), exchange.asker).await {
        Ok(keyring) => keyring,
        Err(rejection) => return Err(exchange.refused_unjudged(rejection, check.into_unproven_body())),
    };
    exchange.tenant = tenant;
    let delivery = check.finish(&keyring).map_err(|refused| exchange.refused(refused))?;
    counted(endpoint.judge_key(exchange, delivery)?, inflated, held)
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

/// A delivery whose payload counts as held, where it is not the body itself and was not counted while it was inflated.
fn counted(delivery: Delivery, inflated: usize, held: &mut Held) -> Result<Delivery, Rejection> {
    if inflated == 0 && delivery.payload().as_ptr() != delivery.body().as_ptr() {
        held.grow(delivery.payload().len())?;
    }
    Ok(delivery)
}

/// Counts a chunk of the body; report-only keeps it, too.
fn note(endpoint: &Endpoint, exchange: &mut Exchange, read: &mut BytesMut, chunk: &Bytes) {
    exchange.body_bytes = exchange.body_bytes.saturating_add(chunk.len());
    if endpoint.report_only {
        read.extend_from_slice(chunk);
    }
}
