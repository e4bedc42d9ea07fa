//! Senders of Standard Webhooks under their own names: OpenAI, Clerk, Resend and others.

use crate::maker::RequestMaker;
use crate::profile::Profile;
use crate::secret::SenderSecret;
use crate::senders::preset;

senders! {
    /// Requests of Anthropic's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    anthropic = "anthropic",
    /// Requests of BigCommerce's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    bigcommerce = "bigcommerce",
    /// Requests of Clerk's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    clerk = "clerk",
    /// Requests of GitLab's, with a signing token.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    gitlab = "gitlab",
    /// Requests of GitLab's, with a secret token. It covers no byte of the body, so no tampered body is among the forgeries.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    gitlab_token = "gitlab-token",
    /// Requests of Liveblocks's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    liveblocks = "liveblocks",
    /// Requests of OpenAI's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    openai = "openai",
    /// Requests of Polar's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    polar = "polar",
    /// Requests of Render's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    render = "render",
    /// Requests of Replicate's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    replicate = "replicate",
    /// Requests of Resend's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    resend = "resend",
    /// Requests of Supabase's Auth hooks.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    supabase_auth_hooks = "supabase-auth-hooks",
    /// Requests of Svix's.
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    svix = "svix",
}
