//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[];
