//! Profiles: what a sender's requests look like besides their proof, one room per sender.

#[cfg(feature = "cloud")]
mod cloud;
mod custom;
#[cfg(feature = "developer")]
mod developer;
#[cfg(feature = "ed25519")]
mod discord;
mod github;
mod hubla;
#[cfg(feature = "messaging")]
mod messaging;
#[cfg(feature = "payments")]
mod payments;
mod sample;
#[cfg(feature = "jwt")]
mod shipmondo;
mod shopify;
mod slack;
#[cfg(feature = "standard")]
mod standard;
mod standard_webhooks;
mod stripe;
mod superoffice;
mod twilio;
#[cfg(feature = "workspace")]
mod workspace;

pub(crate) use custom::CUSTOM;
#[cfg(feature = "ed25519")]
pub(crate) use discord::DISCORD;
pub(crate) use sample::{Content, Sample, Wanted};
#[cfg(feature = "ed25519")]
pub(crate) use standard_webhooks::STANDARD_WEBHOOKS_V1A;
pub(crate) use twilio::TWILIO_JSON;

use hookporter_core::Reason;

use crate::keys::TestKeys;

/// What is known of a sender's requests besides their scheme, which is the core's to know.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) keys: TestKeys,
    pub(crate) sample: fn(&Wanted<'_>) -> Sample,
    /// What kind of proof its requests carry; `None` for a custom scheme, where signing shows it.
    pub(crate) proof: Option<Proof>,
    /// Whether the URL states a hash of every body that is no form.
    pub(crate) hashes_body: bool,
    /// Why a changed body is refused.
    pub(crate) tampered_body: Reason,
}

/// The kinds of proof that forgeries differ by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// A signature over the body.
    Signature,
    /// A signature over something else, such as fields of the body.
    Detached,
    /// The secret itself.
    StaticToken,
    /// A JSON web token.
    Token,
}

impl Profile {
    /// What a profile says unless it says otherwise.
    const BASE: Self = Self {
        keys: CUSTOM_KEYS,
        sample: custom::sample,
        proof: Some(Proof::Signature),
        hashes_body: false,
        tampered_body: Reason::InvalidSignature,
    };

    /// The profile of a preset; of one that has none yet, what fits a sender that nobody knows.
    pub(crate) fn of(provider: &str) -> &'static Self {
        match provider {
            #[cfg(feature = "ed25519")]
            "discord" => &DISCORD,
            "github" => &github::GITHUB,
            "hubla" => &hubla::HUBLA,
            #[cfg(feature = "jwt")]
            "shipmondo" => &shipmondo::SHIPMONDO,
            "shopify" => &shopify::SHOPIFY,
            "slack" => &slack::SLACK,
            "standard-webhooks" => &standard_webhooks::STANDARD_WEBHOOKS,
            #[cfg(feature = "ed25519")]
            "standard-webhooks-v1a" => &STANDARD_WEBHOOKS_V1A,
            "stripe" => &stripe::STRIPE,
            "superoffice" => &superoffice::SUPEROFFICE,
            "twilio" => &twilio::TWILIO,
            _ => {
                let mut others = FAMILIES.iter().copied().flatten();
                others.find(|(id, _)| *id == provider).map_or(&CUSTOM, |(_, profile)| profile)
            }
        }
    }
}

static FAMILIES: &[&[(&str, &Profile)]] = &[
    #[cfg(feature = "cloud")]
    cloud::ALL,
    #[cfg(feature = "developer")]
    developer::ALL,
    #[cfg(feature = "messaging")]
    messaging::ALL,
    #[cfg(feature = "payments")]
    payments::ALL,
    #[cfg(feature = "standard")]
    standard::ALL,
    #[cfg(feature = "workspace")]
    workspace::ALL,
];

/// 64 hexadecimal digits are a secret as text, in hexadecimal and in base64, a seed of Ed25519, and a scalar of P-256.
/// These are the private keys of RFC 8032, section 7.1, tests 1 and 2.
const CUSTOM_KEYS: TestKeys = TestKeys::shared(
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
);

impl TestKeys {
    /// A secret that sender and receiver share.
    const fn shared(secret: &'static str, wrong: &'static str) -> Self {
        Self { sender: secret, receiver: secret, wrong }
    }
}
