use super::{STANDARD_WEBHOOKS, webhook_scheme};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{LabelSource, Provider, Scheme};

/// Replicate. An event is the prediction itself, which names no type; its `status` says how far it is.
pub(super) static REPLICATE: Provider = Provider {
    id: "replicate",
    name: "Replicate",
    documentation: "https://replicate.com/docs/topics/webhooks/verify-webhook",
    evidence: EvidenceLevel::Official,
    unverified: "the encoding of the key, the success statuses and the retries; the tolerance is the receiver's choice",
    scheme: replicate,
    acknowledgement: Acknowledgement::BASE,
    labels: ["`webhook-id`, signed, the same when it is sent again", "none", "none"],
    ..STANDARD_WEBHOOKS
};

/// Render.
pub(super) static RENDER: Provider = Provider {
    id: "render",
    name: "Render",
    documentation: "https://render.com/docs/webhooks",
    evidence: EvidenceLevel::Unverified,
    unverified: "all of it: that Render signs as Standard Webhooks has it is third-hand",
    scheme: webhook_scheme,
    acknowledgement: Acknowledgement::BASE,
    ..STANDARD_WEBHOOKS
};

fn replicate() -> Scheme {
    webhook_scheme().event_type(LabelSource::None)
}
