//! Who has the request while its handler is to run.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use tokio::sync::oneshot;

/// A request that the wrapped service is to get, shared by its work and the reply.
///
/// actix wants the request for the response as well, but routing and middleware that change its head panic while a
/// second handle to it exists. So nobody clones it while the wrapped service may be at that: the reply gets a handle
/// before the work began (in the background) or after it ended, and in between does without.
#[derive(Clone)]
pub(crate) struct Custody {
    shared: Rc<Shared>,
}

struct Shared {
    holder: RefCell<Holder>,
    /// Ends when the reply that was given a handle is written, and the handle is gone with it.
    written: Cell<Option<oneshot::Receiver<Infallible>>>,
}

enum Holder {
    /// The work has not begun.
    Waiting(ServiceRequest),
    /// The wrapped service has it, or dropped it.
    Inner,
    /// The wrapped service answered.
    Back(HttpRequest),
}

/// Goes into the extensions of the reply, and out of the world when that is written.
pub(crate) struct Unwritten {
    _until: oneshot::Sender<Infallible>,
}

/// How long the work waits for its reply to be written. Middleware around us may hold the reply for a while, and a test
/// for ever; the work does not depend on its end, unless there is routing or a change of the head ahead of it.
const WRITTEN_WITHIN: Duration = Duration::from_millis(100);

impl Custody {
    pub(crate) fn new(request: ServiceRequest) -> Self {
        let shared = Shared { holder: RefCell::new(Holder::Waiting(request)), written: Cell::new(None) };
        Self { shared: Rc::new(shared) }
    }

    /// Takes the request, for the wrapped service: once.
    pub(crate) async fn take(&self) -> Option<ServiceRequest> {
        if let Some(written) = self.shared.written.take() {
            // Either way it ends, the work begins.
            let _ = tokio::time::timeout(WRITTEN_WITHIN, written).await;
        }
        match self.shared.holder.replace(Holder::Inner) {
            Holder::Waiting(request) => Some(request),
            Holder::Inner | Holder::Back(_) => None,
        }
    }

    /// The wrapped service answered, and is done with the request.
    pub(crate) fn give_back(&self, request: HttpRequest) {
        self.shared.holder.replace(Holder::Back(request));
    }

    /// A handle for the reply, unless the wrapped service may still need the request to itself; and what the work,
    /// where it has not begun, waits for the end of.
    pub(crate) fn for_reply(&self) -> Option<(HttpRequest, Option<Unwritten>)> {
        match &*self.shared.holder.borrow() {
            // A rest of the path says that a scope or an app is wrapped, and its routing is still to come.
            Holder::Waiting(request) if request.match_info().unprocessed().is_empty() => {
                let (until, written) = oneshot::channel();
                self.shared.written.set(Some(written));
                Some((request.request().clone(), Some(Unwritten { _until: until })))
            }
            Holder::Waiting(_) | Holder::Inner => None,
            Holder::Back(request) => Some((request.clone(), None)),
        }
    }
}
