//! A check under way: the papers are plausible, the body is arriving.

mod found;
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
use crate::papers::{Announced, Papers};
use crate::scheme::timestamp::number;
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
    /// A running MAC per live key, once the body turns out to come in several chunks. A body of one chunk, as most
    /// webhooks are, is fed to MACs that live no longer than [`Check::finish`].
    running: Vec<Running<'a>>,
    body: BodyBuffer,
}

#[derive(Debug)]
struct Running<'a> {
    key: &'a PreparedKey,
    state: State,
}

impl<'a> Check<'a> {
    #[inline]
    pub(crate) fn start(
        verifier: &'a Verifier,
        head: Head<'a>,
        keys: &'a PreparedKeyring,
        now: UnixTime,
    ) -> Result<Self, Rejection> {
        let mut check = Self {
            body: BodyBuffer::new(verifier.body_limit()),
            running: Vec::new(),
            papers: Papers::default(),
            verifier,
            head,
            keys,
            now,
        };
        let announced = check.papers.read(&verifier.scheme, verifier.tolerance, &head, now)?;
        if keys.live(now).next().is_none() {
            return Err(Rejection::new(Reason::NoLiveKey));
        }
        check.judge_announced_body(&announced)?;
        if let Plan::Stream { before, after, .. } = &verifier.scheme.plan {
            // What is signed beside the body is there, or no body is read.
            for part in before.iter().chain(after) {
                message::part(part, &check.head, &check.papers)?;
            }
        }
        #[cfg(feature = "jwt")]
        if let Plan::Token(token) = &verifier.scheme.plan {
            token.begin(&check.head)?;
        }
        Ok(check)
    }

    /// Refuses on the word of the headers what would be refused in the end: too long, or encoded.
    #[inline]
    fn judge_announced_body(&mut self, announced: &Announced<'_>) -> Result<(), Rejection> {
        if let Occurrence::Once(text) = announced.length {
            // A number of more digits is over every limit; anything else but digits is the server's to refuse.
            match number(text) {
                _ if text.is_empty() => {}
                Some(length) => self.body.expect(length.unsigned_abs())?,
                None if text.iter().all(u8::is_ascii_digit) => self.body.expect(u64::MAX)?,
                None => {}
            }
        }
        match announced.coding {
            Occurrence::Absent => Ok(()),
            Occurrence::Once(coding) if coding.eq_ignore_ascii_case(b"identity") => Ok(()),
            _ => Err(Rejection::new(Reason::UnsupportedEncoding)),
        }
    }

    /// Takes the next chunk of the body.
    ///
    /// # Errors
    /// [`Reason::BodyTooLarge`] once the body is over the limit; never a bad signature for a cut body.
    #[inline]
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        if self.running.is_empty() {
            self.run_from_second_chunk(&chunk)?;
        }
        for running in &mut self.running {
            running.state.update(&chunk);
        }
        self.body.push(chunk)
    }

    /// Starts a MAC per live key if `chunk` is the second one, so that a long body is hashed as it arrives.
    #[inline]
    fn run_from_second_chunk(&mut self, chunk: &Bytes) -> Result<(), Rejection> {
        let (Some(first), false) = (self.body.only_chunk(), chunk.is_empty()) else { return Ok(()) };
        let Plan::Stream { before, .. } = &self.verifier.scheme.plan else { return Ok(()) };
        for key in self.keys.live(self.now) {
            let mut state = key.material.start().ok_or_else(|| Rejection::new(Reason::NoLiveKey))?;
            feed(&mut state, before, &self.head, &self.papers)?;
            state.update(first);
            self.running.push(Running { key, state });
        }
        Ok(())
    }

    /// Judges the proof over the whole body.
    ///
    /// Every live key is tried against every signature offered, and the time does not tell which of them fitted.
    ///
    /// # Errors
    /// [`Refused`], with the [`Rejection`] and the unproven body.
    #[inline]
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
}

/// Feeds parts that need no body to a MAC.
fn feed(state: &mut State, parts: &[Part], head: &Head<'_>, papers: &Papers<'_>) -> Result<(), Rejection> {
    for part in parts {
        state.update(message::part(part, head, papers)?);
    }
    Ok(())
}
