//! Contents as bytes, for sealing: each part behind its length.

use bytes::Bytes;

/// The head of a request.
pub(super) struct Head {
    pub(super) target: String,
    pub(super) peer: Option<String>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
}

pub(super) fn add(packed: &mut Vec<u8>, part: &[u8]) {
    add_number(packed, part.len());
    packed.extend_from_slice(part);
}

pub(super) fn add_maybe(packed: &mut Vec<u8>, part: Option<&[u8]>) {
    add_number(packed, usize::from(part.is_some()));
    add(packed, part.unwrap_or_default());
}

/// Adds a head, which [`head`] reads.
pub(super) fn add_head(packed: &mut Vec<u8>, target: &str, peer: Option<&str>, headers: &[(String, Vec<u8>)]) {
    add(packed, target.as_bytes());
    add_maybe(packed, peer.map(str::as_bytes));
    add_number(packed, headers.len());
    for (name, value) in headers {
        add(packed, name.as_bytes());
        add(packed, value);
    }
}

fn add_number(packed: &mut Vec<u8>, number: usize) {
    // Far less than this is ever kept of one event.
    packed.extend_from_slice(&u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes());
}

pub(super) fn head(packed: &mut Bytes) -> Option<Head> {
    let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).ok();
    let target = text(part(packed)?)?;
    let peer = match maybe(packed)? {
        Some(peer) => Some(text(peer)?),
        None => None,
    };
    let headers = (0..number(packed)?)
        .map(|_| Some((text(part(packed)?)?, part(packed)?.to_vec())))
        .collect::<Option<Vec<_>>>()?;
    Some(Head { target, peer, headers })
}

pub(super) fn maybe(packed: &mut Bytes) -> Option<Option<Bytes>> {
    let is_there = number(packed)? == 1;
    let part = part(packed)?;
    Some(is_there.then_some(part))
}

fn part(packed: &mut Bytes) -> Option<Bytes> {
    let length = number(packed)?;
    (length <= packed.len()).then(|| packed.split_to(length))
}

fn number(packed: &mut Bytes) -> Option<usize> {
    if packed.len() < size_of::<u64>() {
        return None;
    }
    let bytes = packed.split_to(size_of::<u64>());
    usize::try_from(u64::from_le_bytes(bytes.as_ref().try_into().ok()?)).ok()
}
