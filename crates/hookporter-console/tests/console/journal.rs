//! Requests, from a journal in memory.

use std::sync::Arc;
use std::time::Duration;

use hookporter_console::Console;
use hookporter_core::{FrozenClock, Reason, Stage, UnixTime};
use hookporter_pipeline::journal::Journal;
use hookporter_pipeline::{Observer, Outcome, Record, TraceId};
use serde_json::{Value, json};

use crate::kit::{BOTH, look, serve};
use crate::scene::{HOSTILE, Scene};

const NOON: i64 = 1_700_000_000;

fn request(number: u32, outcome: Outcome, reason: Option<Reason>) -> Record {
    Record {
        trace: TraceId::from_bits(number.into()),
        at: UnixTime::from_secs(NOON + i64::from(number) * 60),
        endpoint: Arc::from(if number.is_multiple_of(2) { "github" } else { "stripe" }),
        provider: "github".into(),
        tenant: None,
        method: "POST".to_owned(),
        path: format!("/webhooks/{number}"),
        headers: vec![("user-agent".to_owned(), HOSTILE.to_owned())],
        outcome,
        status: 200,
        reason,
        stage: reason.map(|_| Stage::Proof),
        detail: reason.map(|_| HOSTILE.to_owned()),
        key_id: None,
        event_id: Some(format!("evt_{number}")),
        event_type: Some("push".to_owned()),
        api_version: None,
        body_bytes: 12,
        body_digest: None,
        duration: Duration::from_micros(1500),
        report_only: false,
    }
}

fn numbers(list: &Value) -> Vec<u64> {
    list["requests"].as_array().unwrap().iter().map(|entry| entry["number"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_found_by_what_is_known_of_them() {
    let journal = Journal::in_memory(100);
    for number in 1..=6 {
        let (outcome, reason) = match number {
            2 | 4 => (Outcome::Rejected, Some(Reason::InvalidSignature)),
            5 => (Outcome::Unavailable, Some(Reason::EndpointPaused)),
            6 => (Outcome::Duplicate, None),
            _ => (Outcome::Accepted, None),
        };
        journal.observe(&request(number, outcome, reason));
    }
    for framework in BOTH {
        let clock = FrozenClock(UnixTime::from_secs(NOON + 360));
        let address = serve(framework, Console::new([]).journal(journal.clone()).clock(clock)).await;
        let found = async |query: &str| {
            let said = look(address, &format!("api/requests?{query}")).await;
            assert_eq!(said.status, 200, "{query}: {}", said.text());
            numbers(&said.json())
        };
        assert_eq!(found("").await, [6, 5, 4, 3, 2, 1]);
        assert_eq!(found("limit=2&before=4").await, [3, 2]);
        assert_eq!(found("outcome=rejected").await, [4, 2]);
        assert_eq!(found("outcome=duplicate&outcome=unavailable").await, [6, 5]);
        assert_eq!(found("reason=invalid-signature&endpoint=github").await, [4, 2]);
        assert_eq!(found("endpoint=stripe&text=evt_3").await, [3]);
        assert_eq!(found("text=0000000000000002").await, [2]);
        assert_eq!(found("since=2m").await, [6, 5, 4]);
        assert_eq!(found("since=2023-11-14T22:14:20Z&until=2023-11-14T22:16:20Z").await, [2, 1]);
        assert_eq!(found("endpoint=").await.len(), 6, "a field that nobody has filled in");

        let one = look(address, "api/requests/2").await.json();
        assert_eq!(
            (&one["at"], &one["reason"], &one["detail"]),
            (&json!("2023-11-14T22:15:20.000Z"), &json!("invalid-signature"), &json!(HOSTILE))
        );
        let reasons = look(address, "api/reasons").await.json();
        assert_eq!(
            (&reasons["reasons"][0]["reason"], &reasons["reasons"][0]["count"]),
            (&json!("invalid-signature"), &json!(2))
        );
        assert_eq!(look(address, "api/requests/7").await.trouble().0, 404);
        for query in ["outcome=lost", "reason=none", "evnt=1", "text=a&text=b"] {
            assert_eq!(look(address, &format!("api/requests?{query}")).await.trouble().0, 400, "{query}");
        }
        let text = look(address, "api/requests").await.text();
        assert!(!text.contains(['<', '>', '&', '\u{1b}']), "{text}");
    }
}

/// A journal in memory knows no numbers of events, but what the log calls their requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_shown_with_the_request_that_brought_it() {
    let scene = Scene::new().await;
    let journal = Journal::in_memory(10);
    let trace = TraceId::from_bits(0xfedc_ba98_7654_3210);
    journal.observe(&request(1, Outcome::Accepted, None));
    journal.observe(&Record { trace, ..request(2, Outcome::Accepted, None) });
    for framework in BOTH {
        let address = serve(framework, scene.console().journal(journal.clone())).await;
        assert_eq!(numbers(&look(address, "api/events/2").await.json()), [2]);
    }
}
