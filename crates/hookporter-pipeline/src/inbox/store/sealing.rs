//! Contents encrypted on their way into a store, and opened on their way out, on the tasks of those who wait for them.

#[cfg(feature = "seal")]
use crate::inbox::SealingKeys;
use crate::inbox::store::Fault;
use crate::inbox::{Claimed, EventRecord};
use crate::operating::RefusedRequest;

/// The keys, where there are any; without the feature `seal` there never are.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Sealing {
    #[cfg(feature = "seal")]
    keys: Option<SealingKeys>,
}

impl Sealing {
    /// With these keys.
    #[cfg(feature = "seal")]
    #[must_use]
    pub const fn with(keys: SealingKeys) -> Self {
        Self { keys: Some(keys) }
    }

    /// Seals records, where there are keys.
    ///
    /// # Errors
    /// [`Fault::Store`] if one cannot be sealed.
    pub fn seal(&self, records: Vec<EventRecord>) -> Result<Vec<EventRecord>, Fault> {
        #[cfg(feature = "seal")]
        if let Some(keys) = &self.keys {
            let sealed = records.into_iter().map(|record| keys.seal(record)).collect::<Result<_, _>>();
            return sealed.map_err(|error| Fault::Store(error.to_string()));
        }
        Ok(records)
    }

    /// Opens a record; one that does not open stays sealed, and says which key it wants.
    #[must_use]
    pub fn open(&self, record: EventRecord) -> EventRecord {
        #[cfg(feature = "seal")]
        if let Some(keys) = &self.keys
            && record.sealed_by.is_some()
        {
            return keys.open(record.clone()).unwrap_or_else(|error| {
                tracing::error!(target: "hookporter", event_id = record.event_id.as_ref().map(|id| &*id.text), "{error}");
                record
            });
        }
        record
    }

    /// Whether what comes in is encrypted.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        #[cfg(feature = "seal")]
        let is_on = self.keys.is_some();
        #[cfg(not(feature = "seal"))]
        let is_on = false;
        is_on
    }

    /// Seals a refused request, where there are keys.
    ///
    /// # Errors
    /// [`Fault::Store`] if it cannot be sealed.
    pub fn seal_refused(&self, request: RefusedRequest) -> Result<RefusedRequest, Fault> {
        #[cfg(feature = "seal")]
        if let Some(keys) = &self.keys {
            return keys.seal_refused(request).map_err(|error| Fault::Store(error.to_string()));
        }
        Ok(request)
    }

    /// Opens a refused request; one that does not open stays sealed, and says which key it wants.
    #[must_use]
    pub fn open_refused(&self, request: RefusedRequest) -> RefusedRequest {
        #[cfg(feature = "seal")]
        if let Some(keys) = &self.keys {
            return keys.open_refused(request.clone()).unwrap_or_else(|error| {
                tracing::error!(target: "hookporter", trace = %request.trace, "{error}");
                request
            });
        }
        request
    }

    /// Opens what a claim gave.
    #[must_use]
    pub fn open_all(&self, claimed: Claimed) -> Claimed {
        let mut claimed = claimed;
        for lease in &mut claimed.leases {
            if lease.record.sealed_by.is_some() {
                lease.record = self.open(lease.record.clone());
            }
        }
        claimed
    }
}
