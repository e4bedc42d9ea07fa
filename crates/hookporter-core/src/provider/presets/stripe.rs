use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Json, KeyRule, Provider, Scheme, Tolerance};

/// Stripe: HMAC-SHA256 over `{t}.{body}`; several `v1` while a rolled secret is still valid. `v0` is for tests: skipped.
pub(crate) static STRIPE: Provider = Provider {
    id: "stripe",
    name: "Stripe",
    documentation: "https://docs.stripe.com/webhooks",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `Stripe-Signature: t=…,v1=…`",
    // The SDKs refuse the past only; a signed moment far ahead would be replayable until then.
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        retries: "live: up to 3 days with growing gaps; sandbox: 3 times over a few hours",
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`type`, signed", "`api_version`, signed (thin events have none)"],
    replay: "within the tolerance a replay is a duplicate by its signed event id; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("stripe-signature").list(',').item("v1").hex())
        .timestamp(Header::new("stripe-signature").list(',').item("t").unix_seconds())
        .key_rule(
            // The whole text is the key, `whsec_` included.
            KeyRule::text(16, "the endpoint's signing secret, `whsec_…` (an API key is `sk_…`)").usual_prefix("whsec_"),
        )
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .api_version(Json::pointer("/api_version"))
}
