//! A token scheme: the pinned algorithm, where the token is, and what its payload must say.

use bytes::Bytes;

use super::body_hash::BodyHash;
use super::claims::Claims;
use super::envelope::Envelope;
use super::payload;
use super::place::Place;
use super::policy::ClaimsPolicy;
use crate::algorithm::Algorithm;
use crate::check::{self, Proof};
use crate::papers::Candidates;
use crate::{ConfigError, Coverage, Encoding, Head, Header, PreparedKeyring, Rejection, UnixTime};

/// How a sender proves origin with a JSON web token. Default: in the header `authorization` after `Bearer `, no claim
/// required.
#[derive(Debug, Clone)]
#[must_use]
pub struct TokenScheme {
    algorithm: Algorithm,
    pub(super) place: Place,
    pub(super) body_hash: Option<BodyHash>,
    nested_json: bool,
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

    fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            place: Place::Header(Header::new("authorization").prefix("Bearer ")),
            body_hash: None,
            nested_json: false,
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

    /// What the claims must say. Default: [`ClaimsPolicy::new`].
    pub fn claims(self, policy: ClaimsPolicy) -> Self {
        Self { policy, ..self }
    }

    /// The pinned algorithm.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
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

    /// Whether the token is a member of the body.
    pub(crate) const fn is_in_body(&self) -> bool {
        matches!(self.place, Place::Member(_))
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
            Place::Header(header) => Envelope::open(Place::token_in_header(header, head)?, self.algorithm).map(|_| ()),
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
    ) -> Result<Proof, Rejection> {
        let token = self.place.token(head, body)?;
        let Envelope { signed, payload, signature } = Envelope::open(&token, self.algorithm)?;
        let mut candidates = Candidates::new();
        candidates.push(signature);
        let proof = check::judge_messages(keys, now, &candidates, &[signed.as_bytes()], self.coverage())?;
        let payload = payload::open(payload, self.nested_json)?;
        let claims = Claims::read(&payload, self.body_hash.as_ref().map(|hash| hash.claim))?;
        self.policy.judge(&claims, now)?;
        if let Some(hash) = &self.body_hash {
            hash.judge(&claims, body)?;
        }
        Ok(Proof { payload: self.is_in_body().then(|| Bytes::from(payload.into_bytes())), ..proof })
    }
}
