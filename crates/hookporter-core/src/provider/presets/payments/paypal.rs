use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Algorithm, Header, Identity, Json, KeyRule, KeyUrl, Provider, Scheme, Tolerance};

/// PayPal: RSA with SHA-256 over the transmission's id and time, your webhook id and the body's CRC-32.
///
/// **A CRC-32 binds nothing**: whoever sees one request can write another body with the same sum. So the proof is of
/// origin only, and the event is identified by the signed bytes: a second body under the same transmission is a
/// duplicate for as long as the first is remembered, which is longer than the signed time is fresh.
///
/// The certificate is fetched from `PAYPAL-CERT-URL`, on PayPal's own API hosts, or given. Its chain is not validated
/// here: what vouches for it is the TLS connection to the pinned host that it came by.
pub(super) static PAYPAL: Provider = Provider {
    id: "paypal",
    name: "PayPal",
    documentation: "https://developer.paypal.com/api/rest/webhooks/rest/",
    evidence: EvidenceLevel::Sdk,
    unverified: "the retries, and whether each has a time of its own",
    scheme,
    proof: "RSA PKCS#1 v1.5 with SHA-256 of `{transmission id}|{time}|{webhook id}|{CRC-32 of the body}`, \
            `PAYPAL-TRANSMISSION-SIG` in base64; the body is not covered",
    // PayPal documents none; this is how long it tries.
    tolerance: Some(Tolerance::of_secs(3 * 24 * 3600, 300)),
    acknowledgement: Acknowledgement {
        retries: "up to 25 times over 3 days",
        retry_for: Some(Duration::from_secs(3 * 24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`id`, unsigned", "`event_type`, unsigned", "`resource_version`, unsigned"],
    replay: "a replay is a duplicate, whatever its body, for as long as it is fresh (3 days)",
    event_headers: &["paypal-transmission-id", "paypal-transmission-time"],
    ..Provider::BASE
};

/// Where PayPal's certificates are.
const CERTIFICATES: KeyUrl =
    KeyUrl::on_hosts(&["api.paypal.com", "api.sandbox.paypal.com", "api-m.paypal.com", "api-m.sandbox.paypal.com"])
        .path_prefix("/v1/notifications/");

fn scheme() -> Scheme {
    let expected = "the object `{\"webhook_id\": \"…\", \"certificate_pem\": \"…\"}`, or a lookup by certificate URL with the part \
                    `webhook_id`";
    Scheme::new(Algorithm::RsaPkcs1Sha256)
        .signed("{id}|{timestamp}|{key:webhook_id}|{crc32}")
        .signature(Header::new("paypal-transmission-sig").base64())
        .timestamp(Header::new("paypal-transmission-time").rfc3339())
        .id(Header::new("paypal-transmission-id"))
        .key_url(Header::new("paypal-cert-url"), CERTIFICATES)
        .key_rule(KeyRule::public_key(expected).compound("certificate_pem", &["webhook_id"]))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/event_type"))
        .api_version(Json::pointer("/resource_version"))
        .identity(Identity::Digest)
}
