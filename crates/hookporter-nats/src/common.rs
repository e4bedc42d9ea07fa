//! What the sides of an inbox and its tasks share.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::context::Context;
use async_nats::jetstream::stream::Stream;
use hookporter_pipeline::inbox::store::{Fault, Sealing};
use tokio::sync::{Mutex, watch};

use crate::leases::Leases;
use crate::link::{Link, fault};
use crate::names::{CONSUMER, Names};
use crate::wake::Wake;

/// How many events may be with workers or wait for another attempt; nothing new is given out beyond. The server has all of them
/// in its memory.
const MOST_PENDING: i64 = 100_000;

/// The connection, the streams, and what is lent of them.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) link: Link,
    pub(crate) jetstream: Context,
    pub(crate) names: Names,
    pub(crate) events: Stream,
    pub(crate) dead: Stream,
    pub(crate) parked: Stream,
    pub(crate) leases: Leases,
    pub(crate) wake: Wake,
    pub(crate) sealing: Sealing,
    /// The consumer, as this process last set it.
    pub(crate) consumer: Mutex<Option<(Duration, PullConsumer)>>,
    pub(crate) end: watch::Receiver<()>,
}

/// The consumer that all workers share, with this lease.
pub(crate) fn workers(lease: Duration) -> pull::Config {
    pull::Config {
        durable_name: Some(CONSUMER.to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: lease,
        // An event whose attempts are spent would be silent then; it is we who make it a dead letter.
        max_deliver: -1,
        max_ack_pending: MOST_PENDING,
        ..pull::Config::default()
    }
}

impl Common {
    /// The consumer that workers pull from, with leases of this length: whoever says another one sets it for all.
    pub(crate) async fn consumer(&self, lease: Duration) -> Result<PullConsumer, Fault> {
        let mut known = self.consumer.lock().await;
        if let Some((of, consumer)) = &*known
            && *of == lease
        {
            return Ok(consumer.clone());
        }
        let consumer = self.jetstream.create_consumer_on_stream(workers(lease), self.names.events.as_str()).await;
        let consumer = consumer.map_err(fault)?;
        *known = Some((lease, consumer.clone()));
        Ok(consumer)
    }

    /// Forgets the consumer: it may be gone.
    pub(crate) async fn forget_consumer(&self) {
        *self.consumer.lock().await = None;
    }

    /// Whether the inbox is closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.end.has_changed().is_err()
    }
}
