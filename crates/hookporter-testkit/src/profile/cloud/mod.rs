//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod auth0;
#[cfg(feature = "rsa")]
mod aws_sns;
mod azure_event_grid;
mod cloudevents;
#[cfg(feature = "jwt")]
mod fusionauth;
#[cfg(all(feature = "jwt", feature = "rsa"))]
mod google_pubsub;
mod microsoft_graph;
mod okta;
mod persona;
#[cfg(feature = "jwt")]
mod qstash;
#[cfg(feature = "http-signatures")]
mod rfc9421;
mod workos;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("auth0", &auth0::AUTH0),
    #[cfg(feature = "rsa")]
    ("aws-sns", &aws_sns::AWS_SNS),
    ("azure-event-grid", &azure_event_grid::AZURE_EVENT_GRID),
    ("cloudevents", &cloudevents::CLOUDEVENTS),
    #[cfg(feature = "jwt")]
    ("fusionauth", &fusionauth::FUSIONAUTH),
    #[cfg(all(feature = "jwt", feature = "rsa"))]
    ("google-pubsub", &google_pubsub::GOOGLE_PUBSUB),
    ("microsoft-graph", &microsoft_graph::MICROSOFT_GRAPH),
    ("okta", &okta::OKTA),
    ("persona", &persona::PERSONA),
    #[cfg(feature = "jwt")]
    ("qstash", &qstash::QSTASH),
    #[cfg(feature = "http-signatures")]
    ("rfc9421", &rfc9421::RFC9421),
    ("workos", &workos::WORKOS),
];
