use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Auth0's log streams and event streams: a text of the user's own in `Authorization`. It binds no byte of the body.
/// The key is the whole value of the header: with a bearer token it begins with `Bearer `.
pub(super) static AUTH0: Provider = Provider {
    id: "auth0",
    name: "Auth0",
    documentation: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
    evidence: EvidenceLevel::Official,
    unverified: "which member names an event",
    scheme,
    proof: "static token, `Authorization`",
    acknowledgement: Acknowledgement {
        retries: "event streams: 3, after 1, 2 and 4 s, none after a 4xx; many failures disable the stream",
        ..Acknowledgement::BASE
    },
    labels: [
        "`id`, else `log_id`, not covered by the token (a list of logs has none)",
        "`type`, else `data.type`, not covered by the token",
        "none",
    ],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::static_token("authorization")
        .key_rule(KeyRule::text(8, "the value of `Authorization` that was set for the stream"))
        .event_id([Json::pointer("/id"), Json::pointer("/log_id")])
        .event_type([Json::pointer("/type"), Json::pointer("/data/type")])
        .identity(Identity::Digest)
}
