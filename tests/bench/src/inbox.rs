//! What measurements of inboxes share: the events, who gives them, and who works them.

use std::time::{Duration, Instant};

use bytes::Bytes;
use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, EventRecord, WorkError, Worker, WorkingSide};

use crate::rate::Rate;

/// How many bytes the body of an event has.
pub const BODY: usize = 1024;

/// An event of this id.
#[must_use]
pub fn record(id: String) -> EventRecord {
    let mut record = EventRecord::new("acme", Bytes::from(vec![b'x'; BODY]), SystemClock.now());
    record.identity = Some(id.into_bytes());
    record
}

/// What so many producers see of this inbox.
///
/// # Panics
/// If it does not accept.
pub async fn rate<I>(inbox: &I, producers: usize, lasting: Duration) -> Rate
where
    I: AcceptingSide + Clone,
{
    let inbox = inbox.clone();
    Rate::of(producers, lasting, move |id| {
        let accepted = inbox.accept(vec![record(id)]);
        async move {
            accepted.await.expect("accepted");
        }
    })
    .await
}

/// Gives an inbox so many events, five hundred at a time.
///
/// # Panics
/// If it does not accept.
pub async fn fill(inbox: &impl AcceptingSide, events: usize) {
    for from in (0..events).step_by(500) {
        let records = (from..events.min(from + 500)).map(|at| record(format!("evt_{at}"))).collect();
        inbox.accept(records).await.expect("accepted");
    }
}

/// Events per second that a worker has done with a function that does nothing: so many, until `all_done` ends.
pub async fn worked(
    inbox: &(impl WorkingSide + Clone),
    events: usize,
    concurrency: usize,
    all_done: impl Future<Output = ()>,
) -> f64 {
    let worker = Worker::new(inbox.clone(), |_: Event| async { Ok::<_, WorkError>(()) }).concurrency(concurrency);
    let began = Instant::now();
    let _ = worker.run_until(all_done).await;
    events as f64 / began.elapsed().as_secs_f64()
}
