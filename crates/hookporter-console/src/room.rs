//! What a console knows: endpoints, and the sides of a store.

use std::borrow::Cow;
use std::sync::Arc;

use hookporter_core::{Clock, UnixTime};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::operating::{JournalSide, OperatingSide, QuarantineSide};

use crate::token::Token;
use crate::trouble::Trouble;

/// All that pages and the API are made from.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) title: Cow<'static, str>,
    pub(crate) endpoints: Arc<[Endpoint]>,
    pub(crate) events: Option<Arc<dyn OperatingSide>>,
    pub(crate) requests: Option<Arc<dyn JournalSide>>,
    pub(crate) refused: Option<Arc<dyn QuarantineSide>>,
    /// What changes must bring; `None`: there are none.
    pub(crate) token: Option<Token>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The only hosts that are answered, where that is said.
    pub(crate) hosts: Option<Arc<[String]>>,
}

impl Room {
    pub(crate) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    pub(crate) fn endpoint(&self, name: &str) -> Result<&Endpoint, Trouble> {
        let found = self.endpoints.iter().find(|endpoint| endpoint.name() == name);
        found.ok_or_else(|| Trouble::absent("there is no such endpoint here"))
    }

    pub(crate) fn events(&self) -> Result<&Arc<dyn OperatingSide>, Trouble> {
        self.events.as_ref().ok_or_else(|| Trouble::absent("this console was given no inbox"))
    }

    pub(crate) fn requests(&self) -> Result<&Arc<dyn JournalSide>, Trouble> {
        self.requests.as_ref().ok_or_else(|| Trouble::absent("this console was given no journal"))
    }

    pub(crate) fn refused(&self) -> Result<&Arc<dyn QuarantineSide>, Trouble> {
        self.refused.as_ref().ok_or_else(|| Trouble::absent("this console was given no quarantine"))
    }
}
