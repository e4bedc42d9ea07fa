use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// ElevenLabs: HMAC-SHA256 over `{t}.{body}` as `v0`. Its library takes timestamps up to 30 minutes old, and any in the
/// future; here a moment ahead is bounded too. Calls with audio are larger than the usual limit of a body.
pub(super) static ELEVENLABS: Provider = Provider {
    id: "elevenlabs",
    name: "ElevenLabs",
    documentation: "https://elevenlabs.io/docs/eleven-api/resources/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the name of the header, the rotation, the id and the success status",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `ElevenLabs-Signature: t=…,v0=…`",
    tolerance: Some(Tolerance::of_secs(1800, 300)),
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "none; repeated failures disable the webhook",
        ..Acknowledgement::BASE
    },
    labels: ["none", "`type`, signed", "none"],
    replay: "within the tolerance a replay has the same bytes and is a duplicate; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("elevenlabs-signature").list(',').item("v0").hex())
        .timestamp(Header::new("elevenlabs-signature").list(',').item("t").unix_seconds())
        .key_rule(KeyRule::text(16, "the webhook's HMAC secret, `wsec_…`"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::Digest)
}
