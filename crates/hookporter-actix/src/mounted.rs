//! The endpoints that a server's workers mounted, so that it can tell them of its end.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use hookporter_pipeline::Endpoint;

thread_local! {
    /// Those of the server that this worker thread belongs to; a thread works for one server all its life.
    static OF_THIS_WORKER: RefCell<Option<Mounted>> = const { RefCell::new(None) };
}

/// The endpoints of one server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mounted {
    endpoints: Arc<Mutex<Vec<Arc<Endpoint>>>>,
}

impl Mounted {
    /// Collects what this thread mounts from now on.
    pub(crate) fn collect_here(&self) {
        OF_THIS_WORKER.set(Some(self.clone()));
    }

    /// Lets every endpoint answer 503 from now on.
    pub(crate) fn shut_down(&self) {
        for endpoint in self.endpoints.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            endpoint.shut_down();
        }
    }
}

/// Notes an endpoint as mounted by this thread. Outside of [`serve`](crate::serve) nobody collects.
pub(crate) fn add(endpoint: &Arc<Endpoint>) {
    OF_THIS_WORKER.with_borrow(|server| {
        if let Some(server) = server {
            server.endpoints.lock().unwrap_or_else(PoisonError::into_inner).push(endpoint.clone());
        }
    });
}
