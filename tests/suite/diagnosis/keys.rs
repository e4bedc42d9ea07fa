//! Keys: another's, an old one, one that is not written as it should be.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookporter::diagnosis::Certainty::{Likely, Proven};
use hookporter::{Header, Keyring, Scheme, Secret};
use hookporter_testkit::SignedRequest;

use super::{NOW_TIME, Row, secret, sender};

const OTHER: &str = "the secret of another endpoint, long enough";

pub(super) fn rows() -> Vec<Row> {
    [wrong(), old(), spelled(), undecoded()].into_iter().flatten().collect()
}

fn good(id: &str) -> SignedRequest {
    sender(id).build()
}

/// Nothing says whose secret it is.
fn wrong() -> Vec<Row> {
    ["stripe", "github", "slack", "shopify", "xero", "zoom", "linear"]
        .map(|id| {
            Row::of("the secret of another endpoint", id, &good(id)).keys(Secret::new(OTHER)).is("wrong-secret", Likely)
        })
        .into()
}

/// The other secret is known, or was known once.
fn old() -> Vec<Row> {
    let ours = |id| Keyring::from(Secret::weak(secret(id)));
    let others = |name, id: &'static str| {
        let row = Row::of(name, id, &good(id)).keys(Secret::new(OTHER)).is("other-keys", Proven);
        Row {
            others: vec![("no one's", Secret::new("a third secret, as long as the others").into()), (name, ours(id))],
            ..row
        }
    };
    let expired = |id: &str| {
        let old = Secret::weak(secret(id)).named("2026-05").expires_at(NOW_TIME);
        Row::of("an old key", id, &good(id)).keys([Secret::new(OTHER).named("2026-11"), old]).is("expired-key", Proven)
    };
    let only = Secret::weak(secret("slack")).expires_at(NOW_TIME);
    vec![
        others("the test mode's secret", "stripe"),
        others("the secret of `billing`", "github"),
        expired("stripe"),
        expired("shopify"),
        Row::of("the only key has expired", "slack", &good("slack")).keys(only).is("expired-key", Proven),
    ]
}

fn spelled() -> Vec<Row> {
    let row =
        |what, id: &str, key: String| Row::of(what, id, &good(id)).keys(Secret::weak(key)).is("key-spelling", Proven);
    vec![
        row("quotation marks of a .env file", "github", format!("\"{}\"", secret("github"))),
        row("single quotation marks", "slack", format!("'{}'", secret("slack"))),
        row("the whole line of a .env file", "shopify", format!("SHOPIFY_SECRET={}", secret("shopify"))),
        row("`Bearer ` copied with it", "xero", format!("Bearer {}", secret("xero"))),
    ]
}

/// Libraries that decode a secret, or do not.
fn undecoded() -> Vec<Row> {
    let scheme = || Scheme::hmac_sha256().signature(Header::new("x-acme-signature").hex());
    let text = STANDARD.encode(secret("acme"));
    let signed = |key: &[u8]| hookporter_testkit::custom(scheme(), Secret::weak(key)).body("{}").at(NOW_TIME).build();
    let row = |what, request: &SignedRequest, key: &str| {
        Row::custom(what, scheme(), Secret::weak(key).into(), request).is("key-spelling", Proven)
    };
    let prefixed = format!("v1,whsec_{text}");
    let hex = secret("acme").bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    vec![
        row("base64 left undecoded", &signed(secret("acme").as_bytes()), &text),
        row("base64 behind `v1,whsec_` left undecoded", &signed(secret("acme").as_bytes()), &prefixed),
        row("hexadecimal left undecoded", &signed(secret("acme").as_bytes()), &hex),
        row("`whsec_` taken for a part of the key", &signed(text.as_bytes()), &format!("whsec_{text}")),
    ]
}
