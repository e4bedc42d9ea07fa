//! What a tracer is shown of a request.

#![cfg(test)]
#![expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_core::Secret;
use hookporter_pipeline::{BoxError, Endpoint, Event, Verdict, receive};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

const SECRET: &str = "a long and random secret";

/// Keeps every span, and what was said in it.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: Vec<Fields>,
    /// Which spans this thread is in.
    entered: Vec<u64>,
    said: Said,
    closed: usize,
    handles: BTreeMap<u64, usize>,
}

#[derive(Debug, Default, Clone)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "hookporter" || metadata.target() == "of the user's"
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        fields.0.insert("name", attributes.metadata().name().to_owned());
        attributes.record(&mut fields);
        let mut state = self.0.lock().unwrap();
        state.spans.push(fields);
        let id = u64::try_from(state.spans.len()).unwrap();
        state.handles.insert(id, 1);
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let at = usize::try_from(id.into_u64()).unwrap() - 1;
        values.record(&mut self.0.lock().unwrap().spans[at]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut state = self.0.lock().unwrap();
        let span = state.entered.last().copied();
        state.said.push((span, format!("{fields:?}")));
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(id.into_u64());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().entered.pop();
    }

    fn clone_span(&self, id: &Id) -> Id {
        *self.0.lock().unwrap().handles.get_mut(&id.into_u64()).unwrap() += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut state = self.0.lock().unwrap();
        let handles = state.handles.get_mut(&id.into_u64()).unwrap();
        *handles -= 1;
        let is_last = *handles == 0;
        state.closed += usize::from(is_last);
        is_last
    }
}

/// What was said, with the span that it was said in.
type Said = Vec<(Option<u64>, String)>;

/// Runs something and keeps what it shows.
fn watched(work: impl AsyncFnOnce()) -> (Vec<BTreeMap<&'static str, String>>, Said) {
    let kept = Kept::default();
    tracing::subscriber::with_default(kept.clone(), || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(work());
    });
    let state = kept.0.lock().unwrap();
    assert_eq!(state.closed, state.spans.len(), "a span that never ends is never exported");
    assert!(state.entered.is_empty());
    (state.spans.iter().map(|fields| fields.0.clone()).collect(), state.said.clone())
}

async fn send(endpoint: &Arc<Endpoint>, secret: &str, body: &str) {
    let request = hookporter_testkit::github(secret).event("push").target("/hook?token=a-secret-of-the-query");
    let request = request.body(body.to_owned()).build();
    let verdict = receive(endpoint, &request.head(), None, &mut Some(request.body().clone())).await;
    assert!(matches!(verdict, Verdict::Reply(_)), "{verdict:?}");
}

fn endpoint(slow: bool) -> Arc<Endpoint> {
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().named("hooks").budget(Duration::from_secs(60));
    Arc::new(endpoint.otherwise(move |_: Event| async move {
        if slow {
            // Beyond the first look, so that it goes on in a task of its own.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tracing::info!(target: "of the user's", "working");
        Ok::<_, BoxError>(())
    }))
}

#[test]
fn a_request_is_one_span_that_says_how_it_ended() {
    let (spans, said) = watched(async || {
        let endpoint = endpoint(false);
        send(&endpoint, SECRET, "[1]").await;
        send(&endpoint, SECRET, "[1]").await;
        send(&endpoint, "a secret of nobody's at all", "[\"a canary\"]").await;
    });
    let ended: Vec<_> = spans
        .iter()
        .map(|span| {
            ["name", "endpoint", "provider", "outcome", "reason", "status"]
                .map(|name| span.get(name).map_or("", |text| text))
        })
        .collect();
    let expected = [
        ["webhook", "hooks", "github", "accepted", "", "200"],
        ["webhook", "hooks", "github", "duplicate", "", "200"],
        ["webhook", "hooks", "github", "rejected", "invalid-signature", "401"],
    ];
    assert_eq!(ended, expected);
    for (at, span) in spans.iter().enumerate() {
        let trace = &span["trace"];
        assert_eq!(trace.len(), 16);
        // The log says the same, inside of the span.
        let here = u64::try_from(at).unwrap() + 1;
        let said: Vec<_> = said.iter().filter(|(span, _)| *span == Some(here)).collect();
        assert!(said.iter().any(|(_, text)| text.contains(trace.as_str())), "{said:?}");
    }
    let shown = format!("{spans:?}{said:?}");
    for hidden in [SECRET, "a-secret-of-the-query", "a canary", "sha256="] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}

#[test]
fn what_a_handler_says_belongs_to_its_request_in_whatever_task_it_runs() {
    for slow in [false, true] {
        let (spans, said) = watched(async || send(&endpoint(slow), SECRET, "[1]").await);
        assert_eq!(spans.len(), 1);
        let working: Vec<_> = said.iter().filter(|(_, text)| text.contains("working")).map(|(span, _)| *span).collect();
        assert_eq!(working, [Some(1)], "slow: {slow}");
    }
}
