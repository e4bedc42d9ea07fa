use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Heroku app webhooks: HMAC-SHA256 of the body in base64.
pub(super) static HEROKU: Provider = Provider {
    id: "heroku",
    name: "Heroku",
    documentation: "https://devcenter.heroku.com/articles/app-webhooks",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the members that hold the id and the type, and the header of the API version, which is not read",
    scheme,
    proof: "HMAC-SHA256 of the body, `Heroku-Webhook-Hmac-SHA256` in base64",
    acknowledgement: Acknowledgement {
        retries: "level `sync`: until it succeeds or a limit is reached; level `notify`: none",
        ..Acknowledgement::BASE
    },
    labels: ["`webhook_metadata.delivery.id`, else `id`, signed", "`webhook_metadata.event.include`, signed", "none"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("heroku-webhook-hmac-sha256").base64())
        .key_rule(KeyRule::text(16, "the signing secret of the webhook"))
        .event_id([Json::pointer("/webhook_metadata/delivery/id"), Json::pointer("/id")])
        .event_type(Json::pointer("/webhook_metadata/event/include"))
        .identity(Identity::SignedId)
}
