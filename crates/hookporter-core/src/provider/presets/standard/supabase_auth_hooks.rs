use std::time::Duration;

use super::{STANDARD_WEBHOOKS, symmetric};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::scheme::KeyDecoding;
use crate::{KeyRule, LabelSource, Provider, Scheme};

/// Supabase Auth hooks: Standard Webhooks, with secrets that are shown as `v1,whsec_…`.
///
/// Each hook has a URL of its own, and its events name no type.
///
/// Supabase waits for the answer and acts on its body, which may change a token or refuse a login. So the work is done
/// inline, by a handler whose answer is sent: a queue that answers first gives Supabase nothing to act on. An answer of 400
/// or 403 becomes a 500 for the user; 429 and 503 with `Retry-After` are tried again.
pub(super) static SUPABASE_AUTH_HOOKS: Provider = Provider {
    id: "supabase-auth-hooks",
    name: "Supabase Auth hooks",
    documentation: "https://supabase.com/docs/guides/auth/auth-hooks",
    evidence: EvidenceLevel::Official,
    scheme,
    body_limit: 20 * 1024,
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 202, 204]),
        time_limit: Some(Duration::from_secs(5)),
        retries: "up to 3 tries, 2 s apart, after 429 or 503 with `Retry-After` only; the body of the answer is used, so answer inline",
        ..Acknowledgement::BASE
    },
    labels: ["`webhook-id`, signed", "none", "none"],
    ..STANDARD_WEBHOOKS
};

fn scheme() -> Scheme {
    let expected =
        "the hook's secret, `v1,whsec_` and base64 (of several joined by `|`, give each as a key of its own)";
    symmetric("webhook-")
        .key_rule(KeyRule::decoded(KeyDecoding::Base64After("v1,whsec_"), 24, expected).usual_prefix("v1,whsec_"))
        .event_type(LabelSource::None)
}
