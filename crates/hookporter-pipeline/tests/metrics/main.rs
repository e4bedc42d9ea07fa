//! What a recorder is told.

#![cfg(test)]

mod inbox;
mod panics;

use std::collections::BTreeMap;
use std::sync::Arc;

use std::sync::Mutex;

use hookporter_core::{Secret, UnixTime};
use hookporter_pipeline::inbox::{
    Claim, Claimed, EventRecord, Failure, InboxError, Lease, LeaseId, Settled, WorkError, Worker, WorkingSide,
};
use hookporter_pipeline::{BoxError, BoxFuture, Endpoint, Event, Verdict, receive};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use tokio::sync::Semaphore;

const SECRET: &str = "a long and random secret";

async fn send(endpoint: &Arc<Endpoint>, secret: &str, body: &str) {
    let request = hookporter_testkit::github(secret).event("push").body(body.to_owned()).build();
    let verdict = receive(endpoint, &request.head(), None, &mut Some(request.body().clone())).await;
    assert!(matches!(verdict, Verdict::Reply(_)), "{verdict:?}");
}

#[test]
fn requests_are_counted_by_endpoint_outcome_and_reason_and_by_nothing_that_a_sender_says() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        hookporter_pipeline::describe_metrics();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().named("hooks");
            let endpoint = Arc::new(endpoint.otherwise(|_: Event| async { Ok::<_, BoxError>(()) }));
            send(&endpoint, SECRET, "[1]").await;
            send(&endpoint, SECRET, "[1]").await;
            for at in 0..50 {
                send(&endpoint, "a secret of nobody's at all", &format!("[\"canary\", {at}]")).await;
            }
        });
    });
    let (mut counted, mut timed) = (BTreeMap::new(), BTreeMap::new());
    for (key, _, description, value) in snapshotter.snapshot().into_vec() {
        assert!(description.is_some(), "{key:?} is not described");
        let labels: Vec<_> = key.key().labels().map(|label| label.value().to_owned()).collect();
        let name = format!("{} {}", key.key().name(), labels.join(" "));
        match value {
            DebugValue::Counter(count) => drop(counted.insert(name, count)),
            DebugValue::Histogram(values) => drop(timed.insert(name, values.len())),
            DebugValue::Gauge(_) => panic!("{name}"),
        }
    }
    let expected = [
        ("hookporter_body_bytes_total hooks", 6 + 10 * 13 + 40 * 14),
        ("hookporter_requests_total hooks accepted ", 1),
        ("hookporter_requests_total hooks duplicate ", 1),
        ("hookporter_requests_total hooks rejected invalid-signature", 50),
    ];
    assert_eq!(counted, expected.map(|(name, count)| (name.to_owned(), count)).into());
    let expected = ["accepted", "duplicate", "rejected"]
        .map(|outcome| format!("hookporter_acknowledgement_seconds hooks {outcome}"));
    assert_eq!(timed, expected.into_iter().zip([1, 1, 50]).collect());
}

/// Lends these events once, and takes every word.
struct Lent(Mutex<Vec<Lease>>);

fn ready<T: Send + 'static>(value: T) -> BoxFuture<'static, Result<T, InboxError>> {
    Box::pin(std::future::ready(Ok(value)))
}

impl WorkingSide for Lent {
    fn claim(&self, _: Claim) -> BoxFuture<'static, Result<Claimed, InboxError>> {
        ready(Claimed { leases: std::mem::take(&mut *self.0.lock().unwrap()), ..Claimed::default() })
    }

    fn renew(&self, _: LeaseId, _: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        ready(Settled::Done)
    }

    fn complete(&self, _: LeaseId, _: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        ready(Settled::Done)
    }

    fn fail(&self, _: LeaseId, _: Failure) -> BoxFuture<'static, Result<Settled, InboxError>> {
        ready(Settled::Done)
    }

    fn release(&self, _: LeaseId, _: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        ready(Settled::Done)
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn attempts_are_counted_by_what_became_of_the_event() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let lease = |number| Lease {
            id: LeaseId { number, epoch: 1 },
            attempt: 1,
            record: EventRecord::new("hooks", bytes::Bytes::new(), UnixTime::from_secs(1)),
        };
        let worker = Worker::new(Lent(Mutex::new((0..5).map(lease).collect())), |event: Event| async move {
            match event.number() {
                Some(0) => Err(WorkError::dead_letter("no such account")),
                Some(1) => Err(WorkError::retry("busy")),
                Some(2) => Err(WorkError::park("of no use yet")),
                _ => Ok(()),
            }
        });
        let told = Arc::new(Semaphore::new(0));
        let tells = told.clone();
        let worker = worker.on_change(move |_| tells.add_permits(1));
        let all = async { drop(told.acquire_many(5).await) };
        let _ = runtime.block_on(async { worker.run_until(all).await });
    });
    let counted: BTreeMap<_, _> = snapshotter
        .snapshot()
        .into_vec()
        .into_iter()
        .map(|(key, _, _, value)| {
            let labels: Vec<_> = key.key().labels().map(|label| label.value().to_owned()).collect();
            let count = match value {
                DebugValue::Counter(count) => count,
                DebugValue::Histogram(values) => u64::try_from(values.len()).unwrap(),
                DebugValue::Gauge(_) => panic!("{key:?}"),
            };
            (format!("{} {}", key.key().name(), labels.join(" ")), count)
        })
        .collect();
    let expected = [
        ("hookporter_attempt_seconds hooks failed", 3),
        ("hookporter_attempt_seconds hooks worked", 2),
        ("hookporter_attempts_total hooks dead", 1),
        ("hookporter_attempts_total hooks failed", 1),
        ("hookporter_attempts_total hooks parked", 1),
        ("hookporter_attempts_total hooks worked", 2),
    ];
    assert_eq!(counted, expected.map(|(name, count)| (name.to_owned(), count)).into());
}
