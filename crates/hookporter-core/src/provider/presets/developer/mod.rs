//! Developer tools and content: Linear, Mux, PagerDuty, Sentry and others.

#[cfg(feature = "jwt")]
mod netlify;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    #[cfg(feature = "jwt")]
    &netlify::NETLIFY,
];
