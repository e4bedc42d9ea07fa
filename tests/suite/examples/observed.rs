//! The example that is watched: what Prometheus scrapes, what a collector is sent, and the dashboard over it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use hookporter_testkit::SignedRequest;
use serde_json::Value;

use super::Example;
use super::program::Program;
use crate::recorder::Names;

const DASHBOARD: &str = include_str!("../../../examples/axum-observed/grafana.json");
const NAME: &str = "axum-observed";
const VARIABLE: &str = "GITHUB_WEBHOOK_SECRET";

fn example() -> Example {
    Example::of("axum-observed", "github", VARIABLE)
}

#[test]
fn axum_observed() {
    assert_eq!(example().holds(), Some(0));
}

/// A collector that takes everything.
struct Collector {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::<Mutex<Vec<u8>>>::default();
        let into = taken.clone();
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let into = into.clone();
                std::thread::spawn(move || take(stream.unwrap(), &into));
            }
        });
        Self { address, taken }
    }
}

/// Answers every request on a connection.
fn take(mut stream: TcpStream, into: &Mutex<Vec<u8>>) {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        read.extend_from_slice(&chunk[..count]);
        let Some(head) = read.windows(4).position(|part| part == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        let end = head + 4 + length.expect("it says how long the body is");
        if read.len() >= end {
            into.lock().unwrap().extend(read.drain(..end));
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
        }
    }
}

fn count(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).filter(|part| *part == wanted).count()
}

/// Two events, one of them twice, and a forgery.
fn requests(example: &Example) -> [SignedRequest; 4] {
    let event = |body: &str| example.maker.clone().body(body.to_owned()).build();
    [event("[1]"), event("[22]"), event("[22]"), event("[333]").tampered_signature()]
}

#[test]
fn what_happened_is_counted_and_traced() {
    let (example, collector) = (example(), Collector::start());
    let collector_url = format!("http://{}", collector.address);
    let environment = [(VARIABLE, example.secret.as_str()), ("OTEL_EXPORTER_OTLP_ENDPOINT", collector_url.as_str())];
    let program = Program::start(NAME, &environment);
    let requests = requests(&example);
    assert_eq!(requests.each_ref().map(|request| program.send(request).status), [200, 200, 200, 401]);

    let page = String::from_utf8(program.get("/metrics").body).unwrap();
    let numbers: BTreeMap<_, _> = page.lines().filter_map(|line| line.rsplit_once(' ')).collect();
    for (name, number) in [
        (r#"hookporter_requests_total{endpoint="github",outcome="accepted",reason=""}"#, "2"),
        (r#"hookporter_requests_total{endpoint="github",outcome="duplicate",reason=""}"#, "1"),
        (r#"hookporter_requests_total{endpoint="github",outcome="rejected",reason="invalid-signature"}"#, "1"),
        (r#"hookporter_acknowledgement_seconds_count{endpoint="github",outcome="accepted"}"#, "2"),
        (r#"hookporter_acknowledgement_seconds_count{endpoint="github",outcome="rejected"}"#, "1"),
        (r#"hookporter_acknowledgement_seconds_bucket{endpoint="github",outcome="accepted",le="+Inf"}"#, "2"),
        (r#"hookporter_body_bytes_total{endpoint="github"}"#, "16"),
    ] {
        assert_eq!(numbers.get(name), Some(&number), "{name}: {page}");
    }
    assert!(page.contains("# HELP hookporter_requests_total "), "{page}");
    let health: Value = serde_json::from_slice(&program.get("/health").body).unwrap();
    assert_eq!(health["endpoints"][0]["totals"]["calls"], 4);

    let (status, said) = program.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    let traced = collector.taken.lock().unwrap().clone();
    assert!(traced.starts_with(b"POST /v1/traces HTTP/1.1\r\n"));
    // The name of a span: its field, its length, its text.
    assert_eq!(count(&traced, b"\x2a\x07webhook"), 4, "one span a request");
    // In the span, and in the event within it that says so.
    for (text, times) in [("accepted", 4), ("duplicate", 2)] {
        assert_eq!(count(&traced, text.as_bytes()), times, "{text}");
    }
    assert!(count(&traced, b"invalid-signature") >= 1 && count(&traced, b"working") == 2);
    // The log calls a request what the trace does.
    let ids: BTreeSet<_> = said.split("trace=").skip(1).map(|rest| &rest[..16]).collect();
    assert_eq!(ids.len(), 4, "{said}");
    assert!(ids.iter().all(|id| count(&traced, id.as_bytes()) >= 1), "{ids:?}");
    for request in &requests {
        let signature = request.header("x-hub-signature-256").unwrap();
        for hidden in [&example.secret, signature, &signature["sha256=".len()..]] {
            let shown = count(&traced, hidden.as_bytes()) + count(said.as_bytes(), hidden.as_bytes());
            assert_eq!(shown + count(page.as_bytes(), hidden.as_bytes()), 0, "{hidden}");
        }
    }
}

/// All texts of a document, with the names of their members.
fn texts<'v>(value: &'v Value, name: &'v str, into: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::String(text) => into.push((name, text)),
        Value::Array(all) => all.iter().for_each(|value| texts(value, name, into)),
        Value::Object(all) => all.iter().for_each(|(name, value)| texts(value, name, into)),
        _ => {}
    }
}

/// The metric's name that begins here, without what a histogram adds.
fn metric(text: &str) -> &str {
    let end = text.find(|letter: char| !(letter.is_ascii_lowercase() || letter == '_')).unwrap_or(text.len());
    let name = &text[..end];
    ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

#[test]
fn the_dashboard_shows_every_metric_and_no_other() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len(), "an id stands twice");
    let places: BTreeSet<_> = panels.iter().map(|panel| panel["gridPos"].to_string()).collect();
    assert_eq!(places.len(), panels.len(), "two panels are in one place");

    let mut all = Vec::new();
    texts(&dashboard, "", &mut all);
    let named: BTreeSet<_> = all
        .iter()
        .filter(|(name, _)| ["expr", "query"].contains(name))
        .flat_map(|(_, text)| text.match_indices("hookporter_").map(|(at, _)| metric(&text[at..]).to_owned()))
        .collect();
    let names = Names::default();
    metrics::with_local_recorder(&names, hookporter::describe_metrics);
    let mut described = names.described();
    assert!(described.len() >= 5, "{described:?}");
    // Not all of them are of this version yet.
    described.extend(["hookporter_inbox_events", "hookporter_inbox_oldest_seconds"].map(str::to_owned));
    assert_eq!(named, described);

    for (name, text) in all {
        let is_query = name == "expr";
        assert!(!is_query || text.matches(['(', '{', '[']).count() == text.matches([')', '}', ']']).count(), "{text}");
        // Everything but a total is of the endpoints that are chosen.
        assert!(!is_query || text.contains(r#"{endpoint=~"$endpoint""#), "{text}");
    }
}
