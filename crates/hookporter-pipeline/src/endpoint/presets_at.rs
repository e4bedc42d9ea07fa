//! One function per preset whose sender signs the public URL, or makes its tokens for it.

use hookporter_core::ConfigError;

use crate::Endpoint;
use crate::keys::Keys;

macro_rules! presets_at {
    ($($(#[$meta:meta])* $name:ident = $id:literal, $sender:literal, $url:literal;)*) => {
        impl Endpoint {
            $(
                #[doc = concat!("An endpoint for ", $sender, ": the preset `", $id, "`. ", $url)]
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
    #[cfg(feature = "messaging")]
    hubspot = "hubspot", "HubSpot's signature v3", "It signs `url`, the public URL that HubSpot calls.";
    #[cfg(feature = "messaging")]
    hubspot_v2 = "hubspot-v2", "HubSpot's signature v2", "It signs `url`, the public URL that HubSpot calls.";
    #[cfg(all(feature = "workspace", feature = "jwt"))]
    monday = "monday", "monday.com", "Its tokens are for `url`, the public URL that monday.com calls.";
    #[cfg(all(feature = "cloud", feature = "jwt"))]
    qstash = "qstash", "Upstash QStash",
        "Give the current and the next signing key, as a keyring of two; the tokens are for `url`, the public URL that QStash calls.";
    #[cfg(all(feature = "cloud", feature = "http-signatures"))]
    rfc9421 = "rfc9421", "HTTP Message Signatures", "`url` is the public URL that the sender calls and signs.";
    #[cfg(feature = "payments")]
    square = "square", "Square", "It signs `url`, the notification URL of the subscription.";
    #[cfg(feature = "workspace")]
    trello = "trello", "Trello", "It signs `url`, the callback URL that its webhooks were made with.";
    twilio = "twilio", "Twilio", "It signs `url`, the public URL that Twilio calls.";
}
