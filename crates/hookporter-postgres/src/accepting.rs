//! The inbox's accepting side: what an endpoint gives its events to.

use std::sync::Arc;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Durability, EndpointNames, EventRecord, InboxDepth};
use hookporter_pipeline::nodes::SharedSide;
use hookporter_pipeline::operating::{Operated, QuarantineSide};
use hookporter_pipeline::{BoxFuture, HandoffError, Observer};

use crate::Inbox;

impl AcceptingSide for Inbox {
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        self.shared().queue.accept(&self.shared().sealing, records)
    }

    fn durability(&self) -> Durability {
        self.shared().durability
    }

    fn keeps_order(&self) -> bool {
        true
    }

    fn endpoint_names(&self) -> &EndpointNames {
        &self.shared().names
    }

    fn journal(&self) -> Option<Arc<dyn Observer>> {
        let notes = self.shared().beside.notes.clone()?;
        notes.begin();
        Some(notes)
    }

    fn quarantine(&self) -> Option<Arc<dyn QuarantineSide>> {
        self.refused()
    }

    fn depth(&self) -> Option<InboxDepth> {
        self.shared().depth.last()
    }

    fn shared_side(&self) -> Option<Arc<dyn SharedSide>> {
        Some(Arc::new(self.clone()))
    }
}
