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
    #[cfg(feature = "workspace")]
    asana = "asana", "Asana";
    #[cfg(feature = "cloud")]
    azure_event_grid = "azure-event-grid", "Azure Event Grid";
    #[cfg(feature = "ed25519")]
    discord = "discord", "Discord interactions and webhook events";
    #[cfg(feature = "workspace")]
    dropbox = "dropbox", "Dropbox";
    github = "github", "GitHub";
    hubla = "hubla", "Hubla";
    #[cfg(feature = "messaging")]
    intercom = "intercom", "Intercom";
    #[cfg(feature = "messaging")]
    meta = "meta", "Meta (Facebook, Instagram, WhatsApp, Messenger, Threads)";
    #[cfg(feature = "workspace")]
    notion = "notion", "Notion";
    #[cfg(feature = "workspace")]
    nylas = "nylas", "Nylas v3";
    #[cfg(feature = "cloud")]
    okta = "okta", "Okta event hooks";
    #[cfg(feature = "jwt")]
    shipmondo = "shipmondo", "Shipmondo";
    shopify = "shopify", "Shopify";
    slack = "slack", "Slack";
    standard_webhooks = "standard-webhooks", "Standard Webhooks v1 and Svix";
    #[cfg(feature = "ed25519")]
    standard_webhooks_v1a = "standard-webhooks-v1a", "Standard Webhooks v1a";
    stripe = "stripe", "Stripe";
    superoffice = "superoffice", "SuperOffice";
    #[cfg(feature = "messaging")]
    twitch = "twitch", "Twitch EventSub";
    #[cfg(feature = "payments")]
    woocommerce = "woocommerce", "WooCommerce";
    #[cfg(feature = "messaging")]
    x_twitter = "x-twitter", "X (Twitter)";
    #[cfg(feature = "messaging")]
    zoom = "zoom", "Zoom";
}

impl Endpoint {
    /// An endpoint for Trello: the preset `trello`. It signs `url`, the callback URL that its webhooks were made with.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    #[cfg(feature = "workspace")]
    pub fn trello(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("trello", keys, url)
    }

    /// An endpoint for Twilio: the preset `twilio`. It signs `url`, the public URL that Twilio calls.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    pub fn twilio(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("twilio", keys, url)
    }
}
