//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[];
