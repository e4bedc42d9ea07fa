//! Developer tools and content: Linear, Mux, PagerDuty, Sentry and others.

#[cfg(feature = "jwt")]
mod netlify;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    #[cfg(feature = "jwt")]
    ("netlify", &netlify::NETLIFY),
];
