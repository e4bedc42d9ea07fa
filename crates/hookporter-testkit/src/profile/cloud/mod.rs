//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod auth0;
mod persona;
mod workos;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] =
    &[("auth0", &auth0::AUTH0), ("persona", &persona::PERSONA), ("workos", &workos::WORKOS)];
