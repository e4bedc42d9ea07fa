//! The proof of a function: messages that must all hold, with the header's signatures or with their own.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use subtle::Choice;

use super::proof::{Matched, Proof, message_fits};
use crate::algorithm::{Algorithm, Fingerprint, Material};
use crate::check::Check;
use crate::keyring::PreparedKey;
use crate::papers::Candidates;
use crate::scheme::{
    MAX_MESSAGES, SignedBytes, SignedFunction, SignedInput, SignedMessage, TimestampPlace, TimestampSpec,
};
use crate::{Coverage, Evidence, KeyId, Reason, Rejection, UnixTime};

impl Check<'_> {
    /// Judges what a function made of the request; with no algorithm, the secret itself is what is offered.
    pub(super) fn found(
        &self,
        algorithm: Option<Algorithm>,
        function: &SignedFunction,
        body: &Bytes,
    ) -> Result<Proof, Rejection> {
        let input =
            SignedInput { head: &self.head, body, timestamp: self.papers.stated.timestamp, id: self.papers.stated.id };
        let SignedBytes { messages, coverage, timestamp, payload } = (function.find)(&input)?;
        if messages.is_empty() || messages.len() > MAX_MESSAGES {
            let what = "the body holds nothing that is signed, or more of it than any batch";
            return Err(Rejection::detail(Reason::MalformedBody, what));
        }
        let key = self.key_of(&messages)?;
        let fingerprint = match algorithm {
            Some(_) => self.fingerprint(&messages),
            None => Sha256::digest(body).into(),
        };
        let sent = self.found_timestamp(timestamp.as_deref())?;
        let payload = payload
            .map(|payload| {
                let decoded = (payload.decode)(payload.taken);
                decoded
                    .map(|decoded| Box::new(Bytes::from(decoded)))
                    .ok_or_else(|| Rejection::detail(Reason::MalformedBody, "the payload cannot be decoded"))
            })
            .transpose()?;
        Ok(Proof { key, coverage: coverage.unwrap_or(Coverage::Origin), fingerprint, payload, sent })
    }

    /// The key that the first message fits, if each of them fits a live key. Items of one batch may be signed with
    /// different keys: those of a rotation, or of several subscriptions.
    fn key_of(&self, messages: &[SignedMessage]) -> Result<KeyId, Rejection> {
        let none = || SmallVec::<[Choice; 4]>::from_elem(Choice::from(0), messages.len());
        let (mut signed, mut held) = (none(), none());
        let mut matched = Matched::new();
        for key in self.keys.live(self.now) {
            let mut first = None;
            for ((message, signed), held) in messages.iter().zip(&mut signed).zip(&mut held) {
                let fits = self.fits(key, message);
                *signed |= fits;
                let fits = fits & Choice::from(u8::from(is_for(key, message)));
                *held |= fits;
                first.get_or_insert(fits);
            }
            matched.note(first.unwrap_or_else(|| Choice::from(0)));
        }
        let all = |each: &[Choice]| bool::from(each.iter().fold(Choice::from(1), |all, one| all & *one));
        match matched.key(self.keys, self.now) {
            Some(key) if all(&held) => Ok(key.id.clone()),
            _ => Err(misfit(messages, all(&signed))),
        }
    }

    /// Whether a signature that is offered for `message` is this key's.
    fn fits(&self, key: &PreparedKey, message: &SignedMessage) -> Choice {
        let offered = if message.signatures.is_empty() { &self.papers.candidates } else { &message.signatures };
        let fits = |variant: &[u8]| match message.algorithm {
            None => message_fits(&key.material, variant, offered),
            Some(algorithm) => fits_with(&key.material, algorithm, variant, offered),
        };
        message.variants.iter().fold(Choice::from(0), |any, variant| any | fits(variant))
    }

    /// A digest of the bytes that were signed; where there are several messages, of all of them with their lengths. Of
    /// variants it is the one that fits, so that another spelling of the request is no other event.
    fn fingerprint(&self, messages: &[SignedMessage]) -> Fingerprint {
        let signed = |message: &SignedMessage| {
            let fits = |variant: &&Vec<u8>| {
                let one = SignedMessage { variants: SmallVec::from_iter([(*variant).clone()]), ..message.clone() };
                self.keys.live(self.now).any(|key| bool::from(self.fits(key, &one)))
            };
            let fitting = message.variants.iter().find(|variant| message.variants.len() == 1 || fits(variant));
            fitting.cloned().unwrap_or_default()
        };
        if let [only] = messages {
            return Sha256::digest(signed(only)).into();
        }
        let mut hash = Sha256::new();
        for message in messages {
            let bytes = signed(message);
            hash.update(bytes.len().to_be_bytes());
            hash.update(bytes);
        }
        hash.finalize().into()
    }

    /// Judges the timestamp that was found in the body, now that the proof holds.
    fn found_timestamp(&self, text: Option<&[u8]>) -> Result<Option<UnixTime>, Rejection> {
        let Some(TimestampSpec { place: TimestampPlace::Found, unit }) = &self.verifier.scheme.timestamp else {
            return Ok(None);
        };
        let malformed = |what| Rejection::detail(Reason::MalformedTimestamp, what);
        let sent = unit.parse(text.ok_or_else(|| malformed("is not in the body"))?).map_err(malformed)?;
        if let Some(tolerance) = self.verifier.tolerance {
            tolerance.check(sent, self.now)?;
        }
        Ok(Some(sent))
    }
}

/// Whether a signature is that of `message` under this public key, with an algorithm that the message names.
fn fits_with(material: &Material, algorithm: Algorithm, message: &[u8], offered: &Candidates) -> Choice {
    let _ = (algorithm, message, offered);
    match material {
        #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
        Material::Public(key) => {
            let fits = offered.iter().filter(|signature| key.verify_with(algorithm, message, signature)).count();
            Choice::from(u8::from(fits > 0))
        }
        _ => Choice::from(0),
    }
}

/// Whether what `message` says of its origin is what the key is bound to, if it is bound to anything; no secret.
fn is_for(key: &PreparedKey, message: &SignedMessage) -> bool {
    let Some((part, value)) = &message.bound else { return true };
    key.parts.get(part).is_none_or(|bound| bound.split(',').any(|one| one.trim() == value))
}

/// Why messages are refused: where every one is `signed`, a key is bound to another origin.
fn misfit(messages: &[SignedMessage], signed: bool) -> Rejection {
    match messages.iter().find_map(|message| message.bound.as_ref()) {
        Some((part, _)) if signed => Rejection::new(Reason::ClaimMismatch).with_evidence(Evidence::Claim(part)),
        _ => Reason::InvalidSignature.into(),
    }
}

#[cfg(test)]
mod tests;
