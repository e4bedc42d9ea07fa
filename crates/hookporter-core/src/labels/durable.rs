//! What identifies an event in a store that outlives its keys.

use sha2::{Digest, Sha256};

use crate::labels::{EventKey, Label, Labels};
use crate::{Coverage, Delivery, UnixTime, Verifier};

impl Verifier {
    /// What identifies the event of a delivery for longer than a key lives; `None` where every delivery is distinct.
    ///
    /// Like [`Verifier::event_key`], but a digest is one of the proven bytes themselves (SHA-256), not of their proof, so
    /// that a redelivery that is signed with the next key is still a duplicate. A signed timestamp is a part of it: where
    /// a sender signs one, equal bodies at two moments are two events, as they are in memory. Where the proof does not
    /// cover the body, the digest stays that of the proof: a stranger could change the rest of a captured request, and
    /// make it new.
    #[must_use]
    pub fn durable_event_key(&self, delivery: &Delivery, labels: &Labels) -> Option<EventKey> {
        self.key_of(labels, || match delivery.coverage() {
            Coverage::Body => {
                let mut digest = Sha256::new_with_prefix(delivery.body());
                digest.update(delivery.sent_at().map(UnixTime::as_millis).unwrap_or_default().to_be_bytes());
                digest.finalize().into()
            }
            Coverage::Payload => Sha256::digest(delivery.payload()).into(),
            Coverage::Fields | Coverage::Origin => delivery.fingerprint,
        })
    }
}

impl Label {
    /// A label that a store kept, as it was when it was read from a delivery.
    #[must_use]
    pub const fn kept(text: String, signed: bool) -> Self {
        Self { text, signed }
    }
}
