//! The proof: constant-time comparison of every live key with every signature offered.

use std::borrow::Cow;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use subtle::{Choice, ConditionallySelectable};

use crate::algorithm::{Material, Tag};
use crate::check::{Check, Running, feed, message};
use crate::key_parts::KeyParts;
use crate::keyring::PreparedKey;
use crate::papers::{Candidates, plausible_sets};
use crate::scheme::{Part, Plan, SignedBytes, SignedInput};
use crate::{Coverage, KeyId, PreparedKeyring, Reason, Rejection, UnixTime};

/// What a proof that holds says.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) key: KeyId,
    pub(crate) coverage: Coverage,
    pub(crate) fingerprint: Tag,
    pub(crate) payload: Option<Bytes>,
    /// When it was sent, where the proof itself says so.
    pub(crate) sent: Option<UnixTime>,
}

/// Remembers which key fitted without a branch on it.
struct Matched {
    any: Choice,
    index: u32,
    at: u32,
}

impl Matched {
    fn new() -> Self {
        Self { any: Choice::from(0), index: 0, at: 0 }
    }

    /// Notes whether the key at hand, in order, fits.
    #[inline]
    fn note(&mut self, fits: Choice) {
        self.index = u32::conditional_select(&self.index, &self.at, fits);
        self.any |= fits;
        self.at = self.at.saturating_add(1);
    }

    fn index(&self) -> Option<usize> {
        bool::from(self.any).then(|| usize::try_from(self.index).unwrap_or(usize::MAX))
    }
}

impl Check<'_> {
    #[inline]
    pub(super) fn judge(&mut self, body: &Bytes) -> Result<Proof, Rejection> {
        match &self.verifier.scheme.plan {
            Plan::Stream { before, after, .. } => self.macs(before, after, body),
            Plan::Whole { parts, .. } => {
                let whole = |key: &KeyParts| message::whole(parts, &self.head, &self.papers, body, key);
                let covers_body = parts.contains(&Part::Body);
                let reads_body = parts.iter().any(|part| matches!(part, Part::Field(_) | Part::SortedForm));
                let coverage = match (covers_body, reads_body) {
                    (true, _) => Coverage::Body,
                    (false, true) => Coverage::Fields,
                    (false, false) => Coverage::Origin,
                };
                if parts.iter().any(|part| matches!(part, Part::KeyPart(_))) {
                    return self.by_key(whole, coverage);
                }
                if self.verifier.scheme.signature.as_ref().is_some_and(|spec| spec.sets().is_some()) {
                    return self.any_set(parts, body, coverage);
                }
                let message = whole(&KeyParts::default())?;
                judge_messages(self.keys, self.now, &self.papers.candidates, &[&message], coverage)
            }
            Plan::Function { function, .. } => {
                let input =
                    SignedInput { head: &self.head, body, timestamp: self.papers.timestamp, id: self.papers.id };
                let SignedBytes { variants, coverage } = (function.0)(&input)?;
                let messages: Vec<&[u8]> = variants.iter().map(Vec::as_slice).collect();
                let coverage = coverage.unwrap_or(Coverage::Origin);
                judge_messages(self.keys, self.now, &self.papers.candidates, &messages, coverage)
            }
            Plan::StaticToken => self.static_token(body),
            #[cfg(all(feature = "rsa", feature = "cloud"))]
            Plan::Enclosed(enclosed) => self.enclosed(enclosed, body),
            #[cfg(feature = "jwt")]
            Plan::Token(token) => token.judge(&self.head, body, self.keys, self.now, self.verifier.tolerance),
        }
    }

    /// Compares the MAC of every live key: the running one, or one over the whole body.
    #[inline]
    fn macs(&mut self, before: &[Part], after: &[Part], body: &[u8]) -> Result<Proof, Rejection> {
        let mut tags = SmallVec::<[(&PreparedKey, Tag); 2]>::new();
        if self.running.is_empty() {
            let mut pieces = SmallVec::<[&[u8]; 8]>::new();
            for part in before {
                pieces.push(message::part(part, &self.head, &self.papers)?);
            }
            pieces.push(body);
            for part in after {
                pieces.push(message::part(part, &self.head, &self.papers)?);
            }
            for key in self.keys.live(self.now) {
                tags.push((key, key.material.tag(&pieces).ok_or(Reason::NoLiveKey)?));
            }
        }
        for Running { key, mut state } in self.running.drain(..) {
            feed(&mut state, after, &self.head, &self.papers)?;
            tags.push((key, state.finish()));
        }
        let mut matched = Matched::new();
        for (_, tag) in &tags {
            matched.note(fits_any(tag, &self.papers.candidates));
        }
        let (key, tag) = matched.index().and_then(|index| tags.get(index)).ok_or(Reason::InvalidSignature)?;
        Ok(Proof { key: key.id.clone(), coverage: Coverage::Body, fingerprint: *tag, payload: None, sent: None })
    }

    fn static_token(&self, body: &[u8]) -> Result<Proof, Rejection> {
        let mut matched = Matched::new();
        let live: Vec<&PreparedKey> = self.keys.live(self.now).collect();
        let mut offered = self.papers.candidates.clone();
        for candidate in &mut offered {
            *candidate = SmallVec::from_slice(&Sha256::digest(&**candidate));
        }
        for key in &live {
            matched.note(match &key.material {
                Material::StaticToken(tag) => fits_any(tag, &offered),
                _ => Choice::from(0),
            });
        }
        let key = matched.index().and_then(|index| live.get(index)).ok_or(Reason::InvalidSignature)?;
        let fingerprint = Tag::new(&Sha256::digest(body));
        Ok(Proof { key: key.id.clone(), coverage: Coverage::Origin, fingerprint, payload: None, sent: None })
    }

    /// Tries every set of signatures on the message with its own timestamp; the first one that fits counts.
    fn any_set(&mut self, parts: &[Part], body: &[u8], coverage: Coverage) -> Result<Proof, Rejection> {
        let verifier = self.verifier;
        let mut proven = None;
        for papers in plausible_sets(&verifier.scheme, verifier.tolerance, &self.head, self.now)? {
            let message = message::whole(parts, &self.head, &papers, body, &KeyParts::default())?;
            // All of them are tried, so that the time does not tell which one fits.
            let judged = judge_messages(self.keys, self.now, &papers.candidates, &[&message], coverage);
            proven = proven.or_else(|| judged.ok().map(|proof| (proof, papers.sent)));
        }
        let (proof, sent) = proven.ok_or(Reason::InvalidSignature)?;
        self.papers.sent = sent;
        Ok(proof)
    }

    /// Tries every live key on the message that is its own.
    fn by_key<'m>(
        &self,
        message: impl Fn(&KeyParts) -> Result<Cow<'m, [u8]>, Rejection>,
        coverage: Coverage,
    ) -> Result<Proof, Rejection> {
        let messages: Result<Vec<_>, _> = self.keys.live(self.now).map(|key| message(&key.parts)).collect();
        let messages = messages?;
        let mut each = messages.iter();
        let (index, key) = fitting(self.keys, self.now, |key| {
            let Some(message) = each.next() else { return Choice::from(0) };
            message_fits(&key.material, message, &self.papers.candidates)
        })?;
        let fingerprint = Tag::new(&Sha256::digest(messages.get(index).map_or(&[][..], |message| message)));
        Ok(Proof { key: key.id.clone(), coverage, fingerprint, payload: None, sent: None })
    }

    /// Tries every live key on a message whose signature stands in the body.
    #[cfg(all(feature = "rsa", feature = "cloud"))]
    fn enclosed(&self, enclosed: &crate::scheme::Enclosed, body: &[u8]) -> Result<Proof, Rejection> {
        let message = (enclosed.message)(body)?;
        let signature = (enclosed.proof)(body)?.signature;
        let (_, key) = fitting(self.keys, self.now, |key| {
            let fits = match &key.material {
                Material::Public(public) => public.verify_with(message.algorithm, &message.bytes, &signature),
                _ => false,
            };
            Choice::from(u8::from(fits))
        })?;
        let (part, value) = &message.bound;
        if key.parts.get(part).is_some_and(|bound| !bound.split(',').any(|one| one.trim() == value)) {
            return Err(Rejection::new(Reason::ClaimMismatch).with_evidence(crate::Evidence::Claim(part)));
        }
        let fingerprint = Tag::new(&Sha256::digest(&message.bytes));
        Ok(Proof { key: key.id.clone(), coverage: message.coverage, fingerprint, payload: None, sent: None })
    }
}

/// Tries every live key and every candidate on whole messages, any of which may be the signed one.
fn judge_messages(
    keys: &PreparedKeyring,
    now: UnixTime,
    candidates: &Candidates,
    messages: &[&[u8]],
    coverage: Coverage,
) -> Result<Proof, Rejection> {
    let any = |key: &PreparedKey| {
        messages.iter().fold(Choice::from(0), |fits, message| fits | message_fits(&key.material, message, candidates))
    };
    let (_, key) = fitting(keys, now, any)?;
    let first = messages.first().copied().unwrap_or_default();
    let fingerprint = Tag::new(&Sha256::digest(first));
    Ok(Proof { key: key.id.clone(), coverage, fingerprint, payload: None, sent: None })
}

/// The live key for `algorithm` that fits a message.
#[cfg(feature = "jwt")]
pub(crate) fn fitting_key<'k>(
    keys: &'k PreparedKeyring,
    now: UnixTime,
    message: &[u8],
    candidates: &Candidates,
    algorithm: crate::Algorithm,
) -> Result<&'k PreparedKey, Rejection> {
    let fits = |key: &PreparedKey| {
        // Which algorithm a key is for is no secret.
        if key.material.is_for(algorithm) { message_fits(&key.material, message, candidates) } else { Choice::from(0) }
    };
    fitting(keys, now, fits).map(|(_, key)| key)
}

/// The live key that fits, and its place among them; every one of them is tried.
fn fitting(
    keys: &PreparedKeyring,
    now: UnixTime,
    mut fits: impl FnMut(&PreparedKey) -> Choice,
) -> Result<(usize, &PreparedKey), Rejection> {
    let mut matched = Matched::new();
    for key in keys.live(now) {
        matched.note(fits(key));
    }
    let index = matched.index().ok_or(Reason::InvalidSignature)?;
    let key = keys.live(now).nth(index).ok_or(Reason::InvalidSignature)?;
    Ok((index, key))
}

fn message_fits(material: &Material, message: &[u8], candidates: &Candidates) -> Choice {
    if let Some(mut state) = material.start() {
        state.update(message);
        return fits_any(&state.finish(), candidates);
    }
    #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
    if let Material::Public(key) = material {
        // A public key has no secret to leak through time; all candidates are tried all the same.
        let fits = candidates.iter().filter(|candidate| key.verify(message, candidate)).count();
        return Choice::from(u8::from(fits > 0));
    }
    Choice::from(0)
}

/// Whether any candidate is this tag; all of them are compared.
#[inline]
fn fits_any(tag: &Tag, candidates: &Candidates) -> Choice {
    candidates.iter().fold(Choice::from(0), |fits, candidate| fits | tag.matches(candidate))
}
