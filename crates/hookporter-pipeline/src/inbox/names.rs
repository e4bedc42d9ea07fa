//! Whose a name is, in one store.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::endpoint::State;

/// Which endpoint of this process has which name in a store. Every handle on the store has the same one; nothing of it is
/// written down.
///
/// Events are told apart, and led back to their endpoint, by its name. Two endpoints of one name would take each other's events
/// for their own duplicates.
#[derive(Clone, Default)]
pub struct EndpointNames {
    /// An endpoint is known by what its clones share, and its name is free again once the last of them is gone.
    owners: Arc<Mutex<HashMap<String, Weak<State>>>>,
}

impl EndpointNames {
    /// No endpoint has a name yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the name is this endpoint's, which has it from now on if it was free.
    pub(crate) fn claim(&self, name: &str, endpoint: &Arc<State>) -> bool {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(owner) = owners.get(name).and_then(Weak::upgrade) {
            return Arc::ptr_eq(&owner, endpoint);
        }
        owners.insert(name.to_owned(), Arc::downgrade(endpoint));
        true
    }
}

impl fmt::Debug for EndpointNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_set().entries(owners.keys()).finish()
    }
}
