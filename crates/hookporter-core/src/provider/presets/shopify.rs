use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, KeyRule, LabelSource, Provider, Scheme};

/// Shopify: HMAC-SHA256 of the body in base64. Topic, shop, version and ids are headers that the proof does not cover.
pub(crate) static SHOPIFY: Provider = Provider {
    id: "shopify",
    name: "Shopify",
    documentation: "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries",
    evidence: EvidenceLevel::Official,
    unverified: "how long an old secret stays valid after a rotation",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Shopify-Hmac-Sha256` in base64",
    // Orders with many lines pass 1 MiB; Shopify states no limit.
    body_limit: 4 * 1024 * 1024,
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(5)),
        retries: "8 within 4 h, then the subscription is removed (Admin API)",
        ..Acknowledgement::BASE
    },
    labels: ["`X-Shopify-Webhook-Id`, unsigned", "`X-Shopify-Topic`, unsigned", "`X-Shopify-API-Version`, unsigned"],
    replay: "no timestamp is signed: a replay with the same id is a duplicate while it is remembered; one with another id is taken again",
    event_headers: &[
        "x-shopify-topic",
        "x-shopify-webhook-id",
        "x-shopify-event-id",
        "x-shopify-shop-domain",
        "x-shopify-api-version",
        "x-shopify-triggered-at",
        "x-shopify-sub-topic",
        "x-shopify-name",
        "shopify-topic",
        "shopify-webhook-id",
        "shopify-event-id",
        "shopify-shop-domain",
        "shopify-api-version",
    ],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-shopify-hmac-sha256").base64())
        // The Events API drops the `X-`.
        .or_prefix("x-shopify-", "shopify-")
        .key_rule(KeyRule::text(16, "the app's client secret (an access token is `shpat_…`)"))
        .event_id(LabelSource::header(&["x-shopify-webhook-id", "shopify-webhook-id"]))
        .event_type(LabelSource::header(&["x-shopify-topic", "shopify-topic"]))
        .api_version(LabelSource::header(&["x-shopify-api-version", "shopify-api-version"]))
        .identity(Identity::UnsignedIdWithDigest)
}
