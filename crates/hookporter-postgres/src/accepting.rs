//! The inbox's accepting side: what an endpoint gives its events to.

use std::sync::Arc;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Durability, EndpointNames, EventRecord, InboxDepth};
use hookporter_pipeline::nodes::SharedSide;
use hookporter_pipeline::{BoxFuture, HandoffError};
use tokio::sync::oneshot;

use crate::Inbox;
use crate::fault::Fault;
use crate::queue::Job;

impl AcceptingSide for Inbox {
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        let pushed = self.shared().sealing.seal(records).and_then(|records| {
            let weight = records.iter().fold(0, |weight, record| record.weight().saturating_add(weight));
            let (reply, answer) = oneshot::channel();
            self.shared().queue.push(Job { records, weight, reply })?;
            Ok(answer)
        });
        Box::pin(async move { Ok(pushed?.await.unwrap_or(Err(Fault::Closed))?) })
    }

    fn durability(&self) -> Durability {
        self.shared().durability
    }

    fn endpoint_names(&self) -> &EndpointNames {
        &self.shared().names
    }

    fn depth(&self) -> Option<InboxDepth> {
        self.shared().depth.seen()
    }

    fn shared_side(&self) -> Option<Arc<dyn SharedSide>> {
        Some(Arc::new(self.clone()))
    }
}
