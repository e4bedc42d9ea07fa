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
    #[cfg(feature = "payments")]
    adyen = "adyen", "Adyen's payment webhooks";
    #[cfg(feature = "payments")]
    adyen_platform = "adyen-platform", "Adyen's platform, banking and management webhooks";
    #[cfg(feature = "payments")]
    braintree = "braintree", "Braintree";
    #[cfg(feature = "developer")]
    contentful = "contentful", "Contentful";
    #[cfg(feature = "workspace")]
    dropbox_sign = "dropbox-sign", "Dropbox Sign";
    #[cfg(feature = "messaging")]
    hubspot_v1 = "hubspot-v1", "HubSpot's signature v1";
    #[cfg(feature = "messaging")]
    mailgun = "mailgun", "Mailgun";
    #[cfg(feature = "payments")]
    mercadopago = "mercadopago", "Mercado Pago";
    #[cfg(feature = "cloud")]
    microsoft_graph = "microsoft-graph", "Microsoft Graph change notifications";
}

macro_rules! presets_at {
    ($($(#[$meta:meta])* $name:ident = $id:literal, $sender:literal;)*) => {
        impl Endpoint {
            $(
                #[doc = concat!("An endpoint for ", $sender, ": the preset `", $id, "`. It signs `url`, the public URL that the sender calls.")]
                ///
                /// # Errors
                /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
                $(#[$meta])*
                pub fn $name(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
                    Self::provider_at($id, keys, url)
                }
            )*
        }
    };
}

presets_at! {
    twilio = "twilio", "Twilio";
    #[cfg(feature = "messaging")]
    hubspot = "hubspot", "HubSpot's signature v3";
    #[cfg(feature = "messaging")]
    hubspot_v2 = "hubspot-v2", "HubSpot's signature v2";
    #[cfg(feature = "payments")]
    square = "square", "Square";
}
