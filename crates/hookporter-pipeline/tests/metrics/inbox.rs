//! What the recorder is told of an endpoint's inbox.

use std::collections::BTreeMap;
use std::time::Duration;

use hookporter_core::{Secret, UnixTime};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Durability, EndpointNames, EventRecord, InboxDepth};
use hookporter_pipeline::{BoxFuture, Endpoint, HandoffError};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

/// A store that knows how much waits in it, and takes nothing.
#[derive(Clone, Default)]
struct Deep(std::sync::Arc<EndpointNames>);

impl AcceptingSide for Deep {
    fn accept(&self, _: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        Box::pin(std::future::ready(Err(HandoffError::full())))
    }

    fn durability(&self) -> Durability {
        Durability::Synced
    }

    fn keeps_order(&self) -> bool {
        true
    }

    fn endpoint_names(&self) -> &EndpointNames {
        &self.0
    }

    fn depth(&self) -> Option<InboxDepth> {
        let at = UnixTime::from_secs(1_700_000_000);
        let oldest = Some(at.minus(Duration::from_millis(2500)));
        Some(InboxDepth { waiting: InboxDepth::MOST, dead: 3, parked: 0, oldest, at })
    }
}

#[test]
fn a_look_at_the_health_sets_how_much_waits() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        hookporter_pipeline::describe_metrics();
        let endpoint = Endpoint::github(Secret::new("a long and random secret")).unwrap();
        // Without an inbox there is nothing to tell.
        assert_eq!(endpoint.health().inbox, None);
        let endpoint = endpoint.inbox(&Deep::default()).backlog_alarm(Duration::from_secs(2));
        let words: Vec<_> = endpoint.health().alarms.iter().map(ToString::to_string).collect();
        assert_eq!(words, ["10000 or more events wait to be worked, of which one came 2 s ago"]);
    });
    let mut told = BTreeMap::new();
    for (key, _, description, value) in snapshotter.snapshot().into_vec() {
        assert!(description.is_some(), "{key:?} is not described");
        let labels: Vec<_> = key.key().labels().map(|label| label.value().to_owned()).collect();
        if let DebugValue::Gauge(value) = value {
            told.insert(format!("{} {}", key.key().name(), labels.join(" ")), value.into_inner());
        }
    }
    let expected = [
        ("hookporter_inbox_events github dead", 3.0),
        ("hookporter_inbox_events github parked", 0.0),
        ("hookporter_inbox_events github waiting", 10_000.0),
        ("hookporter_inbox_oldest_seconds github", 2.5),
    ];
    assert_eq!(told, BTreeMap::from(expected.map(|(name, value)| (name.to_owned(), value))));
}
