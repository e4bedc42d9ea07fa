use std::time::Duration;

use crate::provider::handshake::known::CLOUDEVENTS;
use crate::provider::handshake::{Answer, ECHO, HandshakeRule, ProofDemand, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Azure Event Grid: a secret of your choice in the query of the endpoint's URL, `…?code=SECRET`.
///
/// Event Grid signs nothing. The secret proves that whoever calls knows the URL; it binds no byte of the body, and shows
/// in the logs of whatever the URL passes. Its events come in batches: the labels are those of the first. A batch tells
/// of itself in both schemas, and both of their challenges are answered once the secret held.
pub(super) static AZURE_EVENT_GRID: Provider = Provider {
    id: "azure-event-grid",
    name: "Azure Event Grid",
    documentation: "https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema",
    evidence: EvidenceLevel::Official,
    unverified: "the retries, and which statuses are a success for events; a token of Microsoft Entra ID is not judged",
    scheme,
    proof: "static token, the parameter `code` of the endpoint's URL",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 201, 202, 204]),
        time_limit: Some(Duration::from_secs(30)),
        retries: "for 24 h with growing gaps, unless the subscription says otherwise",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    handshakes: &[
        HandshakeRule {
            when: &[When::Is(Source::Json("/0/eventType"), "Microsoft.EventGrid.SubscriptionValidationEvent")],
            challenge: Some(Source::Json("/0/data/validationCode")),
            answer: Answer::Json(&[("validationResponse", ECHO)]),
            ..HandshakeRule::BASE
        },
        HandshakeRule { proof: ProofDemand::Held, ..CLOUDEVENTS },
    ],
    labels: [
        "`[0].id`, not covered by the secret",
        "`[0].eventType` (CloudEvents: `type`), not covered by the secret",
        "`[0].dataVersion` (CloudEvents: `specversion`), not covered by the secret",
    ],
    replay: "whoever has seen one request knows the secret and can send anything: only the transport protects it",
    event_headers: &["aeg-delivery-count", "aeg-event-type", "aeg-subscription-name"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::static_token_in_query("code")
        .key_rule(KeyRule::text(16, "the secret behind `?code=` in the URL that Event Grid was given, not encoded"))
        .event_id([Json::pointer("/0/id"), Json::pointer("/id")])
        .event_type([Json::pointer("/0/eventType"), Json::pointer("/0/type"), Json::pointer("/type")])
        .api_version([Json::pointer("/0/dataVersion"), Json::pointer("/0/specversion"), Json::pointer("/specversion")])
        .identity(Identity::Digest)
}
