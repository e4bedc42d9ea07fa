//! Developer tools and content: Linear, Mux, PagerDuty, Sentry and others.

use crate::maker::RequestMaker;
use crate::profile::Profile;
use crate::secret::SenderSecret;
use crate::senders::preset;

senders! {
    /// Requests of Bitbucket Cloud's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    bitbucket = "bitbucket",
    /// Requests of CircleCI's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    circleci = "circleci",
    /// Requests of Cloudflare Stream's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    cloudflare_stream = "cloudflare-stream",
    /// Requests of Cloudinary's, signed with SHA-256.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    cloudinary = "cloudinary",
    /// Requests of Cloudinary's, signed with SHA-1.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    cloudinary_sha1 = "cloudinary-sha1",
    /// Requests of Contentful's. The header `x-contentful-signed-headers` says which headers are signed.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    contentful = "contentful",
    /// Requests of Fastly's Next-Gen WAF.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    fastly = "fastly",
    /// Requests of Heroku's app webhooks.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    heroku = "heroku",
    /// Requests of Jira's admin webhooks.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    jira = "jira",
    /// Requests of Knock's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    knock = "knock",
    /// Requests of LaunchDarkly's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    launchdarkly = "launchdarkly",
    /// Requests of Linear's. The timestamp is written into the body, which must be a JSON object.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    linear = "linear",
    /// Requests of Mux's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    mux = "mux",
    /// Deploy notifications of Netlify's.
    #[cfg(feature = "jwt")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "developer", feature = "jwt"))))]
    netlify = "netlify",
    /// Requests of PagerDuty's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    pagerduty = "pagerduty",
    /// Requests of Sanity's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    sanity = "sanity",
    /// Requests of Sentry's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    sentry = "sentry",
    /// Requests of Vercel's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    vercel = "vercel",
    /// Requests of Webflow's.
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    webflow = "webflow",
}
