//! A delivery: one request that passed verification.

use std::fmt;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::algorithm::Fingerprint;
use crate::{KeyId, Rejection, UnixTime};

/// What a proof covers. Never more is claimed than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coverage {
    /// Every byte of the body.
    Body,
    /// The payload that was taken out of the body (a token's, or what was compressed), and nothing around it.
    Payload,
    /// Some fields of the body, the ones the scheme names.
    Fields,
    /// Only that the sender holds the secret: the body is not bound to the proof.
    Origin,
}

impl Coverage {
    /// The coverage as a word: `body`, `payload`, `fields` or `origin`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Payload => "payload",
            Self::Fields => "fields",
            Self::Origin => "origin",
        }
    }

    /// The coverage of a word. One that is not known, such as of a newer release, claims the least.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let more = [Self::Body, Self::Payload, Self::Fields];
        more.into_iter().find(|coverage| coverage.as_str() == word).unwrap_or(Self::Origin)
    }
}

/// One request that passed verification, with the exact bytes of its body.
///
/// Only [`Check::finish`](crate::Check::finish) makes one, so holding it is the proof:
///
/// ```compile_fail
/// let forged = hookporter_core::Delivery { body: Default::default() };
/// ```
#[derive(Clone)]
pub struct Delivery {
    pub(crate) body: Bytes,
    /// Behind a pointer, since few senders have one and every delivery is moved about.
    pub(crate) payload: Option<Box<Bytes>>,
    pub(crate) key: KeyId,
    pub(crate) coverage: Coverage,
    pub(crate) sent: Option<UnixTime>,
    pub(crate) received: UnixTime,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) id: Option<SmallVec<[u8; 40]>>,
}

impl fmt::Debug for Delivery {
    // A body may hold a secret that is the proof.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("key", &self.key)
            .field("coverage", &self.coverage)
            .field("sent", &self.sent)
            .field("received", &self.received)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Delivery {
    /// The body, byte for byte as received.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// What the body says: the payload of a token, the content of a compressed body, else the body itself.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        self.payload.as_deref().unwrap_or(&self.body)
    }

    /// The id of the key that fitted.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        &self.key
    }

    /// What the proof covers.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// The signed timestamp, where the scheme has one.
    #[must_use]
    pub fn sent_at(&self) -> Option<UnixTime> {
        self.sent
    }

    /// When the check began, by the endpoint's clock.
    #[must_use]
    pub fn received_at(&self) -> UnixTime {
        self.received
    }

    /// A digest of the signed bytes: equal for equal signed bytes under the same key, as a replay's are.
    #[must_use]
    pub fn fingerprint(&self) -> &[u8] {
        self.fingerprint.as_bytes()
    }

    /// The signed delivery id, where the scheme has one.
    pub(crate) fn signed_id(&self) -> Option<&[u8]> {
        self.id.as_deref()
    }
}

/// A request whose proof did not hold, with its body: for diagnosis and report-only mode, never for work.
pub struct Refused {
    pub(crate) rejection: Rejection,
    pub(crate) body: Bytes,
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("rejection", &self.rejection)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Refused {
    /// Why.
    #[must_use]
    pub fn rejection(&self) -> &Rejection {
        &self.rejection
    }

    /// The body, unproven.
    #[must_use]
    pub fn unproven_body(&self) -> &Bytes {
        &self.body
    }

    /// The reason alone.
    #[must_use]
    pub fn into_rejection(self) -> Rejection {
        self.rejection
    }

    /// The reason and the unproven body.
    #[must_use]
    pub fn into_parts(self) -> (Rejection, Bytes) {
        (self.rejection, self.body)
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.rejection.fmt(f)
    }
}

impl std::error::Error for Refused {}
