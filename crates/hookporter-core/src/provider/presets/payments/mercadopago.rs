use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::scheme::{SignedBytes, SignedInput};
use crate::{Header, Identity, Json, KeyRule, Occurrence, Provider, Reason, Rejection, Scheme, Tolerance};

/// Mercado Pago: HMAC-SHA256 over the resource's id in the query, the request id and the time. No byte of the body is
/// covered: ask Mercado Pago's API for the resource, and do not believe the body.
///
/// The time has ten digits (seconds) in the documentation's examples, and thirteen (milliseconds) have been seen; the
/// number of digits decides. Notifications of QR codes are not signed at all, and are refused.
pub(super) static MERCADOPAGO: Provider = Provider {
    id: "mercadopago",
    name: "Mercado Pago",
    documentation: "https://www.mercadopago.com/developers/en/docs/your-integrations/notifications/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries and whether they are signed afresh, the API version, and which of its two units the time has",
    scheme,
    proof: "HMAC-SHA256 of `id:…;request-id:…;ts:…;`, `x-signature: ts=…,v1=…`; the body is not covered",
    // The documentation leaves the age to the receiver.
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 201]),
        time_limit: Some(Duration::from_secs(22)),
        retries: "every 15 min, 8 notifications in all",
        retry_for: Some(Duration::from_secs(8 * 15 * 60)),
        ..Acknowledgement::BASE
    },
    labels: [
        "`x-request-id`, signed",
        "`type`, not covered by the signature",
        "`api_version`, not covered by the signature",
    ],
    replay: "within the tolerance a replay is a duplicate by its signed request id, with whatever body; one that was sent \
             without that id can be sent again with another body until the tolerance ends",
    event_headers: &["x-request-id"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let proof = || Header::new("x-signature").list(',');
    Scheme::hmac_sha256()
        .signed_by(signed_bytes)
        .covering_headers(&["x-request-id"])
        .signature(proof().item("v1").hex())
        .timestamp(proof().item("ts").unix_seconds_or_millis())
        .key_rule(KeyRule::text(16, "the secret signature of the application's webhooks"))
        .event_id(Header::new("x-request-id"))
        .event_type(Json::pointer("/type"))
        .api_version(Json::pointer("/api_version"))
        .identity(Identity::SignedId)
}

/// The pairs that have a value. The documentation puts an id of letters and digits in lower case, the official Node.js
/// SDK signs it as it is.
fn signed_bytes(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let id = resource_id(input.head.target())?;
    let request_id = match input.head.headers().occurrence("x-request-id") {
        Occurrence::Absent => None,
        Occurrence::Repeated => return Err(Rejection::header(Reason::RepeatedHeader, &"x-request-id".into())),
        Occurrence::Once(value) => Some(plain(value).ok_or_else(|| {
            Rejection::shape(&"x-request-id".into(), "is not a short run of visible ASCII without `;` and `:`")
        })?),
    };
    let message = |id: Option<&str>| {
        let mut text = Vec::new();
        for (name, value) in [("id", id.map(str::as_bytes)), ("request-id", request_id), ("ts", input.timestamp)] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                text.extend([name.as_bytes(), b":", value, b";"].concat());
            }
        }
        text
    };
    let lower = id.as_ref().map(|id| id.to_ascii_lowercase());
    let signed = SignedBytes::new().or(message(lower.as_deref()));
    Ok(if lower == id { signed } else { signed.or(message(id.as_deref())) })
}

/// The `data.id` of the query, which may stand there once.
fn resource_id(target: &str) -> Result<Option<String>, Rejection> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let mut ids = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "data.id");
    let (first, second) = (ids.next(), ids.next());
    let odd = second.is_some() || first.as_ref().is_some_and(|(_, id)| plain(id.as_bytes()).is_none());
    if odd {
        return Err(Rejection::detail(Reason::InvalidSignature, "the query's `data.id` is doubled, or no id"));
    }
    Ok(first.map(|(_, id)| id.into_owned()))
}

/// A value that cannot pass for a pair of its own: `1;request-id:x` would.
fn plain(value: &[u8]) -> Option<&[u8]> {
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && !b";:".contains(byte);
    (value.len() <= 256 && value.iter().all(is_plain)).then_some(value)
}
