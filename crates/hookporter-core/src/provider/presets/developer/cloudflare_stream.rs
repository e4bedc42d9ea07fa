use crate::provider::EvidenceLevel;
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Cloudflare Stream: HMAC-SHA256 over `{time}.{body}`. An event names the video and its state, and has no id of its own.
pub(super) static CLOUDFLARE_STREAM: Provider = Provider {
    id: "cloudflare-stream",
    name: "Cloudflare Stream",
    documentation: "https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/",
    evidence: EvidenceLevel::Official,
    unverified: "the success statuses and the retries; no tolerance is documented beyond that old requests are to be discarded",
    scheme,
    proof: "HMAC-SHA256 of time and body, `Webhook-Signature: time=…,sig1=…`",
    tolerance: Some(Tolerance::DEFAULT),
    labels: ["`uid`, signed: the video's, not the event's", "`status.state`, signed", "none"],
    replay: "within the tolerance a replay is known by the digest of its bytes; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("webhook-signature").list(',').item("sig1").hex())
        .timestamp(Header::new("webhook-signature").list(',').item("time").unix_seconds())
        .key_rule(KeyRule::text(16, "the secret that the API returned when the webhook was set"))
        .event_id(Json::pointer("/uid"))
        .event_type(Json::pointer("/status/state"))
        .identity(Identity::Digest)
}
