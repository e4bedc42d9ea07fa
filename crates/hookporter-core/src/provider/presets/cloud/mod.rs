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

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &auth0::AUTH0,
    #[cfg(feature = "rsa")]
    &aws_sns::AWS_SNS,
    &azure_event_grid::AZURE_EVENT_GRID,
    &cloudevents::CLOUDEVENTS,
    #[cfg(feature = "jwt")]
    &fusionauth::FUSIONAUTH,
    #[cfg(all(feature = "jwt", feature = "rsa"))]
    &google_pubsub::GOOGLE_PUBSUB,
    &microsoft_graph::MICROSOFT_GRAPH,
    &okta::OKTA,
    &persona::PERSONA,
    #[cfg(feature = "jwt")]
    &qstash::QSTASH,
    #[cfg(feature = "http-signatures")]
    &rfc9421::RFC9421,
    &workos::WORKOS,
];
