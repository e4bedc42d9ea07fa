//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod azure_event_grid;
mod okta;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[&azure_event_grid::AZURE_EVENT_GRID, &okta::OKTA];
