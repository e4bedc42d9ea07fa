//! The proof of a function: messages that must all hold, with the header's signatures or with their own.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use subtle::Choice;

use super::proof::{Matched, Proof, message_fits};
use crate::algorithm::{Algorithm, Tag};
use crate::check::Check;
use crate::keyring::PreparedKey;
use crate::scheme::{SignedBytes, SignedFunction, SignedInput, SignedMessage, TimestampPlace};
use crate::{Coverage, KeyId, Reason, Rejection};

/// The most messages that one request may hold: a thousand MACs take about a millisecond, and no sender's batch comes near.
const MAX_MESSAGES: usize = 1024;

impl Check<'_> {
    /// Judges what a function made of the request; with no algorithm, the secret itself is what is offered.
    pub(super) fn found(
        &mut self,
        algorithm: Option<Algorithm>,
        function: &SignedFunction,
        body: &Bytes,
    ) -> Result<Proof, Rejection> {
        let input = SignedInput { head: &self.head, body, timestamp: self.papers.timestamp, id: self.papers.id };
        let SignedBytes { messages, coverage, timestamp, payload } = (function.find)(&input)?;
        if messages.is_empty() || messages.len() > MAX_MESSAGES {
            let what = "the body holds nothing that is signed, or more of it than any batch";
            return Err(Rejection::detail(Reason::MalformedBody, what));
        }
        let key = self.key_of(&messages)?;
        let fingerprint = match algorithm {
            Some(_) => fingerprint(&messages),
            None => Tag::new(&Sha256::digest(body)),
        };
        self.judge_body_timestamp(timestamp.as_deref())?;
        let payload = payload
            .map(|payload| {
                let decoded = (payload.decode)(payload.taken).map(Bytes::from);
                decoded.ok_or_else(|| Rejection::detail(Reason::MalformedBody, "the payload cannot be decoded"))
            })
            .transpose()?;
        Ok(Proof { key, coverage: coverage.unwrap_or(Coverage::Origin), fingerprint, payload })
    }

    /// The key that the first message fits, if each of them fits a live key. Items of one batch may be signed with
    /// different keys: those of a rotation, or of several subscriptions.
    fn key_of(&self, messages: &[SignedMessage]) -> Result<KeyId, Rejection> {
        let live: SmallVec<[&PreparedKey; 4]> = self.keys.live(self.now).collect();
        let mut held = SmallVec::<[Choice; 4]>::from_elem(Choice::from(0), messages.len());
        let mut matched = Matched::new();
        for key in &live {
            let mut first = None;
            for (message, held) in messages.iter().zip(&mut held) {
                let offered = if message.signatures.is_empty() { &self.papers.candidates } else { &message.signatures };
                let fits = message
                    .variants
                    .iter()
                    .fold(Choice::from(0), |fits, variant| fits | message_fits(&key.material, variant, offered));
                *held |= fits;
                first.get_or_insert(fits);
            }
            matched.note(first.unwrap_or_else(|| Choice::from(0)));
        }
        let all = held.iter().fold(Choice::from(1), |all, held| all & *held);
        let key = matched.index().filter(|_| bool::from(all)).and_then(|index| live.get(index));
        key.map(|key| key.id.clone()).ok_or_else(|| Reason::InvalidSignature.into())
    }

    /// Judges the timestamp that was found in the body, now that the proof holds.
    fn judge_body_timestamp(&mut self, text: Option<&[u8]>) -> Result<(), Rejection> {
        let Some(spec) = self.verifier.scheme.timestamp.as_ref() else { return Ok(()) };
        if !matches!(spec.place, TimestampPlace::Body) {
            return Ok(());
        }
        let malformed = |what| Rejection::detail(Reason::MalformedTimestamp, what);
        let sent = spec.unit.parse(text.ok_or_else(|| malformed("is not in the body"))?).map_err(malformed)?;
        if let Some(tolerance) = self.verifier.tolerance {
            tolerance.check(sent, self.now)?;
        }
        self.papers.sent = Some(sent);
        Ok(())
    }
}

/// A digest of the signed bytes; where there are several messages, of all of them with their lengths.
fn fingerprint(messages: &[SignedMessage]) -> Tag {
    let mut firsts = messages.iter().map(|message| message.variants.first().map_or(&[][..], Vec::as_slice));
    if messages.len() == 1 {
        return Tag::new(&Sha256::digest(firsts.next().unwrap_or_default()));
    }
    let mut hash = Sha256::new();
    for bytes in firsts {
        hash.update(bytes.len().to_be_bytes());
        hash.update(bytes);
    }
    Tag::new(&hash.finalize())
}

#[cfg(test)]
mod tests;
