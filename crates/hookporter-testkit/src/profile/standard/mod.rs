//! Senders of Standard Webhooks under their own names: OpenAI, Clerk, Resend and others.

mod ai;
mod platforms;
mod svix;

use super::Profile;

/// Secrets as Standard Webhooks has them.
const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_WHSEC: &str = "whsec_dGhlIGtleSBvZiBzb21lYm9keSBlbHNl";

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("anthropic", &ai::ANTHROPIC),
    ("bigcommerce", &platforms::BIGCOMMERCE),
    ("clerk", &svix::CLERK),
    ("gitlab", &platforms::GITLAB),
    ("gitlab-token", &platforms::GITLAB_TOKEN),
    ("liveblocks", &platforms::LIVEBLOCKS),
    ("openai", &ai::OPENAI),
    ("polar", &platforms::POLAR),
    ("render", &platforms::RENDER),
    ("replicate", &ai::REPLICATE),
    ("resend", &svix::RESEND),
    ("supabase-auth-hooks", &platforms::SUPABASE_AUTH_HOOKS),
    ("svix", &svix::SVIX),
];
