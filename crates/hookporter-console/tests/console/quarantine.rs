//! Refused requests, on a real file.

use std::net::SocketAddr;
use std::time::Duration;

use hookporter_console::Console;
use hookporter_core::{Clock, Reason, Secret, SystemClock};
use hookporter_pipeline::operating::{QuarantineSide, RefusedRequest};
use hookporter_pipeline::{Endpoint, TraceId};
use hookporter_sqlite::Inbox;
use serde_json::{Value, json};

use crate::directory::Directory;
use crate::kit::{BOTH, Framework, change, head, look, send, serve};

const SECRET: &str = "a long and random secret";
const CANARY: &str = "canary-7f3a";

/// What GitHub sent, while another secret was deployed.
fn refused(id: &str) -> RefusedRequest {
    let request =
        hookporter_testkit::github(SECRET).event("push").event_id(id).body(format!("{{\"id\":\"{id}\"}}")).build();
    let mut headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.to_lowercase(), value.as_bytes().to_vec())).collect();
    headers.push(("x-gateway".to_owned(), CANARY.as_bytes().to_vec()));
    RefusedRequest {
        trace: TraceId::from_bits(7),
        endpoint: "github".to_owned(),
        reason: Reason::InvalidSignature,
        detail: "<script>".to_owned(),
        // It is kept for some days.
        arrived_at: SystemClock.now(),
        method: request.method().to_owned(),
        target: format!("/webhooks/github?token={CANARY}"),
        reached_proof: true,
        headers,
        body: request.body().clone(),
        peer: None,
        sealed_by: None,
    }
}

fn github(inbox: &Inbox, secret: &str) -> Endpoint {
    Endpoint::github(Secret::new(secret)).unwrap().inbox(inbox).quarantine().unwrap()
}

async fn numbers(address: SocketAddr) -> Vec<i64> {
    let list = look(address, "api/quarantine").await.json();
    list["requests"].as_array().unwrap().iter().map(|one| one["number"].as_i64().unwrap()).collect()
}

async fn with_refused(framework: Framework, inbox: &Inbox, secret: &str, ids: &[&str]) -> SocketAddr {
    for id in ids {
        inbox.keep(refused(id));
    }
    let console = Console::new([github(inbox, secret)]).inbox(inbox).allow_changes();
    let address = serve(framework, console).await;
    let kept = async {
        while numbers(address).await.len() < ids.len() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), kept).await.expect("kept");
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_request_is_shown_without_what_it_may_bear() {
    for framework in BOTH {
        let directory = Directory::new();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        let address = with_refused(framework, &inbox, "not the one that github has", &["evt_1"]).await;
        let number = numbers(address).await[0];
        let one = look(address, &format!("api/quarantine/{number}")).await;
        assert!(!one.text().contains(CANARY) && !one.text().contains('<'), "{}", one.text());
        let one = one.json();
        assert_eq!((&one["path"], &one["reached_proof"]), (&json!("/webhooks/github"), &json!(true)));
        let gateway = one["headers"].as_array().unwrap().iter().find(|header| header["name"] == "x-gateway").unwrap();
        assert_eq!(*gateway, json!({ "name": "x-gateway", "bytes": CANARY.len() }));
        let body = look(address, &format!("api/quarantine/{number}/body")).await;
        assert_eq!(
            (body.header("content-type"), &body.body[..]),
            ("application/octet-stream", &refused("evt_1").body[..])
        );
        assert!(body.header("content-disposition").starts_with("attachment"));
        let reasons = look(address, "api/quarantine/reasons").await.json();
        assert_eq!(
            (&reasons["reasons"][0]["reason"], &reasons["reasons"][0]["count"]),
            (&json!("invalid-signature"), &json!(1))
        );

        let judged = look(address, &format!("api/quarantine/{number}/judge")).await.json();
        assert_eq!((&judged["holds"], &judged["reason"]), (&json!(false), &json!("invalid-signature")));
        let diagnosed = look(address, &format!("api/quarantine/{number}/diagnose")).await;
        if cfg!(feature = "diagnosis") {
            assert!(!diagnosed.json()["causes"].as_array().unwrap().is_empty());
        } else {
            assert_eq!(diagnosed.trouble().0, 404);
        }
        for path in ["api/quarantine/99", "api/quarantine/99/body", "api/quarantine/99/judge", "api/quarantine/x/judge"]
        {
            assert_eq!(look(address, path).await.trouble().0, 404, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_holds_by_now_is_handed_off_once() {
    for framework in BOTH {
        let directory = Directory::new();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        let wrong = with_refused(framework, &inbox, "not the one that github has", &["evt_1", "evt_2", "evt_3"]).await;
        let all = numbers(wrong).await;
        let judged = change(wrong, "quarantine/recheck", &json!({ "numbers": [all[0]] })).await.json();
        assert_eq!((&judged["handed_off"], &judged["requests"][0]["outcome"]), (&json!(0), &json!("rejected")));
        assert_eq!(numbers(wrong).await, all);
        for path in ["quarantine/recheck", "quarantine/forget"] {
            assert_eq!(change(wrong, path, &json!({})).await.trouble().0, 400, "{path}");
            assert_eq!(change(wrong, path, &json!({ "number": all[0] })).await.trouble().0, 400, "{path}");
        }
        assert_eq!(
            change(wrong, "quarantine/forget", &json!({ "numbers": [all[2]] })).await.json(),
            json!({ "requests": 1 })
        );

        // As a process beside the server has it: the name in this inbox is the other one's.
        let github = Endpoint::github(Secret::new(SECRET)).unwrap();
        let mended = serve(framework, Console::new([github]).inbox(&inbox).allow_changes()).await;
        let holds = look(mended, &format!("api/quarantine/{}/judge", all[0])).await.json();
        assert_eq!(holds, json!({ "holds": true }));
        assert_eq!(numbers(mended).await, all[..2], "to judge is not to hand off");
        let rechecked = change(mended, "quarantine/recheck", &json!({ "reason": "invalid-signature" })).await.json();
        assert_eq!(rechecked["handed_off"], 2, "{rechecked}");
        assert_eq!(numbers(mended).await, [0_i64; 0]);
        let events = look(mended, "api/events").await.json();
        let ids: Vec<&Value> = events["events"].as_array().unwrap().iter().map(|event| &event["state"]).collect();
        assert_eq!(ids, ["waiting", "waiting"]);
        let again = change(mended, "quarantine/recheck", &json!({ "deliberate": true })).await.json();
        assert_eq!(again, json!({ "handed_off": 0, "requests": [] }));
    }
}

/// An image in a page elsewhere, say, whose answer nobody sees.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_elsewhere_has_requests_judged() {
    for framework in BOTH {
        let directory = Directory::new();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        let address = with_refused(framework, &inbox, SECRET, &["evt_1"]).await;
        let number = numbers(address).await[0];
        let asked = async |odd: &[(&str, &str)]| {
            let lines = [&[("host", "console.example")], odd].concat();
            send(address, &head(&format!("GET api/quarantine/{number}/judge"), &lines), b"").await
        };
        let site = "sec-fetch-site";
        for ours in ["same-origin", "none"] {
            assert_eq!(asked(&[(site, ours)]).await.json(), json!({ "holds": true }), "{ours}");
        }
        for elsewhere in ["cross-site", "same-site", "x"] {
            let told = asked(&[(site, elsewhere), ("sec-fetch-mode", "no-cors")]).await;
            assert_eq!(told.trouble(), (403, "cross-site".to_owned()), "{elsewhere}");
        }
        assert_eq!(asked(&[(site, "none"), (site, "none")]).await.status, 403, "twice");
        let page = head(&format!("GET quarantine/{number}"), &[("host", "console.example"), (site, "cross-site")]);
        assert_eq!(send(address, &page, b"").await.status, 403, "its page judges it, too");
        assert_eq!(asked(&[(site, "cross-site"), ("sec-fetch-mode", "navigate")]).await.status, 200, "a link");
    }
}

/// What cannot be opened here is no body.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ciphertext_is_never_served_as_a_body() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.keep(RefusedRequest { sealed_by: Some("k1".to_owned()), ..refused("evt_1") });
    let address = with_refused(Framework::Axum, &inbox, SECRET, &["evt_2"]).await;
    while numbers(address).await.len() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for path in ["quarantine/1/body.bin", "api/quarantine/1/body", "api/quarantine/1/judge"] {
        assert_eq!(look(address, path).await.status, 409, "{path}");
    }
    for path in ["quarantine/2/body.bin", "api/quarantine/2/body"] {
        assert_eq!(look(address, path).await.body, refused("evt_2").body, "{path}");
        assert_eq!(look(address, &format!("{path}?of=x")).await.status, 400, "{path}");
    }
}
