use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use crate::provider::handshake::known;
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::{KeyDecoding, SignedBytes, SignedInput, SignedMessage};
#[cfg(feature = "sign")]
use crate::{ConfigError, ProofDraft};
use crate::{Encoding, Identity, KeyRule, Provider, Reason, Rejection, Scheme};

/// Braintree: a form of two fields, `bt_payload` (XML in base64) and `bt_signature`, its HMAC-SHA1 under each of the
/// account's keys. What a delivery's payload gives is the XML.
pub(super) static BRAINTREE: Provider = Provider {
    id: "braintree",
    name: "Braintree",
    documentation: "https://developer.paypal.com/braintree/docs/guides/webhooks/parse/node/",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA1 of the field `bt_payload`, `bt_signature: public_key|hex&…`; the key is the SHA-1 of the private key",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(30)),
        retries: "hourly, for up to 3 h in the sandbox and 24 h in production",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    handshakes: &[known::BRAINTREE],
    labels: ["none", "none: `kind` of the payload's XML is signed, and not read here", "none"],
    replay: "the payload's `timestamp` is that of the event and not judged: a replay is a duplicate while the payload is \
             remembered; other fields of the form are not covered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let expected = r#"the account's API keys as JSON: {"public_key": "…", "private_key": "…"}"#;
    let scheme = Scheme::hmac_sha1()
        .proof_found_by(found)
        .key_rule(KeyRule::decoded(KeyDecoding::Function(key), 20, expected).public_part(public_key))
        .identity(Identity::Digest);
    #[cfg(feature = "sign")]
    let scheme = scheme.proof_written_by(write);
    scheme
}

/// The account's API keys. Without escapes, so that no copy of a key is made.
#[derive(Deserialize)]
struct Keys<'k> {
    public_key: &'k str,
    private_key: &'k str,
}

/// Private keys have 32 characters; below this one is a mistake.
const SHORTEST: usize = 16;

/// The SHA-1 of the private key, which is what Braintree signs with.
fn key(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let keys: Keys<'_> = serde_json::from_slice(text).ok()?;
    let usable = !keys.public_key.is_empty() && keys.private_key.len() >= SHORTEST;
    usable.then(|| Zeroizing::new(Sha1::digest(keys.private_key.as_bytes()).to_vec()))
}

/// What an answer to a challenge says of the key.
fn public_key(text: &[u8]) -> Option<String> {
    serde_json::from_slice(text).ok().map(|keys: Keys<'_>| keys.public_key.to_owned())
}

fn found(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let signature = field(input.body, "bt_signature")?;
    let payload = field(input.body, "bt_payload")?.into_bytes();
    if known::BRAINTREE.guard.allows(&payload) {
        let what = "the payload is a text that is signed for whoever asks, as a challenge";
        return Err(Rejection::detail(Reason::MalformedBody, what));
    }
    // A pair names the public key that it was made for; a signature that fits ours needs no name.
    let signatures = signature.split('&').filter_map(|pair| pair.split_once('|')).map(|(_, hex)| hex.as_bytes());
    // Braintree's own libraries take a payload that lost the line feed at its end.
    let message =
        SignedMessage::new(payload.clone()).or([&payload[..], b"\n"].concat()).signatures(signatures, Encoding::Hex)?;
    Ok(SignedBytes::new().and(message).covering_payload().payload(payload, xml))
}

/// The value of a field that stands once.
fn field(form: &[u8], name: &str) -> Result<String, Rejection> {
    let mut values = form_urlencoded::parse(form).filter(|(known, _)| known == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Ok(value.into_owned()),
        _ => Err(Rejection::detail(Reason::MalformedBody, "`bt_signature` and `bt_payload` stand once each in a form")),
    }
}

/// The XML of a payload: base64 in lines.
fn xml(mut payload: Vec<u8>) -> Option<Vec<u8>> {
    payload.retain(|byte| *byte != b'\n');
    STANDARD.decode(payload).ok()
}

/// The length of the lines that Braintree cuts base64 into.
#[cfg(feature = "sign")]
const LINE: usize = 60;

/// Signs XML, or the payload of a form.
#[cfg(feature = "sign")]
fn write(draft: &ProofDraft<'_>) -> Result<Vec<u8>, ConfigError> {
    let payload = if draft.body.starts_with(b"<") {
        let text = STANDARD.encode(draft.body).into_bytes();
        text.chunks(LINE).flat_map(|line| line.iter().chain(b"\n")).copied().map(char::from).collect()
    } else {
        field(draft.body, "bt_payload").map_err(|_| ProofDraft::unfit("the body is neither XML nor a form"))?
    };
    let keys: Keys<'_> =
        serde_json::from_slice(draft.secret).map_err(|_| ProofDraft::unfit("the secret is not the account's keys"))?;
    let signature = format!("{}|{}", keys.public_key, draft.sign(payload.as_bytes(), Encoding::Hex)?);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("bt_signature", &signature).append_pair("bt_payload", &payload);
    Ok(form.finish().into_bytes())
}
