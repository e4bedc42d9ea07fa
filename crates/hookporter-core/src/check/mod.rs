//! A check under way: the papers are plausible, the body is arriving.

#[cfg(feature = "gzip")]
mod compressed;
mod crc32;
mod found;
mod message;
pub(crate) use message::append_sorted_form;
#[cfg(feature = "sign")]
pub(crate) use message::whole as whole_message;
mod proof;
mod unkeyed;
#[cfg(any(feature = "jwt", feature = "http-signatures"))]
pub(crate) use proof::Proof;
#[cfg(feature = "jwt")]
pub(crate) use proof::fitting_key;
#[cfg(feature = "http-signatures")]
pub(crate) use proof::judge_messages;
pub use unkeyed::Unkeyed;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::algorithm::State;
use crate::body::BodyBuffer;
use crate::papers::{Announced, Papers};
use crate::scheme::digits::number;
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
    running: Vec<State>,
    body: BodyBuffer,
    /// How the body is compressed, where it is and may be.
    #[cfg(feature = "gzip")]
    compressed: Option<compressed::Compressed>,
}

impl<'a> Check<'a> {
    #[inline]
    pub(crate) fn start(
        verifier: &'a Verifier,
        head: Head<'a>,
        keys: Option<&'a PreparedKeyring>,
        now: UnixTime,
    ) -> Result<Self, Rejection> {
        // Made as what is returned, and judged where it lies: it is too large to be moved about.
        let mut started = Ok(Self {
            body: BodyBuffer::new(verifier.body_limit()),
            running: Vec::new(),
            papers: Papers::default(),
            #[cfg(feature = "gzip")]
            compressed: None,
            verifier,
            head,
            keys: keys.unwrap_or(&unkeyed::NO_KEYS),
            now,
        });
        if let Ok(check) = &mut started
            && let Err(rejection) = check.judge_head(keys.is_some())
        {
            started = Err(rejection);
        }
        started
    }

    #[inline]
    fn judge_head(&mut self, has_keys: bool) -> Result<(), Rejection> {
        let verifier = self.verifier;
        let announced = self.papers.read(&verifier.scheme, verifier.tolerance, &self.head, self.now)?;
        if has_keys && self.keys.live(self.now).next().is_none() {
            return Err(Rejection::new(Reason::NoLiveKey));
        }
        self.judge_announced_body(&announced)?;
        if let Plan::Stream { before, after, .. } = &verifier.scheme.plan {
            // What is signed beside the body is there, or no body is read.
            for part in before.iter().chain(after).filter(|part| part.may_be_missing()) {
                message::part(part, &self.head, &self.papers)?;
            }
        }
        verifier.scheme.judge_proof_in_head(&self.head)
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
            #[cfg(feature = "gzip")]
            Occurrence::Once(coding) if coding.eq_ignore_ascii_case(b"gzip") => {
                let gzip = self.verifier.scheme.gzip.ok_or(Reason::UnsupportedEncoding)?;
                self.compressed = Some(compressed::Compressed::new(gzip, self.verifier.body_limit()));
                Ok(())
            }
            _ => Err(Rejection::new(Reason::UnsupportedEncoding)),
        }
    }

    /// Takes the next chunk of the body.
    ///
    /// # Errors
    /// [`Reason::BodyTooLarge`] once the body is over the limit; never a bad signature for a cut body.
    #[inline]
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        #[cfg(feature = "gzip")]
        if self.push_compressed(&chunk)? {
            return Ok(());
        }
        self.push_plain(chunk)
    }

    /// Takes a chunk of what is proven.
    #[inline]
    fn push_plain(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        if !self.body.is_empty() {
            self.hash_meanwhile(&chunk)?;
        }
        self.body.push(chunk)
    }

    /// Feeds a chunk that is not the first one to the running MACs, so that a long body is hashed as it arrives.
    #[inline(never)]
    fn hash_meanwhile(&mut self, chunk: &Bytes) -> Result<(), Rejection> {
        if self.running.is_empty() {
            self.run_from_second_chunk(chunk)?;
        }
        for state in &mut self.running {
            state.update(chunk);
        }
        Ok(())
    }

    /// Starts a MAC per live key if `chunk` is the second one.
    fn run_from_second_chunk(&mut self, chunk: &Bytes) -> Result<(), Rejection> {
        let (Some(first), false) = (self.body.only_chunk(), chunk.is_empty()) else { return Ok(()) };
        let Plan::Stream { before, .. } = &self.verifier.scheme.plan else { return Ok(()) };
        for key in self.keys.live(self.now) {
            let mut state = key.material.start().ok_or_else(|| Rejection::new(Reason::NoLiveKey))?;
            feed(&mut state, before, &self.head, &self.papers)?;
            state.update(first);
            self.running.push(state);
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
        #[cfg(feature = "gzip")]
        if self.compressed.is_some() {
            return self.finish_compressed();
        }
        let body = self.take_body();
        let judged = self.judge_all(&body);
        self.conclude(judged, body)
    }

    #[inline]
    fn take_body(&mut self) -> Bytes {
        std::mem::replace(&mut self.body, BodyBuffer::new(0)).into_bytes()
    }

    /// Judges the proof, and what only a proven request is judged for.
    #[inline]
    fn judge_all(&mut self, body: &Bytes) -> Result<proof::Proof, Rejection> {
        let proof = self.judge(body)?;
        if let Some(header) = &self.verifier.scheme.key_header {
            header.judge_key(&self.head, self.keys.parts(&proof.key))?;
        }
        self.papers.read_body(&self.verifier.scheme, self.verifier.tolerance, body, self.now)?;
        Ok(proof)
    }

    #[inline]
    fn conclude(self, judged: Result<proof::Proof, Rejection>, body: Bytes) -> Result<Delivery, Refused> {
        match judged {
            Ok(proof) => Ok(Delivery {
                payload: proof.payload,
                key: proof.key,
                coverage: proof.coverage,
                fingerprint: proof.fingerprint,
                sent: self.papers.sent.or(proof.sent),
                received: self.now,
                id: self.papers.id.map(SmallVec::from_slice),
                body,
            }),
            Err(rejection) => Err(Refused { rejection, body }),
        }
    }

    /// How many bytes this check holds beside the chunks that it was given: what has come out of compressed ones, and the
    /// room that inflating takes. For callers that count what is held for requests under way.
    #[must_use]
    pub fn inflated_bytes(&self) -> usize {
        #[cfg(feature = "gzip")]
        if let Some(compressed) = &self.compressed {
            return compressed.held(&self.body);
        }
        0
    }
}

/// Feeds parts that need no body to a MAC.
fn feed(state: &mut State, parts: &[Part], head: &Head<'_>, papers: &Papers<'_>) -> Result<(), Rejection> {
    for part in parts {
        state.update(message::part(part, head, papers)?);
    }
    Ok(())
}
