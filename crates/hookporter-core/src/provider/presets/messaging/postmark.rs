use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::scheme::KeyDecoding;
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Postmark: the user and the password of the webhook's URL, by HTTP's Basic authentication. They bind no byte of the
/// body. Inbound mail with attachments is larger than the usual limit of a body.
pub(super) static POSTMARK: Provider = Provider {
    id: "postmark",
    name: "Postmark",
    documentation: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit",
    scheme,
    proof: "Basic authentication, `Authorization`",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "inbound: 10 over 10.5 h; 403 stops them at once",
        retry_for: Some(Duration::from_secs(11 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`MessageID`, not covered by the password", "`RecordType`, not covered by the password", "none"],
    replay: "whoever has seen one request knows the password and can send anything: only the transport protects it",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::basic_authentication()
        .key_rule(KeyRule::decoded(
            KeyDecoding::Credentials,
            8,
            "the user and password of the webhook's URL as `user:password`",
        ))
        .event_id(Json::pointer("/MessageID"))
        .event_type(Json::pointer("/RecordType"))
        .identity(Identity::UnsignedIdWithDigest)
}
