//! A check whose key is named in the body.

use bytes::Bytes;

use crate::check::Check;
use crate::{Delivery, KeyName, PreparedKeyring, Reason, Refused, Rejection};

/// What such a check is given until its keys are there.
pub(super) static NO_KEYS: PreparedKeyring = PreparedKeyring::empty();

/// A check that has no keys yet: it takes the body, says which key the request names, and ends with that key.
///
/// Only [`Verifier::begin_unkeyed`](crate::Verifier::begin_unkeyed) makes one.
#[derive(Debug)]
#[must_use = "a check that is not finished proves nothing"]
pub struct Unkeyed<'a>(pub(crate) Check<'a>);

impl<'a> Unkeyed<'a> {
    /// Takes the next chunk of the body.
    ///
    /// # Errors
    /// As [`Check::push`].
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        self.0.push(chunk)
    }

    /// As [`Check::inflated_bytes`].
    #[must_use]
    pub fn inflated_bytes(&self) -> usize {
        self.0.inflated_bytes()
    }

    /// The name by which the body asks for its key. Nothing is proven yet.
    ///
    /// # Errors
    /// The [`Rejection`] that the body has earned, such as [`Reason::UntrustedCertUrl`].
    pub fn key_name(&self) -> Result<KeyName, Rejection> {
        self.0.verifier.scheme.key_name_in_body(&self.0.head, self.0.body.as_slice())
    }

    /// The body as it came, of a request that is not judged since its key is not known: for what is kept of refused requests,
    /// never for work.
    #[must_use]
    pub fn into_unproven_body(self) -> Bytes {
        self.0.body.into_bytes()
    }

    /// Judges the proof over the whole body with `keys`.
    ///
    /// # Errors
    /// As [`Check::finish`], and [`Reason::NoLiveKey`].
    pub fn finish(self, keys: &'a PreparedKeyring) -> Result<Delivery, Refused> {
        let mut check = self.0;
        if keys.live(check.now).next().is_none() {
            return Err(Refused { rejection: Rejection::new(Reason::NoLiveKey), body: check.body.into_bytes() });
        }
        check.keys = keys;
        check.finish()
    }
}
