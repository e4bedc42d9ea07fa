//! Senders of Standard Webhooks under their own names: OpenAI, Clerk, Resend and others.
//!
//! They differ in the names of their headers, in how their secrets become keys, and in how they want to be answered.

mod anthropic;
mod gitlab;
mod liveblocks;
mod openai;
mod raw_key;
mod supabase_auth_hooks;
mod svix;
mod usual;

use super::standard_webhooks::{STANDARD_WEBHOOKS, key_rule, symmetric};
use crate::{Provider, Scheme};

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &anthropic::ANTHROPIC,
    &gitlab::GITLAB,
    &gitlab::GITLAB_TOKEN,
    &liveblocks::LIVEBLOCKS,
    &openai::OPENAI,
    &raw_key::BIGCOMMERCE,
    &raw_key::POLAR,
    &supabase_auth_hooks::SUPABASE_AUTH_HOOKS,
    &svix::CLERK,
    &svix::RESEND,
    &svix::SVIX,
    &usual::RENDER,
    &usual::REPLICATE,
];

/// The scheme to the letter: `webhook-…` headers and a `whsec_` secret.
fn webhook_scheme() -> Scheme {
    symmetric("webhook-").key_rule(key_rule())
}
