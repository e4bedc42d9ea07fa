use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Flutterwave v3: the secret hash itself in a header. It binds no byte of the body; v4 (`flutterwave`) signs it.
pub(super) static FLUTTERWAVE_V3: Provider = Provider {
    id: "flutterwave-v3",
    name: "Flutterwave (v3)",
    documentation: "https://developer.flutterwave.com/v3.0/docs/webhooks",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the time limit and the retries",
    scheme,
    proof: "static token, `verif-hash`",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(60)),
        retries: "3, 30 min apart, where they are switched on",
        ..Acknowledgement::BASE
    },
    labels: [
        "`data.id`, not covered by the token; it names the transaction, so it identifies nothing",
        "`event`, not covered by the token",
        "none",
    ],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::static_token("verif-hash")
        .key_rule(KeyRule::text(8, "the secret hash that was set in the dashboard"))
        .event_id(Json::pointer("/data/id"))
        .event_type(Json::pointer("/event"))
        .identity(Identity::Digest)
}
