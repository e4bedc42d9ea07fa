use std::time::Duration;

use serde::Deserialize;

use crate::provider::handshake::known;
use crate::provider::presets::json::{self, Object};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::{SignedBytes, SignedInput, SignedMessage};
#[cfg(feature = "sign")]
use crate::{ConfigError, Encoding, ProofDraft};
use crate::{Identity, Json, KeyRule, Provider, Rejection, Scheme};

/// Microsoft Graph change notifications: the subscription's `clientState` in every item. It proves that the sender knows
/// the secret and binds no byte of the body; subscriptions with several secrets are several keys.
pub(super) static MICROSOFT_GRAPH: Provider = Provider {
    id: "microsoft-graph",
    name: "Microsoft Graph change notifications",
    documentation: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit of the validation request",
    scheme,
    proof: "static token, `clientState` of every item of `value`",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(3)),
        retries: "for up to 4 h; an endpoint with more than a tenth of its answers over 2.9 s is throttled",
        retry_for: Some(Duration::from_secs(4 * 3600)),
        ..Acknowledgement::BASE
    },
    handshakes: &[known::MICROSOFT_GRAPH],
    labels: [
        "`id` of the first item (may be missing), not covered by the token",
        "`changeType` or `lifecycleEvent` of the first item, not covered by the token",
        "none",
    ],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let of_first = |member: &str| Json::pointer(&format!("/value/0/{member}"));
    let scheme = Scheme::static_token_found_by(found)
        .key_rule(KeyRule::text(16, "the subscription's `clientState`, a random text of at most 128 characters"))
        .event_id(of_first("id"))
        .event_type([of_first("changeType"), of_first("lifecycleEvent")])
        .identity(Identity::UnsignedIdWithDigest);
    #[cfg(feature = "sign")]
    let scheme = scheme.proof_written_by(write);
    scheme
}

#[derive(Deserialize)]
struct Notifications {
    value: Vec<Object<Item>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    client_state: String,
}

fn found(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let notifications: Notifications = json::read(input.body)?;
    json::batch(notifications.value.len())?;
    let mut signed = SignedBytes::new();
    for Object(item) in &notifications.value {
        signed = signed.and(SignedMessage::token(item.client_state.as_bytes())?);
    }
    Ok(signed)
}

#[cfg(feature = "sign")]
fn write(draft: &ProofDraft<'_>) -> Result<Vec<u8>, ConfigError> {
    let mut body = json::draft(draft.body)?;
    let items = body.get_mut("value").and_then(|value| value.as_array_mut());
    for item in items.ok_or_else(|| ProofDraft::unfit("the body has no `value` with items"))? {
        json::set(item, &["clientState"], draft.sign(b"", Encoding::Plain)?)?;
    }
    Ok(body.to_string().into_bytes())
}
