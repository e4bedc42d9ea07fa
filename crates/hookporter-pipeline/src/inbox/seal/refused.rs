//! Refused requests encrypted at rest.

use bytes::Bytes;

use super::{SEALED_TARGET, SealError, SealingKeys, add, add_maybe, add_number, maybe, number, part};
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
        let sealed = self.current.seal(&packed(&request), &context(&request)).ok_or(SealError::NoRandomness)?;
        Ok(RefusedRequest {
            target: SEALED_TARGET.to_owned(),
            headers: Vec::new(),
            body: Bytes::from(sealed),
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
        let key = self.all().find(|key| *key.id().as_str() == *id).ok_or_else(|| SealError::UnknownKey(id.clone()))?;
        let contents = key.open(&request.body, &context(&request)).ok_or_else(|| SealError::Changed(id.clone()))?;
        unpacked(contents.into(), request).ok_or(SealError::Changed(id))
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
    add(&mut packed, request.target.as_bytes());
    add_maybe(&mut packed, request.peer.map(|peer| peer.to_string()).as_deref().map(str::as_bytes));
    add_number(&mut packed, request.headers.len());
    for (name, value) in &request.headers {
        add(&mut packed, name.as_bytes());
        add(&mut packed, value);
    }
    packed.extend_from_slice(&request.body);
    packed
}

fn unpacked(mut packed: Bytes, request: RefusedRequest) -> Option<RefusedRequest> {
    let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).ok();
    let target = text(part(&mut packed)?)?;
    let peer = match maybe(&mut packed)? {
        Some(peer) => Some(text(peer)?.parse().ok()?),
        None => None,
    };
    let headers = (0..number(&mut packed)?)
        .map(|_| Some((text(part(&mut packed)?)?, part(&mut packed)?.to_vec())))
        .collect::<Option<Vec<_>>>()?;
    Some(RefusedRequest { target, peer, headers, body: packed, sealed_by: None, ..request })
}
