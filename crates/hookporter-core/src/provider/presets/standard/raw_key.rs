use std::time::Duration;

use super::{STANDARD_WEBHOOKS, symmetric};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Json, KeyRule, Provider, Scheme};

/// BigCommerce: Standard Webhooks, keyed with the text of the app's client secret. Its documentation encodes the secret
/// in base64 for a library that decodes it again; here it is given as it is.
pub(super) static BIGCOMMERCE: Provider = Provider {
    id: "bigcommerce",
    name: "BigCommerce",
    documentation: "https://developer.bigcommerce.com/docs/integrations/webhooks",
    evidence: EvidenceLevel::Official,
    scheme: bigcommerce,
    acknowledgement: Acknowledgement {
        retries: "11 within 48 h, after gaps of 1 min to 24 h, then the hook is deactivated; a domain that fails more than one in ten within 2 min is left alone for 3 min",
        retry_for: Some(Duration::from_secs(48 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`webhook-id`, signed", "`scope`, signed", "none"],
    ..STANDARD_WEBHOOKS
};

/// Polar: Standard Webhooks, keyed with the text of the secret.
pub(super) static POLAR: Provider = Provider {
    id: "polar",
    name: "Polar",
    documentation: "https://polar.sh/docs/integrate/webhooks/delivery",
    evidence: EvidenceLevel::Sdk,
    unverified: "the encoding of the key, which is read from the SDK's code alone",
    scheme: polar,
    acknowledgement: Acknowledgement::BASE,
    ..STANDARD_WEBHOOKS
};

fn bigcommerce() -> Scheme {
    symmetric("webhook-")
        .key_rule(KeyRule::text(16, "the app's client secret, as it is shown"))
        .event_type(Json::pointer("/scope"))
}

fn polar() -> Scheme {
    symmetric("webhook-").key_rule(KeyRule::text(16, "the endpoint's secret, as it is shown"))
}
