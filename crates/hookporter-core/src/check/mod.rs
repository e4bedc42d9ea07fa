//! A check under way: the papers are plausible, the body is arriving.

mod announced;
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
use crate::papers::{self, Candidates, Papers, Stated};
use crate::scheme::{Part, Plan};
use crate::{Coverage, Delivery, Head, KeyId, PreparedKeyring, Reason, Refused, Rejection, UnixTime, Verifier};

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
        head: &Head<'a>,
        keys: Option<&'a PreparedKeyring>,
        now: UnixTime,
    ) -> Result<Self, Rejection> {
        let scheme = &verifier.scheme;
        let mut candidates = Candidates::new();
        let read = papers::read(scheme, verifier.tolerance, head, now, &mut candidates)?;
        if keys.is_some_and(|keys| keys.live(now).next().is_none()) {
            return Err(Rejection::new(Reason::NoLiveKey));
        }
        let mut body = BodyBuffer::new(verifier.body_limit());
        announced::expect(&read.announced, &mut body)?;
        #[cfg(feature = "gzip")]
        let compressed = compressed::announced(&read.announced, verifier)?;
        #[cfg(not(feature = "gzip"))]
        if !announced::is_plain(&read.announced) {
            return Err(Rejection::new(Reason::UnsupportedEncoding));
        }
        if let Plan::Stream { before, after, .. } = &scheme.plan {
            // What is signed beside the body is there, or no body is read.
            for part in before.iter().chain(after).filter(|part| part.may_be_missing()) {
                message::of_head(part, *head)?;
            }
        }
        scheme.judge_proof_in_head(head)?;
        Ok(Self {
            verifier,
            head: *head,
            keys: keys.unwrap_or(&unkeyed::NO_KEYS),
            papers: Papers {
                candidates,
                stated: read.stated,
                #[cfg(feature = "http-signatures")]
                message: read.message,
            },
            now,
            running: Vec::new(),
            body,
            #[cfg(feature = "gzip")]
            compressed,
        })
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
            feed(&mut state, before, self.head, self.papers.stated)?;
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
    pub fn finish(self) -> Result<Delivery, Refused> {
        match &self.verifier.scheme.plan {
            Plan::Stream { before, after, .. } if self.is_of_one_chunk() => self.finish_at_once(before, after),
            // Moved for it, so that the usual way need not keep the whole of it in one place.
            _ => Self { ..self }.finish_otherwise(),
        }
    }

    /// Whether the body is to be hashed as it is, in one go.
    #[inline]
    fn is_of_one_chunk(&self) -> bool {
        #[cfg(feature = "gzip")]
        if self.compressed.is_some() {
            return false;
        }
        self.running.is_empty()
    }

    /// What nearly every request ends in. Taken apart before anything is called, so that neither the check nor what comes
    /// of it is moved about whole.
    #[inline]
    fn finish_at_once(self, before: &[Part], after: &[Part]) -> Result<Delivery, Refused> {
        let Self { verifier, head, keys, papers, now, running: _running, body, .. } = self;
        let Papers { candidates, stated, .. } = papers;
        let body = body.into_bytes();
        // Copied before the MAC and not behind it, so that it has long been written when the delivery is put together.
        let id = stated.id.map(SmallVec::from_slice);
        let message = proof::Message { before, after, head, stated, body: &body };
        let mut matched = proof::Matched::new();
        let proven = proof::macs(keys, now, message, &candidates, &mut matched).and_then(|()| {
            let key = &matched.key(keys, now).ok_or(Reason::InvalidSignature)?.id;
            let sent = judge_proven(verifier, head, keys, key, &body, now)?;
            Ok((key, stated.sent.or(sent)))
        });
        match proven {
            Ok((key, sent)) => Ok(Delivery {
                payload: None,
                key: key.clone(),
                coverage: Coverage::Body,
                fingerprint: matched.fingerprint(),
                sent,
                received: now,
                id,
                body,
            }),
            Err(rejection) => Err(Refused { rejection, body }),
        }
    }

    #[inline(never)]
    fn finish_otherwise(mut self) -> Result<Delivery, Refused> {
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
    fn judge_all(&mut self, body: &Bytes) -> Result<proof::Proof, Rejection> {
        let proof = self.judge(body)?;
        let sent = judge_proven(self.verifier, self.head, self.keys, &proof.key, body, self.now)?;
        self.papers.stated.sent = self.papers.stated.sent.or(sent);
        Ok(proof)
    }

    fn conclude(self, judged: Result<proof::Proof, Rejection>, body: Bytes) -> Result<Delivery, Refused> {
        match judged {
            Ok(proof) => Ok(Delivery {
                payload: proof.payload,
                key: proof.key,
                coverage: proof.coverage,
                fingerprint: proof.fingerprint,
                sent: self.papers.stated.sent.or(proof.sent),
                received: self.now,
                id: self.papers.stated.id.map(SmallVec::from_slice),
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
fn feed(state: &mut State, parts: &[Part], head: Head<'_>, stated: Stated<'_>) -> Result<(), Rejection> {
    for part in parts {
        state.update(message::part(part, head, stated)?);
    }
    Ok(())
}

/// Judges what only a proven request is judged for: whose key it is, and a timestamp in the body.
#[inline]
fn judge_proven(
    verifier: &Verifier,
    head: Head<'_>,
    keys: &PreparedKeyring,
    key: &KeyId,
    body: &[u8],
    now: UnixTime,
) -> Result<Option<UnixTime>, Rejection> {
    if let Some(header) = &verifier.scheme.key_header {
        header.judge_key(&head, keys.parts(key))?;
    }
    papers::sent_in_body(&verifier.scheme, verifier.tolerance, body, now)
}
