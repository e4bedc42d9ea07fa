//! Challenges that are answered at the door: without a proof, without a hand-off.

use bytes::Bytes;
use hookporter_core::provider::{Challenge, Handshake};
use hookporter_core::{Head, Occurrence, Provider, Reason, Rejection, UnixTime};
use tokio::time::Instant;

use crate::Endpoint;
use crate::body::BodyReader;
use crate::exchange::{Exchange, Subject};
use crate::handshake_secret::HandshakeSecret;
use crate::keys::RequestKeys;
use crate::outcome::Outcome;
use crate::peek::Peeked;
use crate::receive::Verdict;
use crate::reply::Reply;

/// Answers the request if it is a challenge that needs no proof. What was looked at of another's body is read again.
pub(crate) async fn answer<B: BodyReader>(
    exchange: &mut Exchange,
    provider: &'static Provider,
    head: &Head<'_>,
    body: &mut Peeked<'_, B>,
    now: UnixTime,
) -> Result<Option<Verdict>, Rejection> {
    let endpoint = exchange.endpoint.clone();
    let mut held = endpoint.memory.hold();
    let seen = match provider.challenge_body_limit(&endpoint.verifier, head) {
        Some(most) if !announces_more_than(head, most) => body.look(most, endpoint.body_deadline, &mut held).await?,
        _ => Bytes::new(),
    };
    let Some(challenge) = provider.challenge(&endpoint.verifier, head, &seen)? else { return Ok(None) };
    exchange.body_bytes = seen.len();
    let answer = settle(exchange, &endpoint, challenge, head, now).await?;
    Ok(Some(conclude(exchange, head, answer, body)))
}

/// Writes an answered challenge down. Report-only passes it on instead.
pub(crate) fn conclude<B: BodyReader>(
    exchange: &Exchange,
    head: &Head<'_>,
    answer: Handshake,
    body: &mut Peeked<'_, B>,
) -> Verdict {
    exchange.conclude(Subject::Request(head), Outcome::Handshake, answer.status, None);
    if exchange.endpoint.report_only {
        return Verdict::PassOn(body.unread());
    }
    Verdict::Reply(Reply::handshake(answer))
}

/// What the challenge asks of the endpoint: its tenant, its key, its verify token, its hook for secrets.
async fn settle(
    exchange: &mut Exchange,
    endpoint: &Endpoint,
    mut challenge: Challenge,
    head: &Head<'_>,
    now: UnixTime,
) -> Result<Handshake, Rejection> {
    let keys = if challenge.needs_key() {
        let keys = RequestKeys::of(endpoint, exchange, head).await?;
        // A decoy's answer would be right for nobody.
        Some(endpoint.counting(exchange, keys.of_known_tenant()?))
    } else {
        if let Some(rule) = &endpoint.tenant {
            exchange.tenant = Some(rule.tenant(head).ok_or_else(|| Rejection::new(Reason::UnknownTenant))?);
        }
        None
    };
    if let (Some(secret), Some(hook)) = (challenge.secret(), &endpoint.on_secret) {
        if !endpoint.report_only {
            let secret = HandshakeSecret::new(secret, endpoint.name.clone(), exchange.tenant.clone());
            let deadline = Instant::now().checked_add(endpoint.budget);
            hook.keep(secret, deadline).await?;
        }
        challenge = challenge.kept();
    }
    challenge.answer(head, keys.as_deref(), endpoint.verify_token.as_ref(), now)
}

/// Whether the head says that the body is longer than any challenge.
fn announces_more_than(head: &Head<'_>, most: usize) -> bool {
    let Occurrence::Once(length) = head.headers().occurrence("content-length") else { return false };
    let length = std::str::from_utf8(length).ok().and_then(|digits| digits.parse::<usize>().ok());
    length.is_some_and(|length| length > most)
}
