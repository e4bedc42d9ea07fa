use crate::provider::handshake::known;
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, LabelSource, Provider, Scheme};

/// CloudEvents web hooks: a bearer token in `Authorization`, or in the query as `access_token`.
///
/// The three modes are told apart by the content type: binary (`ce-…` headers), structured
/// (`application/cloudevents+json`) and batched (`application/cloudevents-batch+json`). A batch is one delivery. Its id and
/// version are those of its first event; it has no type, since its events may be of several.
pub(crate) static CLOUDEVENTS: Provider = Provider {
    id: "cloudevents",
    name: "CloudEvents web hooks",
    documentation: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "static token, `Authorization: Bearer …` or `?access_token=…`",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 201, 202, 204]),
        retries: "defined by the sender; 410 retires the endpoint",
        ..Acknowledgement::BASE
    },
    handshakes: &[known::CLOUDEVENTS],
    labels: [
        "`ce-source` and `ce-id` together, in a structured event `source` and `id`, not covered by the token",
        "`ce-type`, in a structured event `type`, none in a batch, not covered by the token",
        "`ce-specversion`, in a structured event `specversion`, not covered by the token",
    ],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    event_headers: &["ce-id", "ce-source", "ce-specversion", "ce-subject", "ce-time", "ce-type"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::static_token("authorization")
        .signature(Header::new("authorization").prefix("Bearer ").plain())
        .or_query("access_token")
        .key_rule(KeyRule::text(16, "the token that the sender was given, without `Bearer `"))
        .event_id(by_mode(
            LabelSource::headers(&["ce-source", "ce-id"]),
            LabelSource::joined([Json::pointer("/source"), Json::pointer("/id")]),
            LabelSource::joined([Json::pointer("/0/source"), Json::pointer("/0/id")]),
        ))
        .event_type(by_mode(LabelSource::header(&["ce-type"]), Json::pointer("/type").into(), LabelSource::None))
        .api_version(by_mode(
            LabelSource::header(&["ce-specversion"]),
            Json::pointer("/specversion").into(),
            Json::pointer("/0/specversion").into(),
        ))
        .identity(Identity::UnsignedIdWithDigest)
}

fn by_mode(binary: LabelSource, structured: LabelSource, batched: LabelSource) -> LabelSource {
    LabelSource::by_content_type([
        ("application/cloudevents-batch", batched),
        ("application/cloudevents", structured),
        ("", binary),
    ])
}
