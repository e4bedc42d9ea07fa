//! A function for every sender.

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
    /// Payment notifications of Adyen's: a batch of two items, each with its own signature. A body of your own needs
    /// `notificationItems`; it gains the signatures. Most of it is not covered, so no tampered body is among the
    /// forgeries.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    adyen = "adyen",
    /// Requests of Adyen's platforms, banking and management.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    adyen_platform = "adyen-platform",
    /// Forms of Braintree's. The secret is the account's API keys as JSON, and a body of your own the XML of a
    /// notification, of which the form is made.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    braintree = "braintree",
    /// Requests of Contentful's. The header `x-contentful-signed-headers` says which headers are signed.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    contentful = "contentful",
    /// Callbacks of Dropbox Sign's: a multipart form, made of the JSON of an event. Only its time and type are covered.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    dropbox_sign = "dropbox-sign",
    /// Requests of HubSpot's with signature v3, which signs the public URL: set it with [`RequestMaker::url`].
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    hubspot = "hubspot",
    /// Requests of HubSpot's with signature v1.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    hubspot_v1 = "hubspot-v1",
    /// Requests of HubSpot's with signature v2, which signs the public URL: set it with [`RequestMaker::url`].
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    hubspot_v2 = "hubspot-v2",
    /// Requests of Mailgun's. A body of your own gains the member `signature`; the event in it is not covered.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    mailgun = "mailgun",
    /// Requests of Mercado Pago's. The URL gains `data.id`, which is signed with the header `x-request-id`; the body is
    /// not covered.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    mercadopago = "mercadopago",
    /// Change notifications of Microsoft Graph's: a batch of two items, each of which gains the `clientState`.
    #[cfg(feature = "cloud")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    microsoft_graph = "microsoft-graph",
    /// Requests of Square's, which signs the public URL: set it with [`RequestMaker::url`].
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    square = "square",
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
