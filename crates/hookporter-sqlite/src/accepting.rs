//! The accepting side of the inbox.

use std::sync::Arc;

use hookporter_pipeline::inbox::store::Fault;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Durability, EndpointNames, EventRecord, InboxDepth};
use hookporter_pipeline::operating::QuarantineSide;
use hookporter_pipeline::{BoxFuture, HandoffError, Observer};

use crate::{Inbox, accept};

impl AcceptingSide for Inbox {
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        let records = match self.shared.sealing.seal(records) {
            Ok(records) => records,
            Err(fault) => return Box::pin(std::future::ready(Err(HandoffError::failed(fault)))),
        };
        let notes = self.shared.notes.clone().filter(|notes| notes.is_in_use());
        let (job, answer) = accept::job(records, self.shared.room.clone(), notes);
        let pushed = self.shared.queue.push_bounded(job);
        Box::pin(async move {
            let answer = match pushed {
                Ok(()) => answer.await.unwrap_or(Err(Fault::Closed)),
                Err(fault) => Err(fault),
            };
            // Without an answer there was no room in the file.
            Ok(answer?.accepted.ok_or(Fault::Full)?)
        })
    }

    fn durability(&self) -> Durability {
        // Every connection that writes was seen to be synced before.
        Durability::Synced
    }

    fn keeps_order(&self) -> bool {
        true
    }

    fn endpoint_names(&self) -> &EndpointNames {
        &self.shared.names
    }

    fn journal(&self) -> Option<Arc<dyn Observer>> {
        let notes = self.shared.notes.clone()?;
        notes.begin();
        Some(notes)
    }

    fn depth(&self) -> Option<InboxDepth> {
        self.shared.depth.seen()
    }

    fn quarantine(&self) -> Option<Arc<dyn QuarantineSide>> {
        Some(self.as_quarantine())
    }
}
