//! Keeping a refused request.

use std::net::SocketAddr;

use bytes::Bytes;
use hookporter_core::{BodyBuffer, Head, HeaderVisitor, Occurrence, Reason, Rejection, Stage, carries_credentials};

use crate::Endpoint;
use crate::body::{BodyReader, Patience};
use crate::exchange::Exchange;
use crate::memory::Held;
use crate::operating::RefusedRequest;
use crate::quarantine::kept_headers;
use crate::tenant::TenantRule;

/// Heads with more than this are not kept: no sender has them.
const MOST_HEADER_BYTES: usize = 64 * 1024;
/// The longest body that is read only to be kept. Eight of them are held for an endpoint at the most, and they count as bodies
/// in flight: of many endpoints together they fill that no further than other bodies do.
const MOST_READ: usize = 1024 * 1024;
/// Whether a mended key, URL, clock or limit may make good what was refused so. A challenge is no event.
const fn may_be_mended(reason: Reason) -> bool {
    reason.is_refusal() && !matches!(reason, Reason::HandshakeRefused)
}

/// Keeps a refused request whole, if the endpoint does that and it may be the sender's. What was not read of it yet is read;
/// nothing waits for the store.
pub(crate) async fn keep<B: BodyReader>(
    exchange: &mut Exchange,
    head: &Head<'_>,
    peer: Option<SocketAddr>,
    rejection: &Rejection,
    rest: &mut B,
) {
    let endpoint = exchange.endpoint.clone();
    let (Some(side), Some(arrived_at)) = (endpoint.keeper(), exchange.arrived_at) else { return };
    if exchange.is_proven || !may_be_mended(rejection.kind()) || !endpoint.methods().contains(&head.method()) {
        return;
    }
    if !side.has_room(0) {
        return;
    }
    let (body, _held) = match exchange.refused_body.as_deref().cloned() {
        Some(body) => (body, None),
        None => match read(&endpoint, exchange, head, rest).await {
            Some((body, held)) => (body, Some(held)),
            None => return,
        },
    };
    if !side.has_room(body.len()) {
        return;
    }
    let Some(headers) = endpoint.headers_to_keep(head) else { return };
    side.keep(RefusedRequest {
        trace: exchange.trace(),
        endpoint: endpoint.name.to_string(),
        reason: rejection.kind(),
        detail: rejection.to_string(),
        arrived_at,
        method: head.method().to_owned(),
        target: endpoint.target_to_keep(head.target()).into_owned(),
        reached_proof: exchange.reached_proof || rejection.kind().stage() == Stage::Proof,
        headers,
        // It may be a piece of a larger buffer, which a clone would keep.
        body: Bytes::copy_from_slice(&body),
        peer,
        sealed_by: None,
    });
}

/// Reads a body that was refused unread, where it may be the sender's as far as its head tells. That it cannot be read changes nothing of the answer.
async fn read<B: BodyReader>(
    endpoint: &Endpoint,
    exchange: &mut Exchange,
    head: &Head<'_>,
    rest: &mut B,
) -> Option<(Bytes, Held)> {
    let limit = endpoint.verifier.body_limit().min(MOST_READ);
    let is_too_long = match head.headers().occurrence("content-length") {
        Occurrence::Once(length) => std::str::from_utf8(length).ok()?.parse().is_ok_and(|length: usize| length > limit),
        _ => false,
    };
    // What was read already is gone.
    if is_too_long || exchange.body_bytes > 0 || !endpoint.verifier.may_be_signed(head) {
        return None;
    }
    let _reading = endpoint.state.quarantine.reads.begin()?;
    let mut held = endpoint.memory.hold();
    let mut buffer = BodyBuffer::new(limit);
    let mut patience = Patience::new(endpoint.body_deadline);
    while let Some(chunk) = patience.next(rest, &mut held).await.ok()? {
        exchange.body_bytes = exchange.body_bytes.saturating_add(chunk.len());
        buffer.push(chunk).ok()?;
    }
    Some((buffer.into_bytes(), held))
}

impl Endpoint {
    /// The headers that a judgement, a diagnosis or a handler may need; `None` where they are more than any sender has, or cannot be
    /// written one a line.
    fn headers_to_keep(&self, head: &Head<'_>) -> Option<Vec<(String, Vec<u8>)>> {
        let (mut headers, mut bytes, mut is_odd) = (Vec::new(), 0_usize, false);
        let mut keep = |name: &str, value: &[u8]| {
            let name = name.to_ascii_lowercase();
            if !self.keeps_header(&name) {
                return;
            }
            bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
            is_odd |= value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
            if bytes <= MOST_HEADER_BYTES {
                headers.push((name, value.to_vec()));
            }
        };
        head.headers().visit(&mut HeaderVisitor::new(&mut keep));
        (bytes <= MOST_HEADER_BYTES && !is_odd).then_some(headers)
    }

    fn keeps_header(&self, name: &str) -> bool {
        if carries_credentials(name) {
            return false;
        }
        let is_tenant = matches!(&self.tenant, Some(TenantRule::Header(tenant)) if *tenant == name);
        is_tenant
            || self.verifier.reads_header(name)
            || self.kept_headers.has(name)
            || kept_headers::is_plain(name)
            || kept_headers::is_signature(name)
            || (self.verifier.may_read_any_header() && !kept_headers::is_secretive(name))
    }
}
