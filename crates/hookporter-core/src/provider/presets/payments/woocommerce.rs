use std::time::Duration;

use zeroize::Zeroizing;

use crate::provider::handshake::{Alphabet, Guard, HandshakeRule, ProofDemand, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::scheme::KeyDecoding;
use crate::{Header, Identity, KeyRule, LabelSource, Provider, Scheme};

/// WooCommerce: HMAC-SHA256 of the body in base64. Topic, resource and source are headers that the proof does not cover.
///
/// When a webhook is saved, WooCommerce sends the form `webhook_id=N` without a proof and wants exactly 200.
pub(super) static WOOCOMMERCE: Provider = Provider {
    id: "woocommerce",
    name: "WooCommerce",
    documentation: "https://woocommerce.com/document/webhooks/",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of the body, `X-WC-Webhook-Signature` in base64 (a site may choose another hash)",
    // Orders with many lines pass 1 MiB; WooCommerce states no limit.
    body_limit: 4 * 1024 * 1024,
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 201, 202, 204]),
        time_limit: Some(Duration::from_secs(60)),
        retries: "none; the webhook is disabled at the 7th failure in a row",
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule {
        proof: ProofDemand::Absent,
        when: &[When::There(Source::Form("webhook_id"))],
        challenge: Some(Source::Form("webhook_id")),
        guard: Guard { least: 1, most: 20, alphabet: Alphabet::Digits },
        ..HandshakeRule::BASE
    }],
    labels: [
        "none (`X-WC-Webhook-Delivery-ID` is the same for two events within a second)",
        "`X-WC-Webhook-Topic`, unsigned",
        "none (chosen per webhook)",
    ],
    replay: "no timestamp is signed: a captured request can be replayed for ever, and is taken each time",
    event_headers: &[
        "x-wc-webhook-topic",
        "x-wc-webhook-resource",
        "x-wc-webhook-event",
        "x-wc-webhook-source",
        "x-wc-webhook-id",
        "x-wc-webhook-delivery-id",
    ],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let expected = "the webhook's secret, as the dashboard shows it";
    Scheme::hmac_sha256()
        .signature(Header::new("x-wc-webhook-signature").base64())
        .key_rule(KeyRule::decoded(KeyDecoding::Function(without_entities), 16, expected))
        .event_type(LabelSource::header(&["x-wc-webhook-topic"]))
        .identity(Identity::Distinct)
}

/// The key that WordPress makes of a secret: the five HTML characters may be written as entities, each undone once.
#[expect(clippy::unnecessary_wraps, reason = "the shape of every decoding; this one takes any text")]
fn without_entities(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut key = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let entity = memchr::memchr(b';', after).and_then(|end| Some((after.get(..end)?, after.get(end..)?.get(1..)?)));
        match entity.and_then(|(name, after)| Some((character(name)?, after))) {
            Some((character, after)) if *first == b'&' => {
                key.push(character);
                rest = after;
            }
            _ => {
                key.push(*first);
                rest = after;
            }
        }
    }
    Some(key)
}

/// The character of an entity, of those that WordPress undoes.
fn character(name: &[u8]) -> Option<u8> {
    let number = |digits: &[u8], radix| u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok();
    match name {
        b"lt" => Some(b'<'),
        b"gt" => Some(b'>'),
        b"amp" => Some(b'&'),
        b"quot" => Some(b'"'),
        [b'#', b'x' | b'X', hex @ ..] => match number(hex, 16)? {
            0x22 => Some(b'"'),
            0x26 => Some(b'&'),
            0x27 => Some(b'\''),
            _ => None,
        },
        [b'#', decimal @ ..] => match number(decimal, 10)? {
            34 => Some(b'"'),
            38 => Some(b'&'),
            39 => Some(b'\''),
            60 => Some(b'<'),
            62 => Some(b'>'),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_undone_once_and_nothing_else_changes() {
        for (secret, key) in [
            ("plain; text & more", "plain; text & more"),
            ("a&amp;b&lt;c&gt;d&quot;e&#039;f&#39;g&#x27;", "a&b<c>d\"e'f'g'"),
            ("&amp;lt; &apos; &nbsp; &#65; &;", "&lt; &apos; &nbsp; &#65; &;"),
            ("&", "&"),
        ] {
            assert_eq!(without_entities(secret.as_bytes()).unwrap().as_slice(), key.as_bytes(), "{secret}");
        }
    }
}
