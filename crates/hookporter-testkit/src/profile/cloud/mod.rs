//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod azure_event_grid;
mod okta;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] =
    &[("azure-event-grid", &azure_event_grid::AZURE_EVENT_GRID), ("okta", &okta::OKTA)];
