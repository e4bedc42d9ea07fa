use std::time::Duration;

use super::{STANDARD_WEBHOOKS, key_rule, symmetric};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Provider, Scheme};

/// Svix: Standard Webhooks under `svix-…`; an endpoint may be set to `webhook-…`, and both are taken.
pub(super) static SVIX: Provider = Provider {
    id: "svix",
    name: "Svix",
    documentation: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    evidence: EvidenceLevel::Sdk,
    scheme,
    proof: "HMAC-SHA256 of id, timestamp and body, `svix-signature: v1,…`",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(15)),
        retries: "at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h; after 5 days of failures the endpoint is disabled",
        retry_for: Some(Duration::from_secs(28 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`svix-id`, signed", "`type`, signed", "none"],
    ..STANDARD_WEBHOOKS
};

/// Clerk, whose webhooks Svix sends.
pub(super) static CLERK: Provider = Provider {
    id: "clerk",
    name: "Clerk",
    documentation: "https://clerk.com/docs/guides/development/webhooks/overview",
    ..SVIX
};

/// Resend, whose webhooks Svix sends.
pub(super) static RESEND: Provider = Provider {
    id: "resend",
    name: "Resend",
    documentation: "https://resend.com/docs/webhooks/verify-webhooks-requests",
    ..SVIX
};

fn scheme() -> Scheme {
    symmetric("svix-").or_prefix("svix-", "webhook-").key_rule(key_rule())
}
