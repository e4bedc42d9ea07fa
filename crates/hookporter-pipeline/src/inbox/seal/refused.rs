//! Refused requests encrypted at rest.

use bytes::Bytes;

use super::packing::{Head, add, add_head, head};
use super::{SEALED_TARGET, SealError, SealingKeys};
use crate::operating::RefusedRequest;

impl SealingKeys {
    /// Seals a refused request; one that is sealed already stays as it is.
    ///
    /// # Errors
    /// [`SealError`] where the system gives no randomness.
    pub fn seal_refused(&self, request: RefusedRequest) -> Result<RefusedRequest, SealError> {
        if request.sealed_by.is_some() {
            return Ok(request);
        }
        let sealed = self.sealed(&packed(&request), &context(&request))?;
        Ok(RefusedRequest {
            target: SEALED_TARGET.to_owned(),
            headers: Vec::new(),
            body: sealed,
            peer: None,
            sealed_by: Some(self.current.id().to_string()),
            ..request
        })
    }

    /// Opens a refused request; one that is not sealed stays as it is.
    ///
    /// # Errors
    /// [`SealError`] if its key is not here, or its contents were changed.
    pub fn open_refused(&self, request: RefusedRequest) -> Result<RefusedRequest, SealError> {
        let Some(id) = request.sealed_by.clone() else { return Ok(request) };
        let contents = self.opened(&id, &request.body, &context(&request))?;
        unpacked(contents, request).ok_or(SealError::Changed(id))
    }
}

/// What the sealed bytes belong to. It begins otherwise than that of an event, so that neither opens as the other.
fn context(request: &RefusedRequest) -> Vec<u8> {
    let mut context = Vec::new();
    add(&mut context, b"a refused request");
    add(&mut context, &request.trace.to_bits().to_le_bytes());
    add(&mut context, &request.arrived_at.as_millis().to_le_bytes());
    add(&mut context, request.endpoint.as_bytes());
    add(&mut context, request.method.as_bytes());
    context
}

fn packed(request: &RefusedRequest) -> Vec<u8> {
    let mut packed = Vec::with_capacity(request.weight().saturating_add(1024));
    let peer = request.peer.map(|peer| peer.to_string());
    add_head(&mut packed, &request.target, peer.as_deref(), &request.headers);
    packed.extend_from_slice(&request.body);
    packed
}

fn unpacked(mut packed: Bytes, request: RefusedRequest) -> Option<RefusedRequest> {
    let Head { target, peer, headers } = head(&mut packed)?;
    let peer = match peer {
        Some(peer) => Some(peer.parse().ok()?),
        None => None,
    };
    Some(RefusedRequest { target, peer, headers, body: packed, sealed_by: None, ..request })
}
