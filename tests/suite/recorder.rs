//! A recorder of metrics that keeps names and labels, and no numbers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// What was described, and everything that was counted, as text.
#[derive(Clone, Default)]
pub struct Names {
    described: Arc<Mutex<BTreeSet<String>>>,
    counted: Arc<Mutex<BTreeSet<String>>>,
}

impl Names {
    pub fn described(&self) -> BTreeSet<String> {
        self.described.lock().unwrap().clone()
    }

    pub fn counted(&self) -> BTreeSet<String> {
        self.counted.lock().unwrap().clone()
    }

    fn count(&self, key: &Key) {
        self.counted.lock().unwrap().insert(format!("{key:?}"));
    }
}

impl Recorder for Names {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.described.lock().unwrap().insert(name.as_str().to_owned());
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, text: SharedString) {
        self.describe_counter(name, unit, text);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, text: SharedString) {
        self.describe_counter(name, unit, text);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.count(key);
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.count(key);
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.count(key);
        Histogram::noop()
    }
}
