use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Box, webhooks v2: HMAC-SHA256 over `{body}{timestamp}` in base64, signed with a primary and a secondary key; either is
/// enough. Version and algorithm are headers with one right value each.
pub(super) static BOX: Provider = Provider {
    id: "box",
    name: "Box",
    documentation: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of body and timestamp, `BOX-SIGNATURE-PRIMARY` and `-SECONDARY` in base64",
    // Box's SDK refuses every moment ahead; clocks differ, so a minute is allowed.
    tolerance: Some(Tolerance::of_secs(600, 60)),
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(30)),
        retries: "10, the first after 5 min, with growing gaps",
        ..Acknowledgement::BASE
    },
    labels: ["`BOX-DELIVERY-ID`, unsigned", "`trigger`, signed", "none"],
    replay: "within the tolerance a replay with the same id is a duplicate, one with another id is taken again; later it is refused",
    event_headers: &["box-delivery-id", "box-delivery-timestamp"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{body}{timestamp}")
        .signature(Header::new("box-signature-primary").or("box-signature-secondary").base64())
        .timestamp(Header::new("box-delivery-timestamp").rfc3339())
        .fixed_header("box-signature-version", "1")
        .algorithm_header("box-signature-algorithm", "HmacSHA256")
        .key_rule(
            KeyRule::text(16, "the app's primary or secondary signature key, or `{\"primary\":…,\"secondary\":…}`")
                .several(&["primary", "secondary"]),
        )
        .event_id(Header::new("box-delivery-id"))
        .event_type(Json::pointer("/trigger"))
        .identity(Identity::UnsignedIdWithDigest)
}
