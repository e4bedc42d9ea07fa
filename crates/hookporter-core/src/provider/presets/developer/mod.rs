//! Developer tools and content: Linear, Mux, PagerDuty, Sentry and others.

mod bitbucket;
mod circleci;
mod cloudflare_stream;
mod cloudinary;
mod contentful;
mod fastly;
mod heroku;
mod jira;
mod knock;
mod launchdarkly;
mod linear;
mod mux;
#[cfg(feature = "jwt")]
mod netlify;
mod pagerduty;
mod sanity;
mod sentry;
mod vercel;
mod webflow;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &bitbucket::BITBUCKET,
    &circleci::CIRCLECI,
    &cloudflare_stream::CLOUDFLARE_STREAM,
    &cloudinary::CLOUDINARY,
    &cloudinary::CLOUDINARY_SHA1,
    &contentful::CONTENTFUL,
    &fastly::FASTLY,
    &heroku::HEROKU,
    &jira::JIRA,
    &knock::KNOCK,
    &launchdarkly::LAUNCHDARKLY,
    &linear::LINEAR,
    &mux::MUX,
    #[cfg(feature = "jwt")]
    &netlify::NETLIFY,
    &pagerduty::PAGERDUTY,
    &sanity::SANITY,
    &sentry::SENTRY,
    &vercel::VERCEL,
    &webflow::WEBFLOW,
];
