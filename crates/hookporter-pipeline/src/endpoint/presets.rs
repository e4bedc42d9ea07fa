//! One function per preset, so that an endpoint is one line.

use hookporter_core::ConfigError;

use crate::Endpoint;
use crate::keys::Keys;

macro_rules! presets {
    ($($(#[$meta:meta])* $name:ident = $id:literal, $sender:literal;)*) => {
        impl Endpoint {
            $(
                #[doc = concat!("An endpoint for ", $sender, ": the preset `", $id, "`.")]
                ///
                /// # Errors
                /// [`ConfigError`] for a key that cannot be right; it says what a right one looks like.
                $(#[$meta])*
                pub fn $name(keys: impl Into<Keys>) -> Result<Self, ConfigError> {
                    Self::provider($id, keys)
                }
            )*
        }
    };
}

presets! {
    #[cfg(feature = "ed25519")]
    discord = "discord", "Discord interactions and webhook events";
    github = "github", "GitHub";
    hubla = "hubla", "Hubla";
    #[cfg(feature = "jwt")]
    shipmondo = "shipmondo", "Shipmondo";
    shopify = "shopify", "Shopify";
    slack = "slack", "Slack";
    standard_webhooks = "standard-webhooks", "Standard Webhooks v1 and Svix";
    #[cfg(feature = "ed25519")]
    standard_webhooks_v1a = "standard-webhooks-v1a", "Standard Webhooks v1a";
    stripe = "stripe", "Stripe";
    superoffice = "superoffice", "SuperOffice";
    #[cfg(all(feature = "cloud", feature = "rsa"))]
    aws_sns = "aws-sns", "Amazon SNS";
    #[cfg(all(feature = "cloud", feature = "jwt"))]
    fusionauth = "fusionauth", "FusionAuth";
    #[cfg(all(feature = "cloud", feature = "jwt", feature = "rsa"))]
    google_pubsub = "google-pubsub", "Google Cloud Pub/Sub push";
    #[cfg(all(feature = "messaging", feature = "jwt"))]
    livekit = "livekit", "LiveKit";
    #[cfg(all(feature = "developer", feature = "jwt"))]
    netlify = "netlify", "Netlify deploy notifications";
    #[cfg(all(feature = "payments", feature = "rsa"))]
    paypal = "paypal", "PayPal";
    #[cfg(all(feature = "payments", feature = "jwt", feature = "ecdsa"))]
    plaid = "plaid", "Plaid";
}

impl Endpoint {
    /// An endpoint for Twilio: the preset `twilio`. It signs `url`, the public URL that Twilio calls.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    pub fn twilio(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("twilio", keys, url)
    }

    /// An endpoint for monday.com: the preset `monday`. Its tokens are for `url`, the public URL that monday.com calls.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    #[cfg(all(feature = "workspace", feature = "jwt"))]
    pub fn monday(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("monday", keys, url)
    }

    /// An endpoint for Upstash QStash: the preset `qstash`. Give the current and the next signing key, as a keyring of
    /// two; the tokens are for `url`, the public URL that QStash calls.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    #[cfg(all(feature = "cloud", feature = "jwt"))]
    pub fn qstash(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("qstash", keys, url)
    }
}
