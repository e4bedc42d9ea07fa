use std::time::Duration;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::KeyDecoding;
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// EasyPost: HMAC-SHA256 of the body. The key is the secret in Unicode's NFKD: `é` counts as `e` and an accent.
///
/// Its weights are floating-point numbers whose spelling differs between libraries: only the bytes as received can be
/// checked.
pub(super) static EASYPOST: Provider = Provider {
    id: "easypost",
    name: "EasyPost",
    documentation: "https://docs.easypost.com/guides/webhooks-guide",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Hmac-Signature: hmac-sha256-hex=…`",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(7)),
        retries: "6",
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`description`, signed", "none"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-hmac-signature").prefix("hmac-sha256-hex=").hex())
        .key_rule(KeyRule::decoded(
            KeyDecoding::Function(decomposed),
            8,
            "the secret that the webhook was registered with, in UTF-8",
        ))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/description"))
        .identity(Identity::SignedId)
}

/// A secret in NFKD. The room is measured first, so that no copy is left behind by a text that grows.
fn decomposed(secret: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = std::str::from_utf8(secret).ok()?;
    let mut key = Zeroizing::new(String::with_capacity(text.nfkd().map(char::len_utf8).sum()));
    key.extend(text.nfkd());
    Some(Zeroizing::new(key.as_bytes().to_vec()))
}
