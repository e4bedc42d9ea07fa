use serde::Deserialize;

use crate::provider::presets::json::{self, Object};
use crate::provider::presets::scalar::Scalar;
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::scheme::{SignedBytes, SignedInput, SignedMessage};
#[cfg(feature = "sign")]
use crate::{ConfigError, ProofDraft};
use crate::{Encoding, Identity, Json, KeyRule, Provider, Reason, Rejection, Scheme, TimeUnit, Tolerance};

/// Mailgun: HMAC-SHA256 over a time and a random token that stand in the body. What the body says of the event is not
/// covered: only its origin is proven.
pub(super) static MAILGUN: Provider = Provider {
    id: "mailgun",
    name: "Mailgun",
    documentation: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "whether a retry is signed afresh, the status that stops retries, the `parent-signature` of subaccounts (not \
                 looked at) and the older form bodies (not taken)",
    scheme,
    proof: "HMAC-SHA256 of `{timestamp}{token}`, `signature.signature` in the body in hex; the event is not covered",
    // Mailgun states no bound, and asks to remember the tokens.
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "after 5, 10 and 15 min, 1, 2 and 4 h (none for delivery notifications); 406 stops them",
        retry_for: Some(std::time::Duration::from_secs(8 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: [
        "`event-data.id`, not covered by the signature",
        "`event-data.event`, not covered by the signature",
        "none",
    ],
    replay: "within the tolerance a replay is a duplicate by its signed token, with whatever event in it; whoever stops a \
             request on its way can send its proof with another event",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let scheme = Scheme::hmac_sha256()
        .proof_found_by(found)
        .body_timestamp(TimeUnit::Seconds)
        .key_rule(KeyRule::text(16, "the account's HTTP webhook signing key"))
        .event_id(Json::pointer("/event-data/id"))
        .event_type(Json::pointer("/event-data/event"))
        // Of time and token: the token is made for one request, and its event is not covered.
        .identity(Identity::Digest);
    #[cfg(feature = "sign")]
    let scheme = scheme.proof_written_by(write);
    scheme
}

#[derive(Deserialize)]
struct Webhook {
    signature: Object<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    timestamp: Scalar,
    token: String,
    signature: String,
}

fn found(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let Webhook { signature: Object(signature) } = json::read(input.body)?;
    let timestamp = signature.timestamp.text().unwrap_or_default();
    if signature.token.is_empty() {
        return Err(Rejection::detail(Reason::MalformedBody, "the token is empty"));
    }
    // The time has exactly ten digits, so nothing moves between it and the token.
    let message = SignedMessage::new([timestamp.as_bytes(), signature.token.as_bytes()].concat())
        .signatures([signature.signature.as_bytes()], Encoding::Hex)?;
    Ok(SignedBytes::new().and(message).sent(timestamp.into_bytes()))
}

#[cfg(feature = "sign")]
fn write(draft: &ProofDraft<'_>) -> Result<Vec<u8>, ConfigError> {
    let mut body = json::draft(draft.body)?;
    let timestamp = draft.timestamp.unwrap_or_default();
    let token = body.pointer("/signature/token").and_then(|token| token.as_str()).unwrap_or(TOKEN).to_owned();
    let signature = draft.sign(format!("{timestamp}{token}").as_bytes(), Encoding::Hex)?;
    json::set(&mut body, &["signature", "timestamp"], timestamp.to_owned())?;
    json::set(&mut body, &["signature", "token"], token)?;
    json::set(&mut body, &["signature", "signature"], signature)?;
    Ok(body.to_string().into_bytes())
}

/// The token of a draft that has none: fifty characters, as Mailgun's have.
#[cfg(feature = "sign")]
const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef01";
