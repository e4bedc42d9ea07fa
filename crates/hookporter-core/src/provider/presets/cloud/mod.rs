//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod microsoft_graph;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[&microsoft_graph::MICROSOFT_GRAPH];
