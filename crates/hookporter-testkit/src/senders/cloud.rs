//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

use crate::maker::RequestMaker;
use crate::profile::Profile;
use crate::secret::SenderSecret;
use crate::senders::preset;

senders! {
    /// Requests of Auth0's; the secret is the whole value of `Authorization`.
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    auth0 = "auth0",
    /// Notifications of Amazon SNS's; the secret is an RSA private key. The event is the message's `Type`.
    #[cfg(feature = "rsa")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "rsa"))))]
    aws_sns = "aws-sns",
    /// Requests of Azure Event Grid's. The secret is the parameter `code` of the URL and covers no byte of the body.
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    azure_event_grid = "azure-event-grid",
    /// CloudEvents in binary mode, with a bearer token. The token covers no byte of the body, so no tampered body is among
    /// the forgeries.
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    cloudevents = "cloudevents",
    /// Requests of FusionAuth's.
    #[cfg(feature = "jwt")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "jwt"))))]
    fusionauth = "fusionauth",
    /// Pushes of Google Cloud Pub/Sub; the secret is a JSON object with an RSA private key in place of the `jwk`. The
    /// token covers no byte of the body.
    #[cfg(all(feature = "jwt", feature = "rsa"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "jwt", feature = "rsa"))))]
    google_pubsub = "google-pubsub",
    /// Change notifications of Microsoft Graph's: a batch of two items, each of which gains the `clientState`.
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    microsoft_graph = "microsoft-graph",
    /// Requests of Okta's event hooks. The token covers no byte of the body.
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    okta = "okta",
    /// Requests of Persona's.
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    persona = "persona",
    /// Messages of Upstash QStash, for the URL that [`RequestMaker::url`] sets.
    #[cfg(feature = "jwt")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "jwt"))))]
    qstash = "qstash",
    /// Requests with an HTTP Message Signature (RFC 9421, hmac-sha256). The id is the nonce.
    ///
    /// The public URL is signed: set it with [`RequestMaker::url`].
    #[cfg(feature = "http-signatures")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "http-signatures"))))]
    rfc9421 = "rfc9421",
    /// Requests of WorkOS'.
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    workos = "workos",
}
