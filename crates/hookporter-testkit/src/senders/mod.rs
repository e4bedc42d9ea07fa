//! A function for every sender: the first ones here, the others in a room per family.

use hookporter_core::{ConfigError, Provider, Scheme, Verifier};

use crate::maker::RequestMaker;
use crate::profile::Profile;
use crate::secret::SenderSecret;

macro_rules! senders {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        $($(#[$doc])*
        pub fn $name(secret: impl Into<SenderSecret>) -> RequestMaker {
            preset($id, Profile::of($id), secret.into())
        })*
    };
}

#[cfg(feature = "cloud")]
mod cloud;
#[cfg(feature = "developer")]
mod developer;
#[cfg(feature = "messaging")]
mod messaging;
#[cfg(feature = "payments")]
mod payments;
#[cfg(feature = "standard")]
mod standard;
#[cfg(feature = "workspace")]
mod workspace;

#[cfg(feature = "cloud")]
pub use cloud::*;
#[cfg(feature = "developer")]
pub use developer::*;
#[cfg(feature = "messaging")]
pub use messaging::*;
#[cfg(feature = "payments")]
pub use payments::*;
#[cfg(feature = "standard")]
pub use standard::*;
#[cfg(feature = "workspace")]
pub use workspace::*;

senders! {
    /// Requests of Stripe's.
    stripe = "stripe",
    /// Requests of GitHub's. The event is a header; its id is a header too, and stands in the sample body, because
    /// GitHub's events are told apart by their bytes.
    github = "github",
    /// Requests as Standard Webhooks has them (v1, symmetric).
    standard_webhooks = "standard-webhooks",
    /// Requests as Standard Webhooks has them (v1a, Ed25519); the secret is the private key, `whsk_…`.
    #[cfg(feature = "ed25519")]
    #[cfg_attr(docsrs, doc(cfg(feature = "ed25519")))]
    standard_webhooks_v1a = "standard-webhooks-v1a",
    /// Requests of Slack's Events API.
    slack = "slack",
    /// Requests of Shopify's.
    shopify = "shopify",
    /// Forms of Twilio's. The event is the form's `MessageStatus`.
    ///
    /// Twilio signs the public URL: set it with [`RequestMaker::url`]. A JSON body given to this maker is signed as
    /// [`twilio_json`] does it.
    twilio = "twilio",
    /// Requests of Discord's: an interaction, or with [`RequestMaker::event`] a webhook event. The secret is the
    /// private key; see [`discord_keys`](crate::discord_keys).
    #[cfg(feature = "ed25519")]
    #[cfg_attr(docsrs, doc(cfg(feature = "ed25519")))]
    discord = "discord",
    /// Requests of Shipmondo's: the body is a token, and what is set as body is its payload. The event is the
    /// resource's type, its id the resource's.
    #[cfg(feature = "jwt")]
    #[cfg_attr(docsrs, doc(cfg(feature = "jwt")))]
    shipmondo = "shipmondo",
    /// Requests of Hubla's. The token covers no byte of the body, so no tampered body is among the forgeries.
    hubla = "hubla",
    /// Requests of SuperOffice's.
    superoffice = "superoffice",
}

/// JSON requests of Twilio's: the URL gains the body's hash as `bodySHA256`, and is signed with it.
pub fn twilio_json(secret: impl Into<SenderSecret>) -> RequestMaker {
    preset("twilio", &crate::profile::TWILIO_JSON, secret.into())
}

/// Requests of the provider with this id.
///
/// ```
/// let request = hookporter_testkit::provider("slack", "the signing secret")?.event("app_mention").build();
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
///
/// # Errors
/// [`ConfigError::UnknownProvider`] if there is none, or its feature is off.
pub fn provider(id: &str, secret: impl Into<SenderSecret>) -> Result<RequestMaker, ConfigError> {
    let known = Provider::by_id(id)?;
    Ok(preset(known.id(), Profile::of(known.id()), secret.into()))
}

/// Requests of a sender of your own, whose scheme is a [`Scheme`] or a [`Verifier`].
///
/// The labels of the scheme say where event, id and version go. For an asymmetric scheme the secret is the private
/// key.
///
/// ```
/// use hookporter_core::{Header, Json, Scheme};
///
/// let scheme = Scheme::hmac_sha256()
///     .signed("{timestamp}.{body}")
///     .signature(Header::new("x-acme-signature").prefix("sha256=").hex())
///     .timestamp(Header::new("x-acme-time").unix_seconds())
///     .event_type(Json::pointer("/kind"));
/// let request = hookporter_testkit::custom(scheme, "a secret").event("door.opened").build();
/// assert!(request.header("x-acme-time").is_some());
/// ```
pub fn custom(scheme: impl Into<SenderScheme>, secret: impl Into<SenderSecret>) -> RequestMaker {
    RequestMaker::new("custom", &crate::profile::CUSTOM, scheme.into().0, secret.into())
}

fn preset(id: &str, profile: &'static Profile, secret: SenderSecret) -> RequestMaker {
    RequestMaker::new(id, profile, Provider::by_id(id).and_then(Provider::verifier), secret)
}

/// What a sender of your own signs by: a [`Scheme`] or a [`Verifier`], either of which converts into it.
///
/// A scheme that contradicts itself shows when a request is built.
#[derive(Debug, Clone)]
pub struct SenderScheme(Result<Verifier, ConfigError>);

impl From<Scheme> for SenderScheme {
    fn from(scheme: Scheme) -> Self {
        Self(Verifier::new(scheme))
    }
}

impl From<Verifier> for SenderScheme {
    fn from(verifier: Verifier) -> Self {
        Self(Ok(verifier))
    }
}

impl From<&Verifier> for SenderScheme {
    fn from(verifier: &Verifier) -> Self {
        Self(Ok(verifier.clone()))
    }
}
