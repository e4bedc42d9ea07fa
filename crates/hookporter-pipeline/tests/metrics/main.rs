//! What a recorder is told.

#![cfg(test)]

use std::collections::BTreeMap;
use std::sync::Arc;

use hookporter_core::Secret;
use hookporter_pipeline::{BoxError, Endpoint, Event, Verdict, receive};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

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
