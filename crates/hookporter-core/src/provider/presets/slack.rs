use std::time::Duration;

use crate::provider::handshake::{Answer, ECHO, HandshakeRule, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Slack: HMAC-SHA256 over `v0:{timestamp}:{body}`; its URL challenge is signed like everything else.
pub(crate) static SLACK: Provider = Provider {
    id: "slack",
    name: "Slack",
    documentation: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of `v0:{timestamp}:{body}`, `X-Slack-Signature: v0=…`",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        no_retry: &[("x-slack-no-retry", "1")],
        time_limit: Some(Duration::from_secs(3)),
        retries: "3: at once, after 1 min, after 5 min; an answer with `x-slack-no-retry: 1` stops them",
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule {
        when: &[When::Is(Source::Json("/type"), "url_verification")],
        challenge: Some(Source::Json("/challenge")),
        answer: Answer::Text(ECHO),
        ..HandshakeRule::BASE
    }],
    labels: ["`event_id`, signed (commands and actions have none)", "`event.type`, else `type`, signed", "none"],
    replay: "within the tolerance an event's replay is a duplicate by its signed id; a command, which has no id, is taken again",
    event_headers: &["x-slack-retry-num", "x-slack-retry-reason"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("v0:{timestamp}:{body}")
        .signature(Header::new("x-slack-signature").prefix("v0=").hex())
        .timestamp(Header::new("x-slack-request-timestamp").unix_seconds())
        .key_rule(KeyRule::text(16, "the app's signing secret, 32 hexadecimal digits (a bot token is `xoxb-…`)"))
        .event_id(Json::pointer("/event_id"))
        .event_type([Json::pointer("/event/type"), Json::pointer("/type")])
        .identity(Identity::SignedId)
}
