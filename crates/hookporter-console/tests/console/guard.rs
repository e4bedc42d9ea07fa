//! Who may change something.

use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::kit::{BOTH, Framework, Said, change, head, look, send, serve};
use crate::scene::Scene;

const HOST: &str = "console.example";

/// A path of each change.
const CHANGES: [&str; 11] = [
    "endpoints/github/pause",
    "endpoints/github/resume",
    "events/requeue",
    "events/release",
    "events/give-up",
    "events/replay",
    "events/2/edit",
    "events/2/restore",
    "events/2/erase",
    "quarantine/forget",
    "quarantine/recheck",
];

async fn token(address: SocketAddr) -> String {
    look(address, "api").await.json()["token"].as_str().unwrap().to_owned()
}

const BODY: &str = r#"{"numbers":[2]}"#;

/// A program's change, with one header replaced, added or (with an empty value) left out.
async fn program(address: SocketAddr, odd: &[(&str, &str)]) -> Said {
    let (token, length) = (token(address).await, BODY.len().to_string());
    let usual = [
        ("host", HOST),
        ("content-type", "application/json"),
        ("x-hookporter-token", &*token),
        ("content-length", &*length),
    ];
    send(address, &head("POST api/events/requeue", &replaced(&usual, odd)), BODY.as_bytes()).await
}

/// A page's change.
async fn form(address: SocketAddr, odd: &[(&str, &str)], body: &str) -> Said {
    let length = body.len().to_string();
    let kind = "application/x-www-form-urlencoded";
    let usual =
        [("host", HOST), ("content-type", kind), ("sec-fetch-site", "same-origin"), ("content-length", &*length)];
    send(address, &head("POST events/requeue", &replaced(&usual, odd)), body.as_bytes()).await
}

fn replaced<'a>(usual: &[(&'a str, &'a str)], odd: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let is_usual = |name: &str| !odd.iter().any(|(other, _)| *other == name);
    let mut all: Vec<_> = usual.iter().copied().filter(|(name, _)| is_usual(name)).collect();
    all.extend(odd.iter().copied().filter(|(_, value)| !value.is_empty()));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_console_takes_no_change() {
    for framework in BOTH {
        let scene = Scene::new().await;
        let before = scene.state().await;
        let address = serve(framework, scene.console()).await;
        for path in CHANGES.iter().chain(&["nothing"]) {
            let said = change(address, path, &json!({ "deliberate": true })).await;
            assert_eq!(said.trouble(), (403, "read-only".to_owned()), "{path}");
            let body = "deliberate=true&token=x";
            let length = body.len().to_string();
            let kind = "application/x-www-form-urlencoded";
            let headers = [
                ("host", HOST),
                ("content-type", kind),
                ("sec-fetch-site", "same-origin"),
                ("content-length", &*length),
            ];
            let said = send(address, &head(&format!("POST {path}"), &headers), body.as_bytes()).await;
            assert_eq!((said.status, said.header("content-type")), (403, "text/html; charset=utf-8"), "{path}");
        }
        assert_eq!(scene.state().await, before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_needs_the_token_and_json_and_comes_from_nowhere_else() {
    for framework in BOTH {
        let scene = Scene::new().await;
        let address = serve(framework, scene.console().allow_changes()).await;
        let before = scene.state().await;
        let long = "x".repeat(64);
        for (odd, refused) in [
            (vec![("sec-fetch-site", "cross-site")], (403, "cross-site")),
            (vec![("sec-fetch-site", "same-site")], (403, "cross-site")),
            (vec![("sec-fetch-site", "none")], (403, "cross-site")),
            (vec![("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")], (403, "cross-site")),
            (vec![("origin", "https://evil.example")], (403, "cross-site")),
            (vec![("origin", "null")], (403, "cross-site")),
            (vec![("origin", "http://console.example.evil.example")], (403, "cross-site")),
            (vec![("origin", "http://console.example:81")], (403, "cross-site")),
            (vec![("origin", "http://evil.example"), ("origin", "http://console.example")], (403, "cross-site")),
            (vec![("origin", "console.example")], (403, "cross-site")),
            (vec![("x-hookporter-token", "")], (403, "wrong-token")),
            (vec![("x-hookporter-token", &*long)], (403, "wrong-token")),
            (vec![("content-type", "")], (415, "wrong-content-type")),
            (vec![("content-type", "text/plain")], (415, "wrong-content-type")),
            (vec![("content-type", "text/plain; application/json")], (415, "wrong-content-type")),
            (vec![("content-type", "application/x-www-form-urlencoded")], (415, "wrong-content-type")),
            (vec![("content-length", "1048577")], (413, "too-large")),
        ] {
            let said = program(address, &odd).await;
            assert_eq!(said.trouble(), (refused.0, refused.1.to_owned()), "{framework:?} {odd:?}");
        }
        assert_eq!(scene.state().await, before);
        for odd in [
            vec![],
            vec![("sec-fetch-site", "same-origin"), ("origin", "https://behind-a-proxy.example")],
            vec![("origin", "https://console.example")],
            vec![("origin", "http://CONSOLE.example"), ("content-type", "Application/JSON; charset=utf-8")],
        ] {
            assert_eq!(program(address, &odd).await.status, 200, "{framework:?} {odd:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_comes_from_a_page_of_this_console_and_leads_back_to_one() {
    for framework in BOTH {
        let scene = Scene::new().await;
        let address = serve(framework, scene.console().allow_changes()).await;
        let token = token(address).await;
        let before = scene.state().await;
        let right = format!("numbers=2&token={token}&back=events%3Fstate%3Ddead");
        for odd in [
            vec![("sec-fetch-site", "")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", ""), ("origin", "https://evil.example")],
            vec![("sec-fetch-site", ""), ("origin", "null")],
        ] {
            let said = form(address, &odd, &right).await;
            assert_eq!(said.status, 403, "{framework:?} {odd:?}");
        }
        assert_eq!(form(address, &[("content-type", "application/json")], BODY).await.status, 415);
        for (wrong, status) in [
            ("numbers=2".to_owned(), 403),
            (format!("numbers=2&token={}", "0".repeat(64)), 403),
            (format!("numbers=2&token={token}&token={token}"), 400),
            (format!("{right}&back=x"), 400),
            (format!("numbers=2&token={token}&back=https://evil.example"), 400),
            (format!("numbers=2&token={token}&back=//evil.example"), 400),
            (format!("numbers=2&token={token}&unheard=of"), 400),
        ] {
            // A program's header does not help a page.
            let said = form(address, &[("x-hookporter-token", &token)], &wrong).await;
            assert_eq!((said.status, said.header("content-type")), (status, "text/html; charset=utf-8"), "{wrong}");
        }
        assert_eq!(scene.state().await, before);
        let said = form(address, &[], &right).await;
        assert_eq!((said.status, said.header("location")), (303, "../events?state=dead&done=requeued&count=1"));
        let origin = [("sec-fetch-site", ""), ("origin", "http://console.example")];
        assert_eq!(
            form(address, &origin, &format!("numbers=3&token={token}")).await.header("location"),
            "../overview?done=requeued&count=1"
        );
    }
}

/// A page elsewhere whose name leads to this address is of the same origin, as far as the browser knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_knows_its_names_answers_no_other() {
    for framework in BOTH {
        let scene = Scene::new().await;
        let console = scene.console().allow_changes().only_hosts([HOST, "localhost:3000"]);
        let address = serve(framework, console).await;
        for (host, status) in [(HOST, 200), ("LOCALHOST:3000", 200), ("localhost", 421), ("evil.example", 421)] {
            for path in ["GET api/events", "GET overview"] {
                assert_eq!(send(address, &head(path, &[("host", host)]), b"").await.status, status, "{host} {path}");
            }
        }
        assert_eq!(program(address, &[("host", "evil.example")]).await.trouble(), (421, "wrong-host".to_owned()));
    }
}

/// What is not read of a refused body is not the next request on its connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_body_holds_no_request() {
    for framework in BOTH {
        let scene = Scene::new().await;
        let address = serve(framework, scene.console().allow_changes()).await;
        let token = token(address).await;
        let smuggled = format!(
            "POST {}/api/endpoints/github/pause HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\n\
             x-hookporter-token: {token}\r\ncontent-length: 2\r\n\r\n{{}}",
            crate::kit::MOUNT
        );
        for coding in [format!("content-length: {}", smuggled.len()), "transfer-encoding: chunked".to_owned()] {
            let (name, value) = coding.split_once(": ").unwrap();
            let mut lines =
                head("POST api/events/requeue", &[("host", HOST), ("content-type", "text/plain"), (name, value)]);
            lines.extend([String::new(), String::new()]);
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            stream.write_all(lines.join("\r\n").as_bytes()).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            let mut said = vec![0; 4096];
            let length = stream.read(&mut said).await.unwrap();
            let said = String::from_utf8_lossy(&said[..length]).to_lowercase();
            assert!(said.starts_with("http/1.1 415"), "{framework:?}: {said}");
            // hyper closes by itself what it will not read on.
            assert!(framework == Framework::Axum || said.contains("connection: close"), "{said}");
            let _ = stream.write_all(smuggled.as_bytes()).await;
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            assert_eq!(look(address, "api/endpoints").await.json()["ready"], true, "{framework:?} {coding}");
        }
    }
}

/// A body without a length is bounded while it arrives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_has_one_mebibyte() {
    for framework in BOTH {
        let scene = Scene::new().await;
        let address = serve(framework, scene.console().allow_changes()).await;
        let token = token(address).await;
        let post = async |text: String| {
            let body = json!({ "body": text }).to_string();
            let headers = [
                ("host", HOST),
                ("content-type", "application/json"),
                ("x-hookporter-token", &*token),
                ("transfer-encoding", "chunked"),
            ];
            let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
            send(address, &head("POST api/events/2/edit", &headers), chunked.as_bytes()).await.status
        };
        let around = r#"{"body":""}"#.len();
        assert_eq!(post("x".repeat(1024 * 1024 - around)).await, 200, "{framework:?}");
        assert_eq!(post("x".repeat(1024 * 1024 - around + 1)).await, 413, "{framework:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_of_another_console_is_none() {
    let scene = Scene::new().await;
    let one = serve(Framework::Axum, scene.console().allow_changes()).await;
    let other = serve(Framework::Axum, scene.console().allow_changes()).await;
    let foreign = token(other).await;
    assert!(foreign.len() == 64 && foreign != token(one).await);
    assert_eq!(program(one, &[("x-hookporter-token", &foreign)]).await.trouble().0, 403);
}
