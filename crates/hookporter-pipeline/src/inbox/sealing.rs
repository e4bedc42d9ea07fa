//! Contents encrypted on their way into a store, and opened on their way out, on the tasks of those who wait for them.

use crate::handoff::BoxError;
#[cfg(feature = "seal")]
use crate::inbox::SealingKeys;
use crate::inbox::{Claimed, EventRecord};
use crate::operating::RefusedRequest;

/// For authors of stores: what seals contents before the store gets them, and opens them behind it. Without keys, and without the
/// feature `seal`, everything passes as it is.
#[derive(Debug, Clone, Default)]
pub struct Sealing {
    #[cfg(feature = "seal")]
    keys: Option<SealingKeys>,
}

impl Sealing {
    /// Seals and opens with these keys.
    #[cfg(feature = "seal")]
    #[must_use]
    pub const fn new(keys: SealingKeys) -> Self {
        Self { keys: Some(keys) }
    }

    /// Whether what comes in is encrypted.
    #[must_use]
    #[cfg_attr(not(feature = "seal"), expect(clippy::unused_self, reason = "as with the feature"))]
    pub const fn is_on(&self) -> bool {
        #[cfg(feature = "seal")]
        return self.keys.is_some();
        #[cfg(not(feature = "seal"))]
        false
    }

    /// Seals the records of a request, where there are keys.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    #[cfg(feature = "seal")]
    pub fn seal(&self, records: Vec<EventRecord>) -> Result<Vec<EventRecord>, BoxError> {
        let Some(keys) = &self.keys else { return Ok(records) };
        Ok(records.into_iter().map(|record| keys.seal(record)).collect::<Result<_, _>>()?)
    }

    /// The records as they are.
    ///
    /// # Errors
    /// None without the feature `seal`.
    #[cfg(not(feature = "seal"))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "as with the feature")]
    pub fn seal(&self, records: Vec<EventRecord>) -> Result<Vec<EventRecord>, BoxError> {
        Ok(records)
    }

    /// Opens a record; one that does not open stays sealed, and says which key it wants.
    #[cfg(feature = "seal")]
    #[must_use]
    pub fn open(&self, record: EventRecord) -> EventRecord {
        let Some(keys) = &self.keys else { return record };
        keys.open(record.clone()).unwrap_or_else(|error| {
            tracing::error!(target: "hookporter", event_id = record.event_id.as_ref().map(|id| &*id.text), "{error}");
            record
        })
    }

    /// The record as it is.
    #[cfg(not(feature = "seal"))]
    #[must_use]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub fn open(&self, record: EventRecord) -> EventRecord {
        record
    }

    /// Seals a refused request, where there are keys.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    #[cfg(feature = "seal")]
    pub fn seal_refused(&self, request: RefusedRequest) -> Result<RefusedRequest, BoxError> {
        let Some(keys) = &self.keys else { return Ok(request) };
        Ok(keys.seal_refused(request)?)
    }

    /// The request as it is.
    ///
    /// # Errors
    /// None without the feature `seal`.
    #[cfg(not(feature = "seal"))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "as with the feature")]
    pub fn seal_refused(&self, request: RefusedRequest) -> Result<RefusedRequest, BoxError> {
        Ok(request)
    }

    /// Opens a refused request; one that does not open stays sealed, and says which key it wants.
    #[cfg(feature = "seal")]
    #[must_use]
    pub fn open_refused(&self, request: RefusedRequest) -> RefusedRequest {
        let Some(keys) = &self.keys else { return request };
        keys.open_refused(request.clone()).unwrap_or_else(|error| {
            tracing::error!(target: "hookporter", trace = %request.trace, "{error}");
            request
        })
    }

    /// The request as it is.
    #[cfg(not(feature = "seal"))]
    #[must_use]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub fn open_refused(&self, request: RefusedRequest) -> RefusedRequest {
        request
    }

    /// Opens what a worker is lent.
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
