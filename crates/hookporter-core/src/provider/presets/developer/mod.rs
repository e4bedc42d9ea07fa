//! Developer tools and content: Linear, Mux, PagerDuty, Sentry and others.

mod contentful;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[&contentful::CONTENTFUL];
