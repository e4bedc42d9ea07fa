use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// DocuSign Connect: HMAC-SHA256 of the body in base64, in one header for each key of the account; any that fits is enough.
///
/// A key belongs to an account, which `X-DocuSign-AccountId` names. Bodies that bring the documents along are long: raise the
/// endpoint's limit for them.
pub(super) static DOCUSIGN: Provider = Provider {
    id: "docusign",
    name: "DocuSign Connect",
    documentation: "https://developers.docusign.com/platform/webhooks/connect/hmac/",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit, the retries, and the member of the API version",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-DocuSign-Signature-1` to `-100` in base64",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(100)),
        retries: "up to 15 days with growing gaps, where messages are aggregated",
        retry_for: Some(Duration::from_secs(15 * 24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: [
        "`data.envelopeId`, else `envelopeId`, signed: the envelope's, not the event's",
        "`event`, signed",
        "`apiVersion`, signed",
    ],
    replay: "no timestamp is judged: a replay is known by the digest of its bytes for as long as the digest is kept",
    event_headers: &["x-docusign-accountid"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::numbered("x-docusign-signature-").base64())
        .key_rule(KeyRule::text(16, "the Connect key of the account, as it was shown when it was made"))
        .event_id([Json::pointer("/data/envelopeId"), Json::pointer("/envelopeId")])
        .event_type(Json::pointer("/event"))
        .api_version(Json::pointer("/apiVersion"))
        // An envelope has many events, so its id names none of them.
        .identity(Identity::Digest)
}
