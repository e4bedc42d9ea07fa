//! The console in a framework: translation, and no rule.

#[cfg(feature = "actix")]
mod actix;
#[cfg(feature = "axum")]
mod axum;

/// How long a body may take to arrive.
#[cfg(any(feature = "actix", feature = "axum"))]
const BODY_DEADLINE: std::time::Duration = std::time::Duration::from_secs(10);
