//! What the API shows.

use serde_json::{Value, json};

use crate::kit::{BOTH, Framework, Said, change, head, look, send, serve};
use crate::scene::{HOSTILE, Inbox, Scene, hostile};

/// Every answer has these.
fn is_safe(said: &Said) {
    let policy = said.header("content-security-policy");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(said.header(name), value);
    }
}

async fn shown(address: std::net::SocketAddr, path: &str) -> Value {
    let said = look(address, path).await;
    is_safe(&said);
    assert_eq!(said.status, 200, "{path}: {}", said.text());
    said.json()
}

fn numbers(list: &Value) -> Vec<i64> {
    list["events"].as_array().unwrap().iter().map(|event| event["number"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_shows_what_there_is() {
    for framework in BOTH {
        routes(&Scene::new().await, framework).await;
    }
}

pub(crate) async fn routes(scene: &Scene<impl Inbox>, framework: Framework) {
    let address = serve(framework, scene.console().title("Acme & Co")).await;
    let about = shown(address, "api").await;
    assert_eq!(
        (&about["title"], &about["changes"], &about["token"]),
        (&json!("Acme & Co"), &json!(false), &Value::Null)
    );
    assert_eq!(about["events"], true);
    let endpoints = shown(address, "api/endpoints").await;
    assert_eq!((&endpoints["light"], &endpoints["ready"]), (&json!("green"), &json!(true)));
    assert_eq!(endpoints["endpoints"][0], shown(address, "api/endpoints/github").await);

    let all = shown(address, "api/events").await;
    assert_eq!((numbers(&all), &all["next"]), (vec![6, 5, 4, 3, 2, 1], &Value::Null));
    let some = shown(address, "api/events?limit=2&before=6").await;
    assert_eq!((numbers(&some), &some["next"]), (vec![5, 4], &json!(4)));
    assert_eq!(numbers(&shown(address, "api/events?limit=2&after=3").await), [4, 5]);
    assert_eq!(numbers(&shown(address, "api/events?state=done").await), [1]);
    assert_eq!(numbers(&shown(address, "api/events?numbers=2,4&type=invoice.paid").await), [4, 2]);
    assert_eq!(numbers(&shown(address, "api/dead").await), [3, 2]);
    assert_eq!(numbers(&shown(address, "api/parked?endpoint=acme").await), [5]);
    assert_eq!(shown(address, "api/events/count?state=dead").await, json!({ "events": 2 }));
    let stats = shown(address, "api/stats").await;
    assert_eq!([&stats["waiting"], &stats["done"], &stats["dead"], &stats["parked"]], [1, 1, 2, 2]);
    assert_eq!(shown(address, "api/keys").await, json!({ "keys": [], "revoked": [] }));

    let event = shown(address, "api/events/2").await;
    assert_eq!(event["event"]["received_at"], "2023-11-14T22:13:20.000Z");
    assert!(event["event"]["last_error"].as_str().unwrap().contains("script"));
    assert_eq!(event["contents"]["event_id"], json!({ "text": "evt_2", "signed": true }));
    assert_eq!(event["contents"]["trace"], "fedcba9876543210");
    assert_eq!(event["attempts"][0]["outcome"], "failed");
    assert_eq!((&event["original"], &event["requests"]), (&Value::Null, &json!([])));
    assert_eq!(shown(address, "api/replays").await, json!({ "replays": [] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_given_byte_for_byte_and_never_shown() {
    for framework in BOTH {
        bodies(&Scene::new().await, framework).await;
    }
}

pub(crate) async fn bodies(scene: &Scene<impl Inbox>, framework: Framework) {
    let address = serve(framework, scene.console().allow_changes()).await;
    let is_download = |said: &Said| {
        is_safe(said);
        assert_eq!((said.status, said.header("content-type")), (200, "application/octet-stream"));
        assert!(said.header("content-disposition").starts_with("attachment; filename=\""));
        assert!(said.header("content-security-policy").contains("sandbox"));
    };
    let said = look(address, "api/events/6/body").await;
    is_download(&said);
    assert_eq!(said.body, hostile().body);
    let edited = change(address, "events/6/edit", &json!({ "body": "<b>", "reason": HOSTILE })).await;
    assert_eq!((edited.status, edited.json()), (200, json!({ "edited": true })));
    assert_eq!(look(address, "api/events/6/body").await.body, b"<b>");
    let said = look(address, "api/events/6/original").await;
    is_download(&said);
    assert_eq!(said.body, hostile().body);
    let event = shown(address, "api/events/6").await;
    assert_eq!((&event["contents"]["edited"], &event["original"]["reason"]), (&json!(true), &json!(HOSTILE)));
    assert_eq!(change(address, "events/6/restore", &json!({})).await.status, 200);
    assert_eq!(look(address, "api/events/6/body").await.body, hostile().body);
    assert_eq!(change(address, "events/6/restore", &json!({})).await.trouble(), (409, "conflict".to_owned()));
    assert_eq!(change(address, "events/1/edit", &json!({ "body": "" })).await.trouble().0, 409);
    assert_eq!(look(address, "api/events/6/original").await.trouble().0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_senders_wrote_comes_as_text_and_nothing_else() {
    for framework in BOTH {
        texts(&Scene::new().await, framework).await;
    }
}

pub(crate) async fn texts(scene: &Scene<impl Inbox>, framework: Framework) {
    let address = serve(framework, scene.console()).await;
    for path in ["api/events", "api/events/6", "api/dead", "api/events?endpoint=%3Cscript%3E", "api/%3Cscript%3E"] {
        let said = look(address, path).await;
        is_safe(&said);
        let text = said.text();
        assert!(!text.contains(['<', '>', '&', '\u{1b}', '\r', '\n']), "{path}: {text}");
    }
    let event = shown(address, "api/events/6").await;
    for part in ["endpoint", "tenant", "event_id", "event_type"] {
        assert_eq!(event["event"][part], HOSTILE, "{part}");
    }
    assert_eq!(event["contents"]["headers"][0][1], "<script>alert(1)</script>\u{fffd}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_404_and_what_is_wrong_is_400() {
    for framework in BOTH {
        absent(&Scene::new().await, framework).await;
    }
}

pub(crate) async fn absent(scene: &Scene<impl Inbox>, framework: Framework) {
    let address = serve(framework, scene.console()).await;
    for path in [
        "api/events/99",
        "api/events/99/body",
        "api/events/1/original",
        "api/events/x",
        "api/events/-1",
        "api/events/99999999999999999999",
        "api/endpoints/nobody",
        "api/nothing",
        "api/events/1/nothing",
        "api/",
        "api/events/",
        "api/replays/x",
        "api/..%2fevents",
        "nothing",
        "events/99",
    ] {
        let said = look(address, path).await;
        is_safe(&said);
        assert_eq!(said.status, 404, "{path}: {}", said.text());
        assert_eq!(said.header("content-type") == "application/json", path.starts_with("api"), "{path}");
    }
    for query in [
        "limit=0",
        "limit=501",
        "limit=x",
        "limit=-1",
        "before=1&after=2",
        "state=dying",
        "stat=dead",
        "since=tomorrow",
        "numbers=1,x",
        "state=dead&state=done",
        "before=x",
    ] {
        let said = look(address, &format!("api/events?{query}")).await;
        is_safe(&said);
        assert_eq!(said.trouble(), (400, "bad-request".to_owned()), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_without_a_store_says_that_it_has_none() {
    for framework in BOTH {
        let address = serve(framework, hookporter_console::Console::new([]).allow_changes()).await;
        let about = shown(address, "api").await;
        assert_eq!([&about["events"], &about["requests"], &about["quarantine"]], [false; 3]);
        assert_eq!(shown(address, "api/endpoints").await["endpoints"], json!([]));
        for path in [
            "events",
            "events/1",
            "events/1/body",
            "dead",
            "stats",
            "replays",
            "requests",
            "requests/1",
            "reasons",
            "quarantine",
            "quarantine/1",
        ] {
            let said = look(address, &format!("api/{path}")).await;
            is_safe(&said);
            assert!(said.trouble().0 == 404 && said.text().contains("was given no"), "{path}: {}", said.text());
        }
        for path in ["events/requeue", "quarantine/forget"] {
            assert_eq!(change(address, path, &json!({ "numbers": [1] })).await.trouble().0, 404, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_is_done_with_get_and_changing_is_not() {
    for framework in BOTH {
        let scene = Scene::new().await;
        let address = serve(framework, scene.console().allow_changes()).await;
        for (method, path, status) in [
            ("DELETE", "api/events/1", 405),
            ("PUT", "overview", 405),
            ("GET", "api/events/requeue", 405),
            ("OPTIONS", "api/events", 405),
            ("HEAD", "api/events", 200),
            ("GET", "events/1/erase", 405),
        ] {
            let said = send(address, &head(&format!("{method} {path}"), &[("host", "console.example")]), b"").await;
            is_safe(&said);
            assert_eq!(said.status, status, "{method} {path}");
            assert!(status != 405 || !said.header("allow").is_empty());
            assert!(method != "HEAD" || said.body.is_empty());
        }
    }
}
