//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod auth0;
mod persona;
mod workos;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[&auth0::AUTH0, &persona::PERSONA, &workos::WORKOS];
