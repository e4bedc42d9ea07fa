//! A recorder of anybody's that panics.

use std::sync::Arc;

use hookporter_core::Secret;
use hookporter_pipeline::{BoxError, Endpoint, Event, Outcome};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use crate::{SECRET, send};

/// A recorder that cannot take it.
struct Panics;

impl Recorder for Panics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        panic!("on purpose")
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("on purpose")
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        panic!("on purpose")
    }
}

#[test]
fn a_recorder_that_panics_changes_no_answer() {
    metrics::with_local_recorder(&Panics, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap();
            let endpoint = Arc::new(endpoint.otherwise(|_: Event| async { Ok::<_, BoxError>(()) }));
            send(&endpoint, SECRET, "[1]").await;
            send(&endpoint, "a secret of nobody's at all", "[1]").await;
            let count = |outcome| endpoint.count(outcome);
            assert_eq!((count(Outcome::Accepted), count(Outcome::Rejected), count(Outcome::Unavailable)), (1, 1, 0));
        });
    });
}
