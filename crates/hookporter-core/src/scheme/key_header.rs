//! A header that states a part of the key, so that a key counts only where the request names it.

use std::sync::Arc;

use crate::key_parts::KeyParts;
use crate::{Evidence, Head, Reason, Rejection, papers};

/// A header that states a part of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyHeader {
    pub(crate) name: Arc<str>,
    pub(crate) part: String,
}

impl KeyHeader {
    /// Refuses a request that does not state the part once.
    pub(crate) fn judge(&self, head: &Head<'_>) -> Result<(), Rejection> {
        papers::once(head.headers(), &self.name).map(|_| ())
    }

    /// Refuses a request that states another key than the one that fits. What it states is no secret.
    pub(crate) fn judge_key(&self, head: &Head<'_>, key: Option<&KeyParts>) -> Result<(), Rejection> {
        let stated = papers::once(head.headers(), &self.name)?;
        if key.and_then(|key| key.get(&self.part)).is_some_and(|part| part.as_bytes() == stated) {
            return Ok(());
        }
        let evidence = Evidence::HeaderShape(self.name.clone(), "names another key than the one that fits");
        Err(Rejection::new(Reason::InvalidSignature).with_evidence(evidence))
    }
}
