use std::time::Duration;

use super::{STANDARD_WEBHOOKS, webhook_scheme};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Identity, Json, KeyRule, LabelSource, Provider, Scheme};

const ACKNOWLEDGEMENT: Acknowledgement = Acknowledgement {
    time_limit: Some(Duration::from_secs(10)),
    retries: "none by itself; resent by hand with the same ids; 4 failures in a row disable the hook for a while",
    ..Acknowledgement::BASE
};

const EVENT_HEADERS: &[&str] =
    &["x-gitlab-event", "x-gitlab-event-uuid", "x-gitlab-webhook-uuid", "x-gitlab-instance", "idempotency-key"];

/// GitLab with a signing token (19.0 and later): Standard Webhooks. Hooks with a secret token only are `gitlab-token`.
pub(super) static GITLAB: Provider = Provider {
    id: "gitlab",
    name: "GitLab (signing token)",
    documentation: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit, and that the signing token is encoded as Standard Webhooks has it",
    scheme,
    acknowledgement: ACKNOWLEDGEMENT,
    labels: ["`webhook-id`, signed", "`object_kind`, else `event_name`, signed", "none"],
    event_headers: EVENT_HEADERS,
    ..STANDARD_WEBHOOKS
};

/// GitLab with a secret token, which every request carries. It proves that the sender knows the token and binds no byte of
/// the body; a signing token (`gitlab`) does.
pub(super) static GITLAB_TOKEN: Provider = Provider {
    id: "gitlab-token",
    name: "GitLab (secret token)",
    documentation: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit",
    scheme: token_scheme,
    proof: "static token, `X-Gitlab-Token`",
    acknowledgement: ACKNOWLEDGEMENT,
    labels: [
        "`Idempotency-Key`, else `X-Gitlab-Event-UUID`, unsigned",
        "`object_kind`, else `event_name`, not covered by the token",
        "none",
    ],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    event_headers: EVENT_HEADERS,
    ..Provider::BASE
};

fn scheme() -> Scheme {
    webhook_scheme().event_type(kind())
}

fn token_scheme() -> Scheme {
    Scheme::static_token("x-gitlab-token")
        .key_rule(KeyRule::text(8, "the secret token that was set for the webhook (an access token is `glpat-…`)"))
        .event_id(LabelSource::header(&["idempotency-key", "x-gitlab-event-uuid"]))
        .event_type(kind())
        .identity(Identity::UnsignedIdWithDigest)
}

/// System hooks have no `object_kind`.
fn kind() -> [Json; 2] {
    [Json::pointer("/object_kind"), Json::pointer("/event_name")]
}
