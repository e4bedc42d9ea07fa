//! What identifies an event in a store that outlives its keys.

use sha2::{Digest, Sha256};

use crate::labels::{EventKey, Label, Labels};
use crate::{Delivery, UnixTime, Verifier};

impl Verifier {
    /// What identifies the event of a delivery for longer than a key lives; `None` where every delivery is distinct.
    ///
    /// Like [`Verifier::event_key`], but where the digest is one of the MAC, which is another under the next key, it is that
    /// of what the MAC is over (SHA-256): content and signed timestamp. So a redelivery that is signed with the next key is
    /// still a duplicate. A MAC over more than these, such as the URL, stays the digest: two events must never be one.
    #[must_use]
    pub fn durable_event_key(&self, delivery: &Delivery, labels: &Labels) -> Option<EventKey> {
        let digest = |delivery: &Delivery| {
            let mut digest = Sha256::new_with_prefix(delivery.payload());
            digest.update(delivery.sent_at().map(UnixTime::as_millis).unwrap_or_default().to_be_bytes());
            digest.finalize().into()
        };
        let by_content = self.scheme.plan.is_mac_of_content();
        self.key_of(labels, || if by_content { digest(delivery) } else { delivery.fingerprint })
    }
}

impl Label {
    /// A label that a store kept, as it was when it was read from a delivery.
    #[must_use]
    pub const fn kept(text: String, signed: bool) -> Self {
        Self { text, signed }
    }
}
