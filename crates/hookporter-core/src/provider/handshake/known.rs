//! Challenges that presets name, and those of presets to come: one constant each, beside the mechanism that they show.

use super::{Alphabet, Answer, ECHO, Guard, HandshakeRule, Piece, ProofDemand, Source, When};
use crate::Encoding;

/// Abuse protection of the CloudEvents web-hook specification (section 4): the origin that asks is allowed, at the rate
/// that it asks for. Its callback is not called: nothing here opens a connection.
pub(crate) const CLOUDEVENTS: HandshakeRule = HandshakeRule {
    method: "OPTIONS",
    proof: ProofDemand::Ignored,
    when: &[When::There(Source::Header("webhook-request-origin"))],
    challenge: Some(Source::Header("webhook-request-origin")),
    guard: Guard { least: 1, most: 253, alphabet: Alphabet::Host },
    answer: Answer::Headers(&[
        ("webhook-allowed-origin", Piece::Challenge),
        ("webhook-allowed-rate", Piece::Number("webhook-request-rate")),
        ("allow", Piece::Text("POST")),
    ]),
    ..HandshakeRule::BASE
};

/// Dropbox and Nylas: a `GET` whose query has the challenge, answered with its text.
pub(crate) const ECHO_OF_QUERY: HandshakeRule = HandshakeRule {
    method: "GET",
    proof: ProofDemand::Ignored,
    when: &[When::There(Source::Query("challenge"))],
    challenge: Some(Source::Query("challenge")),
    answer: Answer::Text(ECHO),
    ..HandshakeRule::BASE
};

/// monday.com: the challenge comes back as it came, in JSON. With a token in `Authorization`, that token must hold.
pub(crate) const MONDAY: HandshakeRule = HandshakeRule {
    proof: ProofDemand::HeldOrAbsent,
    when: &[When::There(Source::Json("/challenge")), When::Not(Source::Json("/event"))],
    challenge: Some(Source::Json("/challenge")),
    answer: Answer::Json(&[("challenge", ECHO)]),
    ..HandshakeRule::BASE
};

/// Microsoft Graph: a `POST` whose query has the token, answered with the decoded text. The proof, which is in the body
/// of notifications, is not there yet.
pub(crate) const MICROSOFT_GRAPH: HandshakeRule = HandshakeRule {
    proof: ProofDemand::Ignored,
    when: &[When::There(Source::Query("validationToken"))],
    challenge: Some(Source::Query("validationToken")),
    guard: Guard { least: 1, most: 512, alphabet: Alphabet::Words },
    answer: Answer::Text(ECHO),
    ..HandshakeRule::BASE
};

/// Braintree: the public key and a MAC under the private one. Braintree's own libraries sign 20 to 32 lower-case
/// hexadecimal digits and nothing else; a `bt_payload` of that shape must be refused, since anybody can have it signed.
/// The key rule says what is public of a key: [`KeyRule::public_part`](crate::KeyRule::public_part).
pub(crate) const BRAINTREE: HandshakeRule = HandshakeRule {
    method: "GET",
    proof: ProofDemand::Ignored,
    when: &[When::There(Source::Query("bt_challenge"))],
    challenge: Some(Source::Query("bt_challenge")),
    guard: Guard { least: 20, most: 32, alphabet: Alphabet::LowerHex },
    answer: Answer::Text(&[Piece::PublicPart, Piece::Text("|"), Piece::Mac(Encoding::Hex)]),
    ..HandshakeRule::BASE
};

/// Families that are switched off leave these without a preset, and parts of the mechanism without a rule.
const _: &[HandshakeRule] = &[
    CLOUDEVENTS,
    ECHO_OF_QUERY,
    MONDAY,
    MICROSOFT_GRAPH,
    BRAINTREE,
    HandshakeRule { proof: ProofDemand::Absent, when: &[When::Is(Source::Form(""), "")], ..HandshakeRule::BASE },
];
