//! The proof: constant-time comparison of every live key with every signature offered.

use std::borrow::Cow;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use subtle::{Choice, ConditionallySelectable};

use crate::algorithm::{Fingerprint, Material, is_same_tag};
use crate::check::{Check, feed, message};
use crate::key_parts::KeyParts;
use crate::keyring::PreparedKey;
use crate::papers::{Candidates, Papers, Stated, plausible_sets};
use crate::scheme::{Part, Plan};
use crate::{Coverage, Head, KeyId, PreparedKeyring, Reason, Rejection, UnixTime};

/// What a proof that holds says.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) key: KeyId,
    pub(crate) coverage: Coverage,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) payload: Option<Box<Bytes>>,
    /// When it was sent, where the proof itself says so.
    pub(crate) sent: Option<UnixTime>,
}

/// Remembers which live key fitted, and its tag, without a branch on it.
pub(super) struct Matched {
    /// 1 once a key fitted.
    any: u8,
    index: u32,
    at: u32,
    /// The fitting key's fingerprint, in words.
    fingerprint: [u64; 4],
}

impl Matched {
    #[inline]
    pub(super) fn new() -> Self {
        Self { any: 0, index: 0, at: 0, fingerprint: [0; 4] }
    }

    /// Notes whether the key at hand, whose tag this is, fits.
    #[inline]
    fn note_tag(&mut self, tag: &[u8], candidates: &Candidates) {
        let fits = fits_any(tag, candidates);
        let (words, rest) = tag.as_chunks::<8>();
        // A SHA-1 tag ends in half a word.
        let half = rest.first_chunk::<4>().map(|[a, b, c, d]| [*a, *b, *c, *d, 0, 0, 0, 0]);
        for (kept, word) in self.fingerprint.iter_mut().zip(words.iter().copied().chain(half)) {
            kept.conditional_assign(&u64::from_ne_bytes(word), fits);
        }
        self.note(fits);
    }

    /// Notes whether the key at hand, in order, fits.
    #[inline]
    pub(super) fn note(&mut self, fits: Choice) {
        self.index = u32::conditional_select(&self.index, &self.at, fits);
        self.any |= fits.unwrap_u8();
        self.at = self.at.saturating_add(1);
    }

    fn index(&self) -> Option<usize> {
        (self.any != 0).then(|| usize::try_from(self.index).unwrap_or(usize::MAX))
    }

    /// The live key that fitted.
    #[inline]
    pub(super) fn key<'k>(&self, keys: &'k PreparedKeyring, now: UnixTime) -> Option<&'k PreparedKey> {
        keys.live(now).nth(self.index()?)
    }

    #[inline]
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_words(self.fingerprint)
    }
}

/// A message whose body came in one piece.
#[derive(Clone, Copy)]
pub(super) struct Message<'m> {
    pub(super) before: &'m [Part],
    pub(super) after: &'m [Part],
    pub(super) head: Head<'m>,
    pub(super) stated: Stated<'m>,
    pub(super) body: &'m [u8],
}

/// Compares the MAC of every live key over a message, and notes which one fits.
#[inline]
pub(super) fn macs(
    keys: &PreparedKeyring,
    now: UnixTime,
    message: Message<'_>,
    candidates: &Candidates,
    matched: &mut Matched,
) -> Result<(), Rejection> {
    let mut pieces = SmallVec::<[&[u8]; 8]>::new();
    for part in message.before {
        pieces.push(message::part(part, message.head, message.stated)?);
    }
    pieces.push(message.body);
    for part in message.after {
        pieces.push(message::part(part, message.head, message.stated)?);
    }
    for key in keys.live(now) {
        let noted = key.material.with_tag(&pieces, |tag| matched.note_tag(tag, candidates));
        noted.ok_or(Reason::NoLiveKey)?;
    }
    Ok(())
}

impl Check<'_> {
    pub(super) fn judge(&mut self, body: &Bytes) -> Result<Proof, Rejection> {
        let mut matched = Matched::new();
        match &self.verifier.scheme.plan {
            Plan::Stream { before, after, .. } if self.running.is_empty() => {
                let Papers { candidates, stated, .. } = &self.papers;
                let message = Message { before, after, head: self.head, stated: *stated, body };
                macs(self.keys, self.now, message, candidates, &mut matched)?;
            }
            Plan::Stream { after, .. } => self.end_running(after, &mut matched)?,
            _ => return self.judge_otherwise(body),
        }
        let key = matched.key(self.keys, self.now).ok_or(Reason::InvalidSignature)?;
        let fingerprint = matched.fingerprint();
        Ok(Proof { key: key.id.clone(), coverage: Coverage::Body, fingerprint, payload: None, sent: None })
    }

    /// Ends the MACs of a body that came in several chunks, and compares them.
    fn end_running(&mut self, after: &[Part], matched: &mut Matched) -> Result<(), Rejection> {
        for mut state in self.running.drain(..) {
            feed(&mut state, after, self.head, self.papers.stated)?;
            matched.note_tag(state.finish().as_bytes(), &self.papers.candidates);
        }
        Ok(())
    }

    /// Judges by a plan that is no running MAC.
    #[inline(never)]
    fn judge_otherwise(&mut self, body: &Bytes) -> Result<Proof, Rejection> {
        // Also where the key is fixed and nobody is asked for it.
        self.verifier.scheme.key_url_in_body(body)?;
        match &self.verifier.scheme.plan {
            Plan::Stream { .. } => Err(Rejection::new(Reason::InvalidSignature)),
            Plan::Whole { parts, .. } => {
                let whole = |key: &KeyParts| message::whole(parts, &self.head, self.papers.stated, body, key);
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
            Plan::Function { algorithm, function } => self.found(*algorithm, function, body),
            Plan::StaticToken => self.static_token(body),
            #[cfg(feature = "jwt")]
            Plan::Token(token) => token.judge(&self.head, body, self.keys, self.now, self.verifier.tolerance),
            #[cfg(feature = "http-signatures")]
            Plan::Message(_) => {
                let opened = self.papers.message.as_ref().ok_or(Reason::MissingHeader)?;
                opened.judge(self.keys, self.now, body)
            }
        }
    }

    fn static_token(&self, body: &[u8]) -> Result<Proof, Rejection> {
        let (_, key) = fitting(self.keys, self.now, |key| message_fits(&key.material, &[], &self.papers.candidates))?;
        let fingerprint = Sha256::digest(body).into();
        Ok(Proof { key: key.id.clone(), coverage: Coverage::Origin, fingerprint, payload: None, sent: None })
    }

    /// Tries every set of signatures on the message with its own timestamp; the first one that fits counts.
    fn any_set(&mut self, parts: &[Part], body: &[u8], coverage: Coverage) -> Result<Proof, Rejection> {
        let verifier = self.verifier;
        let mut proven = None;
        for papers in plausible_sets(&verifier.scheme, verifier.tolerance, &self.head, self.now)? {
            let message = message::whole(parts, &self.head, papers.stated, body, &KeyParts::default())?;
            // All of them are tried, so that the time does not tell which one fits.
            let judged = judge_messages(self.keys, self.now, &papers.candidates, &[&message], coverage);
            proven = proven.or_else(|| judged.ok().map(|proof| (proof, papers.stated.sent)));
        }
        let (proof, sent) = proven.ok_or(Reason::InvalidSignature)?;
        self.papers.stated.sent = sent;
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
        let fingerprint = Sha256::digest(messages.get(index).map_or(&[][..], |message| message)).into();
        Ok(Proof { key: key.id.clone(), coverage, fingerprint, payload: None, sent: None })
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
    let any = |key: &PreparedKey| {
        messages.iter().fold(Choice::from(0), |fits, message| fits | message_fits(&key.material, message, candidates))
    };
    let (_, key) = fitting(keys, now, any)?;
    let first = messages.first().copied().unwrap_or_default();
    let fingerprint = Sha256::digest(first).into();
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

/// Whether a candidate is the proof of `message` under this key; all of them are compared.
pub(super) fn message_fits(material: &Material, message: &[u8], candidates: &Candidates) -> Choice {
    if let Some(mut state) = material.start() {
        state.update(message);
        return fits_any(state.finish().as_bytes(), candidates);
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
fn fits_any(tag: &[u8], candidates: &Candidates) -> Choice {
    candidates
        .iter()
        .map(|candidate| is_same_tag(tag, candidate))
        .reduce(|fits, other| fits | other)
        .unwrap_or_else(|| Choice::from(0))
}
