//! Who has the request while its handler is to run.

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;

/// A request that the wrapped service is to get, shared by its work and the reply.
///
/// actix wants the request for the response as well, but routing and middleware that change its head panic while a
/// second handle to it exists. So nobody clones it while the wrapped service may still be at that: the reply gets a
/// handle before the work began (in the background) or after it ended, and in between does without.
#[derive(Clone)]
pub(crate) struct Custody {
    holder: Rc<RefCell<Holder>>,
}

enum Holder {
    /// The work has not begun.
    Waiting(ServiceRequest),
    /// The wrapped service has it, or dropped it.
    Inner,
    /// The wrapped service answered.
    Back(HttpRequest),
}

impl Custody {
    pub(crate) fn new(request: ServiceRequest) -> Self {
        Self { holder: Rc::new(RefCell::new(Holder::Waiting(request))) }
    }

    /// Takes the request, for the wrapped service: once.
    pub(crate) fn take(&self) -> Option<ServiceRequest> {
        match self.holder.replace(Holder::Inner) {
            Holder::Waiting(request) => Some(request),
            Holder::Inner | Holder::Back(_) => None,
        }
    }

    /// The wrapped service answered, and is done with the request.
    pub(crate) fn give_back(&self, request: HttpRequest) {
        self.holder.replace(Holder::Back(request));
    }

    /// A handle for the reply, unless the wrapped service may still need the request to itself.
    pub(crate) fn for_reply(&self) -> Option<HttpRequest> {
        match &*self.holder.borrow() {
            // A rest of the path says that a scope or an app is wrapped, and its routing is still to come.
            Holder::Waiting(request) if request.match_info().unprocessed().is_empty() => Some(request.request().clone()),
            Holder::Waiting(_) | Holder::Inner => None,
            Holder::Back(request) => Some(request.clone()),
        }
    }
}
