//! An inbox as an endpoint's hand-off.

use std::fmt;
use std::sync::Arc;

use crate::Event;
use crate::handoff::{BoxFuture, HandedOff, HandoffError};
use crate::inbox::{Accepted, AcceptingSide, EventRecord};

/// Names the lane of an event.
pub(crate) type Lane = dyn Fn(&Event) -> Option<String> + Send + Sync;

/// How an inbox is to keep the events of an endpoint.
#[derive(Clone, Default)]
pub(crate) struct Keeping {
    pub(crate) lane: Option<Arc<Lane>>,
}

/// The inbox of an endpoint.
#[derive(Clone)]
pub(crate) struct InboxHandoff(Arc<dyn AcceptingSide>);

impl InboxHandoff {
    pub(crate) fn new(side: impl AcceptingSide) -> Self {
        Self(Arc::new(side))
    }

    /// Keeps the event; `parked` says whether it waits for somebody to release it.
    pub(crate) fn keep(
        &self,
        event: &Event,
        how: &Keeping,
        parked: bool,
    ) -> BoxFuture<'static, Result<HandedOff, HandoffError>> {
        let lane = how.lane.as_ref().and_then(|lane| lane(event));
        let record = EventRecord { parked, lane, ..EventRecord::of(event) };
        let accepting = self.0.accept(vec![record]);
        Box::pin(async move {
            match accepting.await?.first() {
                Some(Accepted::New) if parked => Ok(HandedOff::Parked),
                Some(Accepted::New) => Ok(HandedOff::New),
                Some(Accepted::Duplicate | Accepted::Requeued) => Ok(HandedOff::Duplicate),
                None => Err(HandoffError::failed("the inbox gave no answer for the event")),
            }
        })
    }
}

impl fmt::Debug for InboxHandoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InboxHandoff")
    }
}
