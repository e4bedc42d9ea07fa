//! The proof: constant-time comparison of every live key with every signature offered.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use subtle::{Choice, ConditionallySelectable};

use crate::algorithm::{Material, Tag};
use crate::check::{Check, Running, feed, message};
use crate::keyring::PreparedKey;
use crate::papers::Candidates;
use crate::scheme::{Part, Plan};
use crate::{Coverage, KeyId, PreparedKeyring, Reason, Rejection, UnixTime};

/// What a proof that holds says.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) key: KeyId,
    pub(crate) coverage: Coverage,
    pub(crate) fingerprint: Tag,
    pub(crate) payload: Option<Bytes>,
}

/// Remembers which key fitted without a branch on it.
pub(super) struct Matched {
    any: Choice,
    index: u32,
    at: u32,
}

impl Matched {
    pub(super) fn new() -> Self {
        Self { any: Choice::from(0), index: 0, at: 0 }
    }

    /// Notes whether the key at hand, in order, fits.
    #[inline]
    pub(super) fn note(&mut self, fits: Choice) {
        self.index = u32::conditional_select(&self.index, &self.at, fits);
        self.any |= fits;
        self.at = self.at.saturating_add(1);
    }

    pub(super) fn index(&self) -> Option<usize> {
        bool::from(self.any).then(|| usize::try_from(self.index).unwrap_or(usize::MAX))
    }
}

impl Check<'_> {
    #[inline]
    pub(super) fn judge(&mut self, body: &Bytes) -> Result<Proof, Rejection> {
        match &self.verifier.scheme.plan {
            Plan::Stream { before, after, .. } => self.macs(before, after, body),
            Plan::Whole { parts, .. } => {
                let message = message::whole(parts, &self.head, &self.papers, body)?;
                let covers_body = parts.contains(&Part::Body);
                let reads_body = parts.iter().any(|part| matches!(part, Part::Field(_) | Part::SortedForm));
                let coverage = match (covers_body, reads_body) {
                    (true, _) => Coverage::Body,
                    (false, true) => Coverage::Fields,
                    (false, false) => Coverage::Origin,
                };
                judge_messages(self.keys, self.now, &self.papers.candidates, &[&message], coverage)
            }
            Plan::Function { algorithm, function } => self.found(*algorithm, function, body),
            Plan::StaticToken => self.static_token(body),
            #[cfg(feature = "jwt")]
            Plan::Token(token) => token.judge(&self.head, body, self.keys, self.now),
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
        Ok(Proof { key: key.id.clone(), coverage: Coverage::Body, fingerprint: *tag, payload: None })
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
        Ok(Proof { key: key.id.clone(), coverage: Coverage::Origin, fingerprint, payload: None })
    }
}

/// Tries every live key and every candidate on whole messages, any of which may be the signed one.
pub(crate) fn judge_messages(
    keys: &PreparedKeyring,
    now: UnixTime,
    candidates: &Candidates,
    messages: &[&[u8]],
    coverage: Coverage,
) -> Result<Proof, Rejection> {
    let mut matched = Matched::new();
    let live: Vec<&PreparedKey> = keys.live(now).collect();
    for key in &live {
        let mut fits = Choice::from(0);
        for message in messages {
            fits |= message_fits(&key.material, message, candidates);
        }
        matched.note(fits);
    }
    let key = matched.index().and_then(|index| live.get(index)).ok_or(Reason::InvalidSignature)?;
    let first = messages.first().copied().unwrap_or_default();
    let fingerprint = Tag::new(&Sha256::digest(first));
    Ok(Proof { key: key.id.clone(), coverage, fingerprint, payload: None })
}

/// Whether a candidate is the proof of `message` under this key; all of them are compared.
pub(super) fn message_fits(material: &Material, message: &[u8], candidates: &Candidates) -> Choice {
    if let Some(mut state) = material.start() {
        state.update(message);
        return fits_any(&state.finish(), candidates);
    }
    if let Material::StaticToken(tag) = material {
        // The secret itself is offered, and compared at one length.
        return candidates
            .iter()
            .fold(Choice::from(0), |fits, candidate| fits | tag.matches(&Sha256::digest(&**candidate)));
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
