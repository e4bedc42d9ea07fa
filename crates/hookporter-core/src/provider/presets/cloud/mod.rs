//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

#[cfg(feature = "http-signatures")]
mod rfc9421;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    #[cfg(feature = "http-signatures")]
    &rfc9421::RFC9421,
];
