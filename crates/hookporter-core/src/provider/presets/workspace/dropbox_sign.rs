use serde::Deserialize;

use super::multipart;
use crate::provider::presets::json::{self, Object};
use crate::provider::presets::scalar::Scalar;
use crate::provider::{Acknowledgement, AnswerBody, EvidenceLevel, SuccessStatus};
use crate::scheme::{SignedBytes, SignedInput, SignedMessage};
#[cfg(feature = "sign")]
use crate::{ConfigError, ProofDraft};
use crate::{Encoding, Head, Identity, Json, KeyRule, LabelSource, Occurrence, Provider, Reason, Rejection, Scheme};

/// Dropbox Sign (HelloSign): a multipart form whose field `json` is the event; in it the HMAC-SHA256 of the event's time
/// and type. Nothing else is covered: ask Dropbox Sign's API for the request that an event is about.
pub(super) static DROPBOX_SIGN: Provider = Provider {
    id: "dropbox-sign",
    name: "Dropbox Sign (HelloSign)",
    documentation: "https://developers.hellosign.com/docs/events/walkthrough/",
    evidence: EvidenceLevel::Sdk,
    unverified: "the retries, and the text that the answer must hold",
    scheme,
    proof: "HMAC-SHA256 of `{event_time}{event_type}`, `event.event_hash` in hex in the form's field `json`",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        body: AnswerBody::Text { content_type: "text/plain", text: "Hello API Event Received" },
        retries: "several",
        ..Acknowledgement::BASE
    },
    labels: [
        "`event_metadata.related_signature_id` and `.reported_for_account_id`, not covered by the signature",
        "`event.event_type`, covered by the signature",
        "none",
    ],
    replay: "time and type are all that is signed, and a retry has the time of its event: whoever has seen one request can send \
             any other body with its hash, at any time; a retry is a duplicate where the event names a signature and an account",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let scheme = Scheme::hmac_sha256()
        .proof_found_by(found)
        .key_rule(KeyRule::text(32, "the account's API key, 64 hexadecimal digits"))
        .event_id(LabelSource::joined([
            Json::pointer("/event/event_metadata/related_signature_id"),
            Json::pointer("/event/event_metadata/reported_for_account_id"),
        ]))
        .event_type(Json::pointer("/event/event_type"))
        // `event_hash` is no id: two events of one type in one second have the same.
        .identity(Identity::UnsignedIdWithDigest);
    #[cfg(feature = "sign")]
    let scheme = scheme.proof_written_by(write);
    scheme
}

#[derive(Deserialize)]
struct Callback {
    event: Object<Event>,
}

#[derive(Deserialize)]
struct Event {
    event_time: Scalar,
    event_type: String,
    event_hash: String,
}

fn found(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let event_json = match boundary(input.head) {
        Some(boundary) => multipart::field(input.body, boundary, "json")
            .ok_or_else(|| Rejection::detail(Reason::MalformedBody, "is not a plain form with one field `json`"))?,
        // The JSON alone, as the fixtures of the official SDKs have it.
        None => input.body,
    };
    let Callback { event: Object(event) } = json::read(event_json)?;
    let message = SignedMessage::new(event.signed().ok_or_else(|| {
        Rejection::detail(Reason::MalformedBody, "the event's time is not digits, or its type begins with one")
    })?)
    .signatures([event.event_hash.as_bytes()], Encoding::Hex)?;
    let signed = SignedBytes::new().and(message).covering_fields();
    let is_part = event_json.len() < input.body.len();
    Ok(if is_part { signed.payload(event_json.to_vec(), Some) } else { signed })
}

impl Event {
    /// Time and type, if they can be told apart: nothing stands between them.
    fn signed(&self) -> Option<Vec<u8>> {
        let time = self.event_time.text()?;
        let is_time = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
        let is_type = self.event_type.starts_with(|first: char| first.is_ascii_alphabetic());
        (is_time && is_type).then(|| format!("{time}{}", self.event_type).into_bytes())
    }
}

fn boundary<'h>(head: &Head<'h>) -> Option<&'h str> {
    match head.headers().occurrence("content-type") {
        Occurrence::Once(value) => multipart::boundary(value),
        _ => None,
    }
}

/// Signs the JSON of an event, and puts it into a form where the content type is one.
#[cfg(feature = "sign")]
fn write(draft: &ProofDraft<'_>) -> Result<Vec<u8>, ConfigError> {
    let unfit = || ProofDraft::unfit("the body has no event with a time and a type");
    let mut body = json::draft(draft.body)?;
    json::set(&mut body, &["event", "event_hash"], String::new())?;
    let event: Object<Event> =
        body.get("event").cloned().and_then(|event| serde_json::from_value(event).ok()).ok_or_else(unfit)?;
    let hash = draft.sign(&event.0.signed().ok_or_else(unfit)?, Encoding::Hex)?;
    json::set(&mut body, &["event", "event_hash"], hash)?;
    Ok(match boundary(draft.head) {
        None => body.to_string(),
        Some(boundary) => {
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{body}\r\n--{boundary}--\r\n")
        }
    }
    .into_bytes())
}
