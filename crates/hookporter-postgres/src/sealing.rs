//! Contents encrypted on their way into the database, and opened on their way out, on the tasks of those who wait for them.

#[cfg(feature = "seal")]
use hookporter_pipeline::inbox::SealingKeys;
use hookporter_pipeline::inbox::{Claimed, EventRecord};

use crate::fault::Fault;

/// The keys, where there are any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sealing {
    #[cfg(feature = "seal")]
    pub(crate) keys: Option<SealingKeys>,
}

impl Sealing {
    #[cfg(feature = "seal")]
    pub(crate) fn seal(&self, records: Vec<EventRecord>) -> Result<Vec<EventRecord>, Fault> {
        let Some(keys) = &self.keys else { return Ok(records) };
        let sealed = records.into_iter().map(|record| keys.seal(record)).collect::<Result<_, _>>();
        sealed.map_err(|error| Fault::Store(error.to_string()))
    }

    #[cfg(not(feature = "seal"))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "as with the feature")]
    pub(crate) fn seal(&self, records: Vec<EventRecord>) -> Result<Vec<EventRecord>, Fault> {
        Ok(records)
    }

    /// Opens a record; one that does not open stays sealed, and says which key it wants.
    #[cfg(feature = "seal")]
    pub(crate) fn open(&self, record: EventRecord) -> EventRecord {
        let Some(keys) = &self.keys else { return record };
        keys.open(record.clone()).unwrap_or_else(|error| {
            tracing::error!(target: "hookporter", event_id = record.event_id.as_ref().map(|id| &*id.text), "{error}");
            record
        })
    }

    #[cfg(not(feature = "seal"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(crate) fn open(&self, record: EventRecord) -> EventRecord {
        record
    }

    pub(crate) fn open_all(&self, claimed: Claimed) -> Claimed {
        let mut claimed = claimed;
        for lease in &mut claimed.leases {
            if lease.record.sealed_by.is_some() {
                lease.record = self.open(lease.record.clone());
            }
        }
        claimed
    }
}
