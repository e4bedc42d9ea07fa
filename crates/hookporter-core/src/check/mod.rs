//! A check under way: the papers are plausible, the body is arriving.

mod message;
pub(crate) use message::append_sorted_form;
#[cfg(feature = "sign")]
pub(crate) use message::whole as whole_message;
mod proof;
#[cfg(feature = "jwt")]
pub(crate) use proof::{Proof, judge_messages};

use bytes::Bytes;
use smallvec::SmallVec;

use crate::algorithm::State;
use crate::body::BodyBuffer;
use crate::keyring::PreparedKey;
use crate::papers::Papers;
use crate::scheme::{Part, Plan};
use crate::{Delivery, Head, Occurrence, PreparedKeyring, Reason, Refused, Rejection, UnixTime, Verifier};

/// A check whose papers are plausible; it takes the body and ends in a [`Delivery`].
///
/// Only [`Verifier::begin`] makes one, so no body is hashed for a request that has no chance.
#[derive(Debug)]
#[must_use = "a check that is not finished proves nothing"]
pub struct Check<'a> {
    verifier: &'a Verifier,
    head: Head<'a>,
    keys: &'a PreparedKeyring,
    papers: Papers<'a>,
    now: UnixTime,
    /// A running MAC per live key, where the scheme can be fed while the body arrives; else empty.
    running: SmallVec<[Running<'a>; 2]>,
    body: BodyBuffer,
}

#[derive(Debug)]
struct Running<'a> {
    key: &'a PreparedKey,
    state: State,
}

impl<'a> Check<'a> {
    pub(crate) fn start(
        verifier: &'a Verifier,
        head: Head<'a>,
        keys: &'a PreparedKeyring,
        papers: Papers<'a>,
        now: UnixTime,
    ) -> Result<Self, Rejection> {
        if keys.live(now).next().is_none() {
            return Err(Rejection::new(Reason::NoLiveKey));
        }
        let mut check = Self {
            body: BodyBuffer::new(verifier.body_limit()),
            running: SmallVec::new(),
            verifier,
            head,
            keys,
            papers,
            now,
        };
        check.judge_announced_body()?;
        if let Plan::Stream { before, .. } = &verifier.scheme.plan {
            for key in keys.live(now) {
                let state = key.material.start().ok_or_else(|| Rejection::new(Reason::NoLiveKey))?;
                check.running.push(Running { key, state });
            }
            check.feed(before)?;
        }
        #[cfg(feature = "jwt")]
        if let Plan::Token(token) = &verifier.scheme.plan {
            token.begin(&check.head)?;
        }
        Ok(check)
    }

    /// Refuses on the word of the headers what would be refused in the end: too long, or encoded.
    fn judge_announced_body(&mut self) -> Result<(), Rejection> {
        if let Occurrence::Once(text) = self.head.headers().occurrence("content-length") {
            // A number that no integer holds is over every limit; anything else but digits is the server's to refuse.
            let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
            let length = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
            if digits {
                self.body.expect(length.unwrap_or(u64::MAX))?;
            }
        }
        match self.head.headers().occurrence("content-encoding") {
            Occurrence::Absent => Ok(()),
            Occurrence::Once(coding) if coding.eq_ignore_ascii_case(b"identity") => Ok(()),
            _ => Err(Rejection::new(Reason::UnsupportedEncoding)),
        }
    }

    /// Takes the next chunk of the body.
    ///
    /// # Errors
    /// [`Reason::BodyTooLarge`] once the body is over the limit; never a bad signature for a cut body.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        for running in &mut self.running {
            running.state.update(&chunk);
        }
        self.body.push(chunk)
    }

    /// Judges the proof over the whole body.
    ///
    /// Every live key is tried against every signature offered, and the time does not tell which of them fitted.
    ///
    /// # Errors
    /// [`Refused`], with the [`Rejection`] and the unproven body.
    pub fn finish(mut self) -> Result<Delivery, Refused> {
        let body = std::mem::replace(&mut self.body, BodyBuffer::new(0)).into_bytes();
        match self.judge(&body) {
            Ok(proof) => Ok(Delivery {
                payload: proof.payload,
                key: proof.key,
                coverage: proof.coverage,
                fingerprint: proof.fingerprint,
                sent: self.papers.sent,
                received: self.now,
                id: self.papers.id.map(SmallVec::from_slice),
                body,
            }),
            Err(rejection) => Err(Refused { rejection, body }),
        }
    }

    /// Feeds parts that need no body to every running MAC.
    fn feed(&mut self, parts: &[Part]) -> Result<(), Rejection> {
        for part in parts {
            let bytes = message::part(part, &self.head, &self.papers)?;
            for running in &mut self.running {
                running.state.update(bytes);
            }
        }
        Ok(())
    }
}
