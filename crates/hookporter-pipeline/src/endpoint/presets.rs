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
    #[cfg(feature = "cloud")]
    cloudevents = "cloudevents", "CloudEvents web hooks";
    #[cfg(all(feature = "ed25519", feature = "http-signatures", feature = "messaging"))]
    mailchannels = "mailchannels", "MailChannels";
}

impl Endpoint {
    /// An endpoint for Twilio: the preset `twilio`. It signs `url`, the public URL that Twilio calls.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    pub fn twilio(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("twilio", keys, url)
    }

    /// An endpoint for HTTP Message Signatures: the preset `rfc9421`. `url` is the public URL that the sender calls and
    /// signs.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    #[cfg(all(feature = "cloud", feature = "http-signatures"))]
    pub fn rfc9421(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("rfc9421", keys, url)
    }
}
