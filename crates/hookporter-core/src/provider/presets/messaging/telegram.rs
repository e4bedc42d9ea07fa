use zeroize::Zeroizing;

use crate::provider::{Acknowledgement, AnswerBody, EvidenceLevel};
use crate::scheme::KeyDecoding;
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Telegram's Bot API: the token that `setWebhook` was given, in a header. It binds no byte of the body.
///
/// Telegram runs a JSON answer that has a `method` as a call of the bot, so a handler's body is left out; `verbatim`
/// lets it through.
pub(super) static TELEGRAM: Provider = Provider {
    id: "telegram",
    name: "Telegram Bot API",
    documentation: "https://core.telegram.org/bots/api#setwebhook",
    evidence: EvidenceLevel::Official,
    unverified: "the alphabet and the length of the token",
    scheme,
    proof: "static token, `X-Telegram-Bot-Api-Secret-Token`",
    acknowledgement: Acknowledgement {
        body: AnswerBody::Empty,
        retries: "with growing gaps of 60 to 120 s until the update expires; 410 for 23 h removes the webhook",
        ..Acknowledgement::BASE
    },
    labels: ["`update_id`, not covered by the token", "none: the kind is the name of a member", "none"],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::static_token("x-telegram-bot-api-secret-token")
        .key_rule(KeyRule::decoded(
            KeyDecoding::Function(token),
            16,
            "the `secret_token` of `setWebhook`: 1 to 256 letters, digits, `_` and `-` (not the bot's token)",
        ))
        .event_id(Json::pointer("/update_id"))
        .identity(Identity::UnsignedIdWithDigest)
}

/// A token of the characters that Telegram takes. A bot's own token has a colon in it.
fn token(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let usual = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    (text.len() <= 256 && text.iter().all(usual)).then(|| Zeroizing::new(text.to_vec()))
}
