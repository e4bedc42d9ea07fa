//! What can be changed, and what cannot be changed by an oversight.

use std::time::Duration;

use hookporter_pipeline::inbox::AcceptingSide;
use hookporter_sqlite::{Selection, State};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::kit::{BOTH, Framework, change, head, look, serve};
use crate::scene::{Inbox, Scene, claim, record};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_is_made() {
    for framework in BOTH {
        all_changes(&Scene::new().await, framework).await;
    }
}

pub(crate) async fn all_changes(scene: &Scene<impl Inbox>, framework: Framework) {
    let address = serve(framework, scene.console().allow_changes()).await;
    let made = async |path: &str, body: Value| {
        let said = change(address, path, &body).await;
        assert_eq!(said.status, 200, "{framework:?} {path}: {}", said.text());
        said.json()
    };
    let state =
        async |number: i64| look(address, &format!("api/events/{number}")).await.json()["event"]["state"].clone();
    assert_eq!(made("events/requeue", json!({ "numbers": [2], "deliberate": false })).await, json!({ "events": 1 }));
    assert_eq!(state(2).await, "waiting");
    assert_eq!(made("events/release", json!({ "endpoint": "acme" })).await, json!({ "events": 1 }));
    assert_eq!(state(5).await, "waiting");
    assert_eq!(made("events/give-up", json!({ "state": "parked" })).await, json!({ "events": 1 }));
    assert_eq!(state(6).await, "done");
    let replay = made("events/replay", json!({ "state": "dead", "reason": "mended" })).await["replay"].clone();
    let replays = look(address, "api/replays").await.json();
    assert_eq!((&replays["replays"][0]["number"], &replays["replays"][0]["reason"]), (&replay, &json!("mended")));
    let verdicts = look(address, &format!("api/replays/{replay}")).await.json();
    assert_eq!((&verdicts["events"][0]["event"], &verdicts["events"][0]["verdict"]), (&json!(3), &json!("pending")));
    assert_eq!(made("events/replay", json!({ "state": "dead" })).await, json!({ "replay": null }));
    assert_eq!(made("events/1/erase", json!({ "deliberate": true })).await, json!({ "erased": true }));
    assert_eq!(look(address, "api/events/1").await.status, 404);

    assert_eq!(made("endpoints/github/pause", json!({})).await["state"], "stopped");
    assert_eq!(made("endpoints/github/resume", json!({})).await["state"], "unknown");
    assert_eq!(change(address, "endpoints/nobody/pause", &json!({})).await.trouble().0, 404);
    assert_eq!(change(address, "events/99/erase", &json!({ "deliberate": true })).await.trouble().0, 404);
    assert_eq!(change(address, "events/99/edit", &json!({ "body": "{}" })).await.trouble().0, 404);
    assert_eq!(change(address, "nothing", &json!({})).await.trouble().0, 404);
}

/// Where no other node hears of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_of_an_endpoint_holds_in_this_process() {
    for framework in BOTH {
        let scene = Scene::new().await;
        let address = serve(framework, scene.console().allow_changes()).await;
        let made = async |path: &str, body: Value| {
            let said = change(address, path, &body).await;
            assert_eq!(said.status, 200, "{framework:?} {path}: {}", said.text());
            said.json()
        };
        assert_eq!(
            made("endpoints/github/pause", json!({})).await,
            json!({ "endpoint": "github", "state": "stopped", "reach": "this-process" })
        );
        // One that is paused on every node leaves its process ready.
        assert_eq!(look(address, "api/endpoints").await.json()["ready"], false);
        assert_eq!(made("endpoints/github/resume", json!({})).await["state"], "unknown");
        let key = json!({ "key": "old", "tenant": "acme", "deliberate": true });
        assert_eq!(made("endpoints/github/revoke-key", key.clone()).await["reach"], "this-process");
        let revoked = json!([{ "endpoint": "github", "tenant": "acme", "key": "old" }]);
        assert_eq!(look(address, "api/keys").await.json()["revoked"], revoked);
        assert_eq!(look(address, "api/endpoints/github").await.json()["revoked_keys"], revoked);
        made("endpoints/github/restore-key", key).await;
        assert_eq!(look(address, "api/keys").await.json()["revoked"], json!([]));
        assert_eq!(look(address, "api/nodes").await.json(), json!({ "fleet": null }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_much_is_changed_by_an_oversight() {
    for framework in BOTH {
        oversights(&Scene::new().await, framework).await;
    }
}

pub(crate) async fn oversights(scene: &Scene<impl Inbox>, framework: Framework) {
    let address = serve(framework, scene.console().allow_changes()).await;
    let before = scene.state().await;
    for (path, body) in [
        ("events/requeue", json!({})),
        ("events/requeue", json!({ "endpoint": "acme" })),
        ("events/requeue", json!({ "stat": "dead", "deliberate": true })),
        ("events/requeue", json!({ "state": "daed", "deliberate": true })),
        ("events/requeue", json!({ "numbers": [1, "x"] })),
        ("events/requeue", json!({ "numbers": { "from": 1 } })),
        ("events/requeue", json!({ "numbers": [1.5] })),
        ("events/requeue", json!([1])),
        ("events/requeue", json!({ "numbers": (0..=10_000).collect::<Vec<_>>() })),
        ("events/replay", json!({ "type": "invoice.paid" })),
        ("events/release", json!({})),
        ("events/give-up", json!({})),
        ("events/give-up", json!({ "deliberate": false })),
        ("events/2/erase", json!({})),
        ("events/2/edit", json!({})),
        ("events/2/edit", json!({ "body": "{}", "bodi": "" })),
        ("events/2/restore", json!({ "deliberate": true })),
        ("endpoints/github/pause", json!({ "for": "1h" })),
        ("endpoints/github/revoke-key", json!({ "key": "old" })),
        ("endpoints/github/revoke-key", json!({ "tenant": "acme", "deliberate": true })),
        ("endpoints/github/restore-key", json!({ "key": "old", "deliberate": false })),
    ] {
        let said = change(address, path, &body).await;
        assert_eq!(said.trouble(), (400, "bad-request".to_owned()), "{framework:?} {path} {body}");
    }
    for path in ["events/requeue", "events/release", "events/give-up"] {
        assert_eq!(change(address, path, &json!({ "numbers": [] })).await.json()["events"], 0);
        assert_eq!(change(address, path, &json!({ "endpoint": "", "state": "dead" })).await.json()["events"], 0);
    }
    assert_eq!(scene.state().await, before);
    assert_eq!(change(address, "events/give-up", &json!({ "deliberate": true })).await.json()["events"], 4);
}

/// Who asked may be gone; half of a change is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_goes_on_when_its_asker_hangs_up() {
    for framework in BOTH {
        // Where the machine did something else it was over before anybody hung up.
        let mut tries = 0..10;
        while !hung_up_midway(framework).await {
            tries.next().unwrap_or_else(|| panic!("{framework:?}: too late each time"));
        }
    }
}

/// Hangs up while a change is being made, and waits for its end; whether it was in time for that.
async fn hung_up_midway(framework: Framework) -> bool {
    let scene = Scene::new().await;
    let parked = (0..5000).map(|n| record(&format!("evt_many_{n}"), true));
    scene.inbox.accept(parked.collect()).await.unwrap();
    let address = serve(framework, scene.console().allow_changes()).await;
    let token = look(address, "api").await.json()["token"].as_str().unwrap().to_owned();
    let body = r#"{"deliberate":true}"#;
    let length = body.len().to_string();
    let headers = [
        ("host", "console.example"),
        ("content-type", "application/json"),
        ("x-hookporter-token", &*token),
        ("content-length", &*length),
    ];
    let mut lines = head("POST api/events/release", &headers);
    lines.extend([String::new(), body.to_owned()]);
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(lines.join("\r\n").as_bytes()).await.unwrap();
    let desk = scene.inbox.desk();
    let parked = async || {
        use hookporter_pipeline::operating::OperatingSide;
        desk.count(Selection::all().state(State::Parked)).await.unwrap()
    };
    while parked().await > 4900 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(stream);
    let is_midway = parked().await > 0;
    let done = async {
        while parked().await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), done).await.expect("it went on");
    is_midway
}

/// A worker of the same process need not wait for a look at the file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_requeued_can_be_claimed_at_once() {
    let scene = Scene::new().await;
    let address = serve(Framework::Axum, scene.console().allow_changes()).await;
    let others = claim(&scene.inbox, 10).await;
    assert_eq!(change(address, "events/requeue", &json!({ "state": "dead" })).await.json()["events"], 2);
    assert_eq!((others.len(), claim(&scene.inbox, 10).await.len()), (1, 2));
}
