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

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::{Provider, Secret};

    fn problem(id: &str, secret: &str) -> Option<String> {
        let verifier = Provider::by_id(id).unwrap().verifier().unwrap();
        verifier.prepare(&Secret::new(secret).into()).err().map(|error| error.to_string())
    }

    #[test]
    fn a_secret_becomes_a_key_as_each_sender_has_it() {
        let encoded = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
        let (whsec, shown) = (format!("whsec_{encoded}"), format!("v1,whsec_{encoded}"));
        for id in ALL.iter().map(|provider| provider.id()) {
            assert_eq!(problem(id, &whsec).is_some(), id == "supabase-auth-hooks", "{id}");
        }
        assert_eq!(problem("supabase-auth-hooks", &shown), None);
        for (id, secret) in [
            ("openai", "sk-proj-0123456789abcdef0123456789abcdef"),
            ("openai", "whsec_not base64"),
            ("openai", "too short"),
            ("liveblocks", encoded),
            ("svix", &shown),
            ("supabase-auth-hooks", &format!("{shown}|{shown}")),
        ] {
            assert!(problem(id, secret).is_some_and(|text| !text.contains(secret)), "{id}: {secret}");
        }
        assert_eq!(problem("openai", "a raw secret of the right length"), None);
    }
}
