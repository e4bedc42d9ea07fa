//! What identifies an event in the store, and outside of it.

use hookporter_core::{Identity, Labels, body_digest};

use crate::Event;

impl Event {
    /// What a message that tells of this event is called wherever the event goes on to, so that whoever gets it twice can know:
    /// one and the same for every attempt, every replay and every copy that the sender delivers, in whichever inbox it is, and
    /// another one for every other event. 64 hexadecimal digits.
    ///
    /// It is made of endpoint, tenant and what identifies the event there. Where nothing does, every delivery is an event of its
    /// own: then of its number and its arrival.
    ///
    /// ```
    /// # use hookporter_pipeline::Event;
    /// # use std::{collections::HashSet, sync::Mutex};
    /// /// Whether a consumer has had this event before; in earnest that is a unique column beside the effect.
    /// fn is_repeated(seen: &Mutex<HashSet<String>>, event: &Event) -> bool {
    ///     seen.lock().is_ok_and(|mut seen| !seen.insert(event.message_id()))
    /// }
    /// ```
    #[must_use]
    pub fn message_id(&self) -> String {
        let kept = self.origin_in_store();
        let identity = kept.map_or_else(|| self.durable_key(), |kept| kept.identity.clone());
        let identity = identity.unwrap_or_else(|| {
            let at = self.received_at().as_millis();
            match self.number() {
                Some(number) => format!("{number} {at}").into_bytes(),
                None => format!("{} {at}", body_digest(self.body())).into_bytes(),
            }
        });
        let mut parts = Vec::new();
        for part in [self.endpoint().as_bytes(), self.tenant().unwrap_or_default().as_bytes(), &identity] {
            // The length before each: no two lists of parts run together.
            parts.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            parts.extend_from_slice(part);
        }
        parts.push(u8::from(self.tenant().is_some()));
        body_digest(&parts)
    }

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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hookporter_core::UnixTime;

    use crate::inbox::EventRecord;

    fn record(endpoint: &str, tenant: Option<&str>, identity: Option<&str>) -> EventRecord {
        let mut record = EventRecord::new(endpoint, Bytes::from_static(b"{}"), UnixTime::from_secs(1));
        record.tenant = tenant.map(str::to_owned);
        record.identity = identity.map(|identity| identity.as_bytes().to_vec());
        record
    }

    #[test]
    fn a_message_is_called_after_its_event_and_no_two_events_are_called_the_same() {
        let named = |record: &EventRecord, number| record.clone().into_event(number, 1).message_id();
        let event = record("stripe", None, Some("evt_1"));
        let id = named(&event, 1);
        assert!(id.len() == 64 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
        // Another number: another inbox. What somebody made of the body is the same event.
        assert_eq!(named(&event, 2), id);
        assert_eq!(event.clone().into_event(1, 7).message_id(), id);
        assert_eq!(named(&EventRecord { body: Bytes::from_static(b"[]"), edited: true, ..event }, 1), id);

        let others = [
            record("stripe", None, Some("evt_2")),
            record("stripe", Some(""), Some("evt_1")),
            record("stripe", Some("evt_1"), Some("")),
            record("stripeevt", None, Some("_1")),
            record("strip", Some("e"), Some("evt_1")),
        ];
        let mut ids: Vec<_> = others.iter().map(|other| named(other, 1)).collect();
        // Without an identity every delivery is one.
        let distinct = record("stripe", None, None);
        assert_eq!(named(&distinct, 1), named(&distinct, 1));
        ids.extend([id, named(&distinct, 1), named(&distinct, 2)]);
        // In another inbox, which counts anew.
        ids.push(named(&EventRecord { received_at: UnixTime::from_secs(2), ..distinct }, 1));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 9);
    }
}
