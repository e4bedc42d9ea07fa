//! An endpoint as its node knows it.

use std::fmt;
use std::sync::{Arc, Weak};

use crate::Endpoint;
use crate::endpoint::{Mode, State};
use crate::health::Health;
use crate::inbox::{AcceptingSide, InboxHandoff, Keeping};

/// An endpoint of this process that goes by what nodes agree on. It is there for as long as the endpoint or a clone of it is,
/// and holds neither it nor its inbox.
pub(crate) struct Member {
    pub(crate) name: Arc<str>,
    pub(crate) state: Weak<State>,
    /// The settings that its health goes by, and nothing else of it: no function of the user's, which may hold anything.
    bare: Endpoint,
    inbox: Weak<dyn AcceptingSide>,
}

impl Member {
    pub(crate) fn new(endpoint: &Endpoint, inbox: &InboxHandoff) -> Self {
        Self {
            name: endpoint.name.clone(),
            state: Arc::downgrade(&endpoint.state),
            inbox: inbox.weak(),
            bare: Endpoint {
                mode: Mode::Inline,
                state: Arc::default(),
                gate: None,
                routes: crate::routes::Routes::default(),
                keeping: Keeping { durability: endpoint.keeping.durability, ..Keeping::default() },
                observers: Vec::new(),
                on_secret: None,
                confirmer: None,
                verify_token: None,
                decoy: None,
                ..endpoint.clone()
            },
        }
    }

    /// How the endpoint fares; `None` where it is gone.
    pub(crate) fn health(&self) -> Option<Health> {
        let (state, inbox) = (self.state.upgrade()?, self.inbox.upgrade()?);
        let mode = Mode::Inbox(InboxHandoff::for_health(inbox));
        Some(Endpoint { state, mode, ..self.bare.clone() }.health())
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("name", &self.name).finish_non_exhaustive()
    }
}
