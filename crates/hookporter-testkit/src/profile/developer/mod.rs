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

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("bitbucket", &bitbucket::BITBUCKET),
    ("circleci", &circleci::CIRCLECI),
    ("cloudflare-stream", &cloudflare_stream::CLOUDFLARE_STREAM),
    ("cloudinary", &cloudinary::CLOUDINARY),
    ("cloudinary-sha1", &cloudinary::CLOUDINARY),
    ("contentful", &contentful::CONTENTFUL),
    ("fastly", &fastly::FASTLY),
    ("heroku", &heroku::HEROKU),
    ("jira", &jira::JIRA),
    ("knock", &knock::KNOCK),
    ("launchdarkly", &launchdarkly::LAUNCHDARKLY),
    ("linear", &linear::LINEAR),
    ("mux", &mux::MUX),
    #[cfg(feature = "jwt")]
    ("netlify", &netlify::NETLIFY),
    ("pagerduty", &pagerduty::PAGERDUTY),
    ("sanity", &sanity::SANITY),
    ("sentry", &sentry::SENTRY),
    ("vercel", &vercel::VERCEL),
    ("webflow", &webflow::WEBFLOW),
];
