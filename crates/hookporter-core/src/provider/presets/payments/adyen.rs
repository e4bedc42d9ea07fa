use std::time::Duration;

use serde::Deserialize;

use crate::provider::presets::json::{self, Object};
use crate::provider::presets::scalar::Scalar;
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::{KeyDecoding, SignedBytes, SignedInput, SignedMessage};
#[cfg(feature = "sign")]
use crate::{ConfigError, ProofDraft};
use crate::{Encoding, Identity, Json, KeyRule, LabelSource, Provider, Reason, Rejection, Scheme};

/// Adyen's standard payment webhooks: HMAC-SHA256 over eight fields of each item, beside which the item's signature
/// stands. Most of the body is not covered.
pub(super) static ADYEN: Provider = Provider {
    id: "adyen",
    name: "Adyen (payments)",
    documentation: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    evidence: EvidenceLevel::Sdk,
    unverified: "the answer text `[accepted]` of older accounts, the time limit, the retries and how long an old key stays valid",
    scheme,
    proof: "HMAC-SHA256 of eight fields of each item, `additionalData.hmacSignature` in base64",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "queued and sent again",
        ..Acknowledgement::BASE
    },
    labels: [
        "`pspReference`, `eventCode` and `success` of the first item, covered by its signature",
        "`eventCode` of the first item, covered by its signature",
        "none",
    ],
    replay: "no time is signed: a replay of the same items is a duplicate while they are remembered; items sent alone or together \
             with others are taken again; amount, references, account, code and success are the sender's, everything else in an item is not proven",
    ..Provider::BASE
};

/// The key of Adyen's webhooks, of either kind.
pub(super) const KEY_RULE: KeyRule =
    KeyRule::decoded(KeyDecoding::Hex, 32, "the webhook's HMAC key, 64 hexadecimal digits");

fn scheme() -> Scheme {
    let of_first = |member: &str| Json::pointer(&format!("/notificationItems/0/NotificationRequestItem/{member}"));
    let scheme = Scheme::hmac_sha256()
        .proof_found_by(found)
        .key_rule(KEY_RULE)
        .event_id(LabelSource::joined([of_first("pspReference"), of_first("eventCode"), of_first("success")]))
        .event_type(of_first("eventCode"))
        // Of all items, not of the first one: a batch is one delivery.
        .identity(Identity::Digest);
    #[cfg(feature = "sign")]
    let scheme = scheme.proof_written_by(write);
    scheme
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    notification_items: Vec<Object<Envelope>>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "NotificationRequestItem")]
    item: Object<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    psp_reference: Option<Scalar>,
    original_reference: Option<Scalar>,
    merchant_account_code: Option<Scalar>,
    merchant_reference: Option<Scalar>,
    amount: Option<Object<Amount>>,
    event_code: Option<Scalar>,
    success: Option<Scalar>,
    additional_data: Object<AdditionalData>,
}

#[derive(Deserialize)]
struct Amount {
    value: Option<Scalar>,
    currency: Option<Scalar>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalData {
    hmac_signature: String,
}

fn found(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let notification: Notification = json::read(input.body)?;
    json::batch(notification.notification_items.len())?;
    let mut signed = SignedBytes::new().covering_fields();
    for Object(Envelope { item: Object(item) }) in &notification.notification_items {
        let signature = item.additional_data.0.hmac_signature.as_bytes();
        signed = signed.and(SignedMessage::new(item.canonical()?).signatures([signature], Encoding::Base64)?);
    }
    Ok(signed)
}

/// Which of the signed fields the merchant writes.
const MERCHANT_REFERENCE: usize = 3;

impl Item {
    /// The eight fields, joined by `:`; a missing one is empty.
    ///
    /// Nothing is escaped, so only one of them may hold a `:`: with a second one, the same bytes could be cut otherwise.
    /// It is the merchant's own reference; no other field of Adyen's has one.
    fn canonical(&self) -> Result<Vec<u8>, Rejection> {
        let amount = self.amount.as_ref().map(|Object(amount)| amount);
        let fields = [
            &self.psp_reference,
            &self.original_reference,
            &self.merchant_account_code,
            &self.merchant_reference,
            amount.map_or(&None, |amount| &amount.value),
            amount.map_or(&None, |amount| &amount.currency),
            &self.event_code,
            &self.success,
        ];
        let malformed = || Rejection::detail(Reason::MalformedBody, "a signed field is no text that can be signed");
        let mut texts = Vec::with_capacity(fields.len());
        for (at, field) in fields.into_iter().enumerate() {
            let text = field.as_ref().map_or_else(|| Some(String::new()), Scalar::text).ok_or_else(malformed)?;
            if text.contains(':') && at != MERCHANT_REFERENCE {
                return Err(malformed());
            }
            texts.push(text);
        }
        Ok(texts.join(":").into_bytes())
    }
}

#[cfg(feature = "sign")]
fn write(draft: &ProofDraft<'_>) -> Result<Vec<u8>, ConfigError> {
    let unfit = || ProofDraft::unfit("the body has no `notificationItems` that can be signed");
    let mut body = json::draft(draft.body)?;
    let items = body.get_mut("notificationItems").and_then(|items| items.as_array_mut()).ok_or_else(unfit)?;
    for envelope in items {
        let item = envelope.get_mut("NotificationRequestItem").ok_or_else(unfit)?;
        let path = ["additionalData", "hmacSignature"];
        json::set(item, &path, String::new())?;
        let Object(fields) = serde_json::from_value::<Object<Item>>(item.clone()).map_err(|_| unfit())?;
        let signature = draft.sign(&fields.canonical().map_err(|_| unfit())?, Encoding::Base64)?;
        json::set(item, &path, signature)?;
    }
    Ok(body.to_string().into_bytes())
}
