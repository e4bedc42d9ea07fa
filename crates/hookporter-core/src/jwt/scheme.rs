//! A token scheme: the pinned algorithm, where the token is, and what its payload must say.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::body_hash::BodyHash;
use super::by_key;
use super::claims::Claims;
use super::envelope::Envelope;
use super::expected::Context;
use super::payload;
use super::place::Place;
use super::policy::ClaimsPolicy;
use crate::algorithm::{Algorithm, Tag};
use crate::check::{self, Proof};
use crate::papers::Candidates;
use crate::{
    ConfigError, Coverage, Encoding, Head, Header, KeyName, KeyNaming, PreparedKeyring, Reason, Rejection, Tolerance,
    UnixTime,
};

/// How a sender proves origin with a JSON web token. Default: in the header `authorization` after `Bearer `, no claim
/// required.
#[derive(Debug, Clone)]
#[must_use]
pub struct TokenScheme {
    algorithm: Algorithm,
    /// Whether the keys say which algorithm they are for, instead.
    by_key: bool,
    pub(super) place: Place,
    pub(super) body_hash: Option<BodyHash>,
    nested_json: bool,
    /// Whether a digest of the body identifies an event where the body is covered, too.
    digests_body: bool,
    pub(super) policy: ClaimsPolicy,
}

impl TokenScheme {
    /// Tokens with HS256: HMAC-SHA256 and a shared secret.
    pub fn hs256() -> Self {
        Self::new(Algorithm::HmacSha256)
    }

    /// Tokens with ES256: ECDSA on P-256 with SHA-256.
    #[cfg(feature = "ecdsa")]
    pub fn es256() -> Self {
        Self::new(Algorithm::EcdsaP256Raw)
    }

    /// Tokens with RS256: RSA PKCS#1 v1.5 with SHA-256, keys of 2048 to 8192 bits.
    #[cfg(feature = "rsa")]
    pub fn rs256() -> Self {
        Self::new(Algorithm::RsaPkcs1Sha256)
    }

    /// Tokens whose algorithm each key decides: a public RSA key is for RS256, one of P-256 for ES256, one of Ed25519 (in PEM
    /// or as a JSON web key, all of them) for EdDSA, and anything else is a secret for HS256. A token is checked with the
    /// keys that are for the algorithm that it names, and with no others.
    pub fn algorithm_by_key() -> Self {
        Self { by_key: true, ..Self::hs256() }
    }

    fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            by_key: false,
            place: Place::Header(Header::new("authorization").prefix("Bearer ")),
            body_hash: None,
            nested_json: false,
            digests_body: false,
            policy: ClaimsPolicy::new(),
        }
    }

    /// The body is a JSON object, and its member `field` is the token. The payload is covered, nothing around it is.
    pub fn in_body(self, field: &str) -> Self {
        Self { place: Place::Member(field.into()), ..self }
    }

    /// The token is in a header, after its prefix. Without [`TokenScheme::body_hash`] it proves origin only.
    pub fn in_header(self, header: Header) -> Self {
        Self { place: Place::Header(header), ..self }
    }

    /// The claim `claim` of a token in a header is the SHA-256 of the body, in hexadecimal, base64 or base64url (with
    /// its padding or without). Default: none.
    pub fn body_hash(self, claim: &'static str, encoding: Encoding) -> Self {
        Self { body_hash: Some(BodyHash { claim, encoding }), ..self }
    }

    /// Opens a payload that is a JSON string with a JSON object or array in it, once. Any other payload stays as it is.
    /// Default: no payload is opened.
    pub fn nested_json(self) -> Self {
        Self { nested_json: true, ..self }
    }

    /// An event's digest is that of the body, for a sender whose retries bring new tokens and whose bodies do not repeat,
    /// or come with an id. Default: that of the token where it covers the body, which a retry with a new token does not
    /// share; that of the body where the token proves origin only.
    pub fn identified_by_body(self) -> Self {
        Self { digests_body: true, ..self }
    }

    /// What the claims must say. Default: [`ClaimsPolicy::new`].
    pub fn claims(self, policy: ClaimsPolicy) -> Self {
        Self { policy, ..self }
    }

    /// The algorithms that a token may name.
    fn pinned(&self) -> &[Algorithm] {
        if self.by_key { by_key::ALL } else { std::slice::from_ref(&self.algorithm) }
    }

    /// The algorithm that a receiver's key is for.
    pub(crate) fn algorithm_of(&self, key: &[u8]) -> Result<Algorithm, &'static str> {
        if self.by_key { by_key::of(key) } else { Ok(self.algorithm) }
    }

    /// The algorithm that a sender's key signs with.
    #[cfg(feature = "sign")]
    pub(crate) fn signing_algorithm(&self, key: &[u8]) -> Algorithm {
        if self.by_key { by_key::signing(key) } else { self.algorithm }
    }

    /// The pinned algorithm; where keys decide, the one of a shared secret.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether the public URL takes part in the claims.
    pub(crate) fn needs_url(&self) -> bool {
        self.policy.needs_url()
    }

    /// The names of what must belong to a key.
    pub(crate) fn key_parts(&self) -> impl Iterator<Item = &'static str> {
        self.policy.key_parts()
    }

    /// Whether a tolerance judges the token's age.
    pub(crate) fn judges_age(&self) -> bool {
        self.policy.ages
    }

    /// Where a token could name its key.
    pub(crate) fn key_naming(&self) -> KeyNaming {
        match self.place {
            Place::Header(_) => KeyNaming::Head,
            Place::Member(_) => KeyNaming::Body,
        }
    }

    /// The header that carries the token.
    pub(crate) fn header_name(&self) -> Option<&str> {
        match &self.place {
            Place::Header(header) => Some(&header.name),
            Place::Member(_) => None,
        }
    }

    /// The `kid` of the token.
    pub(crate) fn key_name(&self, head: &Head<'_>, body: &[u8]) -> Result<KeyName, Rejection> {
        let token = self.place.token(head, body)?;
        let id = Envelope::open(&token, self.pinned())?.key_id;
        let malformed = |what| Rejection::detail(Reason::MalformedToken, what);
        let id = id.ok_or_else(|| malformed("the token names no key"))?;
        KeyName::id(&id).ok_or_else(|| malformed("the token's key id is not a short plain one"))
    }

    /// Whether the proof covers all that [`Delivery::payload`](crate::Delivery::payload) gives.
    pub(crate) fn covers_payload(&self) -> bool {
        self.coverage() != Coverage::Origin
    }

    fn coverage(&self) -> Coverage {
        match (&self.place, &self.body_hash) {
            (Place::Member(_), _) => Coverage::Payload,
            (Place::Header(_), Some(_)) => Coverage::Body,
            (Place::Header(_), None) => Coverage::Origin,
        }
    }

    /// This scheme, unless it contradicts itself.
    pub(crate) fn checked(&self) -> Result<Self, ConfigError> {
        match &self.place {
            Place::Member(_) if self.body_hash.is_some() => {
                return Err(ConfigError::scheme("a token in the body cannot hold the hash of that body"));
            }
            Place::Header(header) if header.list.is_some() => {
                return Err(ConfigError::scheme("a token's header holds one value, not a list"));
            }
            _ => {}
        }
        if let Some(hash) = &self.body_hash {
            hash.check()?;
        }
        self.policy.check()?;
        Ok(self.clone())
    }

    /// Judges what can be judged before the body is read: a token in a header must be there once, and plausible.
    pub(crate) fn begin(&self, head: &Head<'_>) -> Result<(), Rejection> {
        match &self.place {
            Place::Header(header) => Envelope::open(Place::token_in_header(header, head)?, self.pinned()).map(|_| ()),
            Place::Member(_) => Ok(()),
        }
    }

    /// Judges the token: envelope, signature, then payload and claims.
    pub(crate) fn judge(
        &self,
        head: &Head<'_>,
        body: &Bytes,
        keys: &PreparedKeyring,
        now: UnixTime,
        tolerance: Option<Tolerance>,
    ) -> Result<Proof, Rejection> {
        let token = self.place.token(head, body)?;
        let Envelope { signed, payload, signature, algorithm, .. } = Envelope::open(&token, self.pinned())?;
        if !keys.live(now).any(|key| key.material.is_for(algorithm)) {
            return Err(Rejection::new(Reason::UnsupportedAlgorithm));
        }
        let mut candidates = Candidates::new();
        candidates.push(signature);
        let key = check::fitting_key(keys, now, signed.as_bytes(), &candidates, algorithm)?;
        let payload = payload::open(payload, self.nested_json)?;
        let more: SmallVec<[&str; 4]> = self
            .policy
            .expected
            .iter()
            .map(|(claim, _)| *claim)
            .chain(self.body_hash.as_ref().map(|hash| hash.claim))
            .collect();
        let claims = Claims::read(&payload, &more)?;
        let sent = self.policy.judge(&claims, &Context { url: head.url(), parts: &key.parts, tolerance, now })?;
        if let Some(hash) = &self.body_hash {
            hash.judge(&claims, body)?;
        }
        let in_body = matches!(self.place, Place::Member(_));
        let of_body = self.coverage() == Coverage::Origin || self.digests_body && !in_body;
        let fingerprint = Tag::new(&Sha256::digest(if of_body { body } else { signed.as_bytes() }));
        let payload = in_body.then(|| Bytes::from(payload.into_bytes()));
        Ok(Proof { key: key.id.clone(), coverage: self.coverage(), fingerprint, payload, sent })
    }
}
