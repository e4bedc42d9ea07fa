//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod microsoft_graph;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[("microsoft-graph", &microsoft_graph::MICROSOFT_GRAPH)];
