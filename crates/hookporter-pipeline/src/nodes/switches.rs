//! What an endpoint's requests look at.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use hookporter_core::KeyId;

use crate::nodes::Revoked;

/// Whether an endpoint takes requests, and which of its keys count no more: read by every request, written when somebody says so.
#[derive(Debug, Default)]
pub(crate) struct Switches {
    /// Somebody has paused it in this process, and for this process.
    pub(crate) paused_here: AtomicBool,
    /// It is paused on every node, as far as this one knows.
    pub(crate) paused_everywhere: AtomicBool,
    /// Whether any key is revoked: while none is, no request looks further.
    has_revoked: AtomicBool,
    revoked: RwLock<Arc<Revoked>>,
}

impl Switches {
    pub(crate) fn is_paused(&self) -> bool {
        self.paused_here.load(Ordering::Relaxed) || self.paused_everywhere.load(Ordering::Relaxed)
    }

    /// The keys that count no more, if there are any.
    #[inline]
    pub(crate) fn revoked(&self) -> Option<Arc<Revoked>> {
        if !self.has_revoked.load(Ordering::Acquire) {
            return None;
        }
        // Nothing under the lock can leave it half done.
        Some(self.revoked.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    pub(crate) fn is_revoked(&self, tenant: Option<&str>, key: &KeyId) -> bool {
        self.revoked().is_some_and(|revoked| revoked.has(tenant, key))
    }

    pub(crate) fn revoke(&self, revoked: Revoked) {
        let has_any = !revoked.is_empty();
        *self.revoked.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(revoked);
        self.has_revoked.store(has_any, Ordering::Release);
    }
}
