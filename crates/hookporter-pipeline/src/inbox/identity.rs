//! What identifies an event in the store.

use hookporter_core::{Identity, Labels};

use crate::Event;

impl Event {
    /// The durable key; `None` where every delivery is distinct, and for an event that comes out of a store.
    pub(crate) fn durable_key(&self) -> Option<Vec<u8>> {
        let (delivery, verifier) = self.proof()?;
        let key = match verifier.identity() {
            Identity::Distinct => None,
            // No label is looked for where none is needed.
            Identity::Digest => verifier.durable_event_key(delivery, &Labels::default()),
            _ => verifier.durable_event_key(delivery, self.labels()),
        };
        key.map(|key| key.as_bytes().to_vec())
    }
}
