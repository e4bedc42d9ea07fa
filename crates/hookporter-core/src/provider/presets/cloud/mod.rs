//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod cloudevents;
#[cfg(feature = "http-signatures")]
mod rfc9421;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &cloudevents::CLOUDEVENTS,
    #[cfg(feature = "http-signatures")]
    &rfc9421::RFC9421,
];
