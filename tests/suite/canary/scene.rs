//! An endpoint with a secret, what is sent to it, and everything that it says of itself.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use hookporter::axum::{EndpointLayer, EndpointService, Verified};
use hookporter::console::Console;
use hookporter::journal::{Journal, Query};
use hookporter::operating::RefusedSelection;
use hookporter::sqlite::{Reader, Settings};
use hookporter::{BoxError, Endpoint, Event, FrozenClock, Outcome, Refusal, UnixTime};
use hookporter_testkit::SignedRequest;
use tower::ServiceExt;
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

use crate::attacks::NOW;
use crate::recorder::Names;
use crate::replay::directory::Directory;
use crate::sender;
use crate::trace::Text;

/// The path and the URL that every endpoint has.
pub(super) const PATH: &str = "/hook";
pub(super) const URL: &str = "https://hooks.test/hook";

/// An output, and what was in it.
pub(super) type Output = (&'static str, String);

/// Everything that is shown, in one place: whoever adds an output to the library adds it here.
pub(super) fn outputs(endpoint: Endpoint, requests: &[SignedRequest]) -> (Vec<Output>, Vec<Outcome>) {
    let (names, log) = (Names::default(), Log::default());
    let before = crate::trace::ours_count();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut outputs, outcomes) = metrics::with_local_recorder(&names, || {
        hookporter::describe_metrics();
        tracing::subscriber::with_default(log.clone(), || runtime.block_on(served(endpoint, requests)))
    });
    // Refusals are examined on threads of their own.
    drop(runtime);
    outputs.extend([
        ("the metrics", format!("{:?}{:?}", names.described(), names.counted())),
        ("the log at TRACE", log.said()),
        ("the log of other threads", crate::trace::ours_since(before).join("\n")),
    ]);
    // What shows nothing at all has no secret either.
    for (name, word) in [
        ("the metrics", "hookporter_requests_total"),
        ("the log at TRACE", "webhook"),
        ("the journal as JSON", "\"outcome\":\"rejected\""),
        ("health as JSON", "\"last_error\":{"),
        ("the refusal", "Refusal {"),
        ("the console", "/api/requests/1: 200"),
        ("the console", "/api/endpoints: 200"),
        ("the journal in a file", "outcome: Rejected"),
        ("the file of an inbox", "rejected"),
    ] {
        let shows = outputs.iter().any(|(known, text)| *known == name && text.contains(word));
        let said = outputs.iter().filter(|(known, _)| *known == name).map(|(_, text)| &**text).collect::<String>();
        assert!(shows, "{name} does not say {word}: {said}");
    }
    (outputs, outcomes)
}

/// Sends everything, to a handler of the app's and to one of the endpoint's own.
async fn served(endpoint: Endpoint, requests: &[SignedRequest]) -> (Vec<Output>, Vec<Outcome>) {
    let in_a_file = kept(endpoint.clone(), requests).await;
    let journal = Journal::in_memory(1000).with_digests();
    let endpoint = endpoint.observer(journal.clone());
    let events = Arc::<Mutex<Vec<String>>>::default();
    let seen = events.clone();
    let keep = move |Verified(event): Verified| {
        seen.lock().unwrap().push(debug(&event));
        std::future::ready("")
    };
    let own = endpoint.clone().otherwise(|_: Event| async { Ok::<_, BoxError>(()) });
    let wrapped = EndpointLayer::new(endpoint.clone());
    let service = EndpointService::new(own).unwrap();
    let mut outputs = vec![("Debug of the layer", debug(&wrapped)), ("Debug of the service", debug(&service))];
    let apps = [
        Router::new().route(PATH, axum::routing::any(keep).layer(wrapped)),
        Router::new().route_service(PATH, service),
    ];
    for app in apps {
        for request in requests {
            outputs.extend(answered(&app, request).await);
        }
        // What is found out about the refusals; those that come within a second are not examined again.
        for _ in 0..10 {
            if endpoint.health().likely_cause.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        outputs.push(("health as JSON", serde_json::to_string(&endpoint.health()).unwrap()));
    }
    let health = endpoint.health();
    let entries = journal.entries(&Query::new(), 1000);
    outputs.extend([
        (
            "the journal as JSON",
            serde_json::to_string(&entries.iter().map(|entry| &**entry).collect::<Vec<_>>()).unwrap(),
        ),
        ("the journal's Debug", debug(&journal) + &debug(&entries)),
        ("health's Debug", debug(&health) + &health.alarms.iter().map(ToString::to_string).collect::<String>()),
        ("the console", shown_by_console(&endpoint, &journal).await),
        ("the endpoint's Debug", debug(&endpoint)),
        ("the events' Debug", events.lock().unwrap().join("\n")),
    ]);
    outputs.extend(in_a_file);
    (outputs, entries.iter().map(|entry| entry.record.outcome).collect())
}

/// What lies in the file of an inbox, and what is read of it: the journal, and refused requests where they may be kept.
async fn kept(endpoint: Endpoint, requests: &[SignedRequest]) -> Vec<Output> {
    let directory = Directory::new();
    // The clock of the cases: by another one all that it holds would be old, and go.
    let clock = FrozenClock(UnixTime::from_secs(NOW));
    let inbox = Settings::new().clock(clock).open(directory.file()).await.unwrap();
    let endpoint = endpoint.inbox(&inbox);
    let endpoint = endpoint.clone().quarantine().unwrap_or(endpoint);
    let app = Router::new().route_service(PATH, EndpointService::new(endpoint).unwrap());
    for request in requests {
        answered(&app, request).await;
    }
    drop(app);
    inbox.close().await;
    drop(inbox);
    let reader = Reader::open(directory.file()).unwrap();
    let all = RefusedSelection::all();
    let refused = reader.refused(&all, 0, 1000).unwrap();
    let whole: Vec<_> = refused.iter().map(|listed| reader.refused_request(listed.number).unwrap()).collect();
    let journal = debug(&reader.entries(&Query::new(), u64::MAX, 1000).unwrap());
    let quarantine = debug(&refused) + &debug(&whole) + &debug(&reader.refused_by_reason(&all).unwrap());
    // What a sender writes into its bodies is what the file is there for: with one of them that is the secret.
    let file = rusqlite::Connection::open(directory.file()).unwrap();
    file.execute_batch("UPDATE contents SET body = '', payload = NULL; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    drop((reader, file));
    let bytes = |path: std::path::PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let files = std::fs::read_dir(directory.path()).unwrap().map(|file| bytes(file.unwrap().path()));
    vec![("the journal in a file", journal), ("the quarantine", quarantine), ("the file of an inbox", files.collect())]
}

/// What a person sees in a browser, and a program behind it.
async fn shown_by_console(endpoint: &Endpoint, journal: &Journal) -> String {
    let console = Console::new([endpoint.clone()]).journal(journal.clone());
    let mut shown = debug(&console);
    let app: Router = console.into_router();
    let newest = journal.entries(&Query::new(), 1)[0].number;
    for path in ["/", "/api", "/api/endpoints", "/api/keys", "/api/requests", "/api/reasons", "/api/stats"] {
        shown += &page(&app, path).await;
    }
    for number in 1..=newest {
        shown += &page(&app, &format!("/api/requests/{number}")).await;
    }
    shown
}

pub(super) async fn page(app: &Router, path: &str) -> String {
    let request = axum::http::Request::get(path).header("host", "console.test").body(Body::empty()).unwrap();
    let (head, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    format!("{path}: {} {:?} {}\n", head.status, head.headers, String::from_utf8_lossy(&body))
}

/// What the sender is told, and what the app's own middleware is.
pub(super) async fn answered(app: &Router, request: &SignedRequest) -> Vec<Output> {
    let response = app.clone().oneshot(request.clone().into_http_with(Body::from)).await.unwrap();
    let refusal =
        response.extensions().get::<Refusal>().map(|refusal| debug(refusal) + &refusal.rejection().to_string());
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let answer = format!("{} {:?} {}", head.status, head.headers, String::from_utf8_lossy(&body));
    vec![("the answer", answer), ("the refusal", refusal.unwrap_or_default())]
}

/// In both spellings.
pub(super) fn debug(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}")
}

/// Good ones, a copy, and every forgery of a sender's.
pub(super) fn requests(maker: hookporter_testkit::RequestMaker) -> Vec<SignedRequest> {
    let maker = sender::now(maker).url(URL).target(PATH);
    let good = maker.build();
    let mut requests = vec![good.clone(), good.clone(), maker.clone().method("PUT").build()];
    requests.push(good.clone().with_header("content-encoding", "br"));
    requests.push(good.without_signature());
    requests.extend(maker.mutations().into_iter().map(|mutation| mutation.request));
    requests
}

/// Everything that is said on this thread, by anybody.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(super) fn said(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }

    fn note(&self, name: &str, record: impl FnOnce(&mut Text)) {
        let mut text = Text(name.to_owned());
        record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(span.metadata().name(), |text| span.record(text));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.note("", |text| values.record(text));
    }

    fn event(&self, event: &tracing::Event<'_>) {
        self.note(event.metadata().target(), |text| event.record(text));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
