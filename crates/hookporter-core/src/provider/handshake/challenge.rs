//! A challenge under way: recognised, its text within bounds, not answered yet.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::source::Read;
use super::{Handshake, HandshakeRule};
use crate::algorithm::Tag;
use crate::keyring::PreparedKey;
use crate::{Delivery, Head, PreparedKeyring, Provider, Reason, Rejection, Secret, UnixTime, Verifier};

/// A challenge that is answered without a proof. Made by [`Provider::challenge`], so its text is within bounds.
#[must_use = "a challenge that is not answered leaves the sender without one"]
pub struct Challenge {
    rule: &'static HandshakeRule,
    text: Zeroizing<String>,
    verify_token: Option<Zeroizing<String>>,
    is_kept: bool,
}

impl Provider {
    /// Whether the sender has challenges of this method; its events may have another.
    #[must_use]
    pub fn challenges_by(&self, method: &str) -> bool {
        self.handshakes.iter().any(|rule| rule.method == method)
    }

    /// Whether the sender has challenges that are answered without a proof.
    #[must_use]
    pub fn has_open_challenges(&self) -> bool {
        self.handshakes.iter().any(|rule| rule.is_at_the_door(false))
    }

    /// Whether a request may be a challenge that is answered once its proof held.
    #[must_use]
    pub fn may_be_signed_challenge(&self, head: &Head<'_>) -> bool {
        let mut rules = self.handshakes.iter().filter(|rule| rule.is_behind_the_proof());
        rules.any(|rule| rule.method == head.method() && (rule.reads_body() || rule.fits(head, &[])))
    }

    /// How much of the body of a request must be read to tell whether it is a challenge that is answered without a
    /// proof; `None` where the head tells.
    #[must_use]
    pub fn challenge_body_limit(&self, verifier: &Verifier, head: &Head<'_>) -> Option<usize> {
        let offers_proof = verifier.offers_proof(head);
        let mut rules = self.handshakes.iter();
        rules
            .any(|rule| rule.is_at_the_door(offers_proof) && rule.method == head.method() && rule.reads_body())
            .then_some(super::source::MAX_BODY)
    }

    /// The challenge that a request is, if it is one that is answered without a proof. `body` is what was read of it.
    ///
    /// # Errors
    /// [`Reason::HandshakeRefused`] for a challenge whose text is longer or stranger than any that the sender sends: an
    /// answer must not become a way to have us say, or sign, arbitrary text.
    pub fn challenge(&self, verifier: &Verifier, head: &Head<'_>, body: &[u8]) -> Result<Option<Challenge>, Rejection> {
        let offers_proof = verifier.offers_proof(head);
        let mut rules = self.handshakes.iter();
        let rule = rules.find(|rule| rule.is_at_the_door(offers_proof) && rule.fits(head, body));
        rule.map(|rule| Challenge::read(rule, head, body)).transpose()
    }

    /// The answer, if a proven delivery is this provider's challenge and not an event. `head` and `keys` are the ones
    /// that it was proven with; no sender whose bodies name their keys has an answer that a key takes part in.
    ///
    /// # Errors
    /// [`Reason::HandshakeRefused`] for a challenge whose text is longer or stranger than any that the provider sends,
    /// and for a body that may have been signed as a challenge and not as a delivery.
    pub fn handshake(
        &self,
        delivery: &Delivery,
        head: &Head<'_>,
        keys: Option<&PreparedKeyring>,
    ) -> Result<Option<Handshake>, Rejection> {
        let body = delivery.payload();
        let signed_by_us = |rule: &HandshakeRule| rule.answer.signs() && rule.guard.allows(delivery.body());
        if self.handshakes.iter().any(signed_by_us) {
            let what = "the body is a text that is signed for whoever asks, as a challenge";
            return Err(Rejection::detail(Reason::HandshakeRefused, what));
        }
        let mut rules = self.handshakes.iter();
        let Some(rule) = rules.find(|rule| rule.is_behind_the_proof() && rule.fits(head, body)) else {
            return Ok(None);
        };
        let challenge = Challenge::read(rule, head, body)?;
        let key = keys.and_then(|keys| keys.live(delivery.received_at()).find(|key| key.id == *delivery.key_id()));
        rule.answer.write(&challenge.text, head, key).map(Some)
    }
}

impl Challenge {
    fn read(rule: &'static HandshakeRule, head: &Head<'_>, body: &[u8]) -> Result<Self, Rejection> {
        let text = match rule.challenge.map(|source| source.read(head, body)) {
            None => Zeroizing::default(),
            Some(Read::Text(text)) if rule.guard.allows(text.as_bytes()) => text,
            Some(_) => {
                let what = "the challenge is none of the length and the alphabet that this sender's have";
                return Err(Rejection::detail(Reason::HandshakeRefused, what));
            }
        };
        let verify_token = rule.verify_token.and_then(|source| match source.read(head, body) {
            Read::Text(token) => Some(token),
            _ => None,
        });
        Ok(Self { rule, text, verify_token, is_kept: false })
    }

    /// Whether the endpoint's key takes part in the answer.
    #[must_use]
    pub fn needs_key(&self) -> bool {
        self.rule.answer.needs_key()
    }

    /// The secret that the sender hands over with it, for the user to keep. It never belongs in a log.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.rule.hands_over_secret.then_some(self.text.as_str())
    }

    /// States that the secret is kept: only then is it answered.
    pub fn kept(self) -> Self {
        Self { is_kept: true, ..self }
    }

    /// The answer. `verify_token` is the endpoint's own; `keys` are needed where [`Challenge::needs_key`] says so, and
    /// the first that has not expired at `now` is used.
    ///
    /// # Errors
    /// [`Reason::HandshakeRefused`] for a wrong verify token, or a secret that nobody kept; [`Reason::NoLiveKey`] where
    /// every key has expired.
    pub fn answer(
        &self,
        head: &Head<'_>,
        keys: Option<&PreparedKeyring>,
        verify_token: Option<&Secret>,
        now: UnixTime,
    ) -> Result<Handshake, Rejection> {
        self.judge_verify_token(verify_token)?;
        if self.rule.hands_over_secret && !self.is_kept {
            return Err(Rejection::detail(Reason::HandshakeRefused, "nobody keeps the secret that it hands over"));
        }
        let key: Option<&PreparedKey> = keys.and_then(|keys| keys.live(now).next());
        self.rule.answer.write(&self.text, head, key)
    }

    fn judge_verify_token(&self, expected: Option<&Secret>) -> Result<(), Rejection> {
        if self.rule.verify_token.is_none() {
            return Ok(());
        }
        let refused = |what| Err(Rejection::detail(Reason::HandshakeRefused, what));
        let Some(expected) = expected else { return refused("the endpoint has no verify token") };
        // Hashes have one length, so that the time tells none.
        let expected = Tag::new(&Sha256::digest(expected.bytes()));
        let given = self.verify_token.as_ref().map(|token| Sha256::digest(token.as_bytes()));
        if given.is_some_and(|given| bool::from(expected.matches(&given))) {
            return Ok(());
        }
        refused("the verify token is not the endpoint's")
    }
}

impl fmt::Debug for Challenge {
    // Its text may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenge({})", self.rule)
    }
}
