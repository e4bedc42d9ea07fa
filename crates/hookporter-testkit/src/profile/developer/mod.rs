//! Developer tools and content: Linear, Mux, PagerDuty, Sentry and others.

mod contentful;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[("contentful", &contentful::CONTENTFUL)];
