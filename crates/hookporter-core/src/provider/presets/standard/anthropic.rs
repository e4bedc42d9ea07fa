use super::{STANDARD_WEBHOOKS, webhook_scheme};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Json, Provider, Scheme};

/// Anthropic, the Claude platform: Standard Webhooks. Every body's own `type` is `event`; what happened is in `data`.
pub(super) static ANTHROPIC: Provider = Provider {
    id: "anthropic",
    name: "Anthropic",
    documentation: "https://platform.claude.com/docs/en/managed-agents/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the success statuses, the time limit and the retries",
    scheme,
    acknowledgement: Acknowledgement::BASE,
    labels: ["`webhook-id`, signed", "`data.type`, else `type`, signed", "none"],
    ..STANDARD_WEBHOOKS
};

fn scheme() -> Scheme {
    webhook_scheme().event_type([Json::pointer("/data/type"), Json::pointer("/type")])
}
