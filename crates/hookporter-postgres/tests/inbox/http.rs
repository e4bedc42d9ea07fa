//! Nodes as people run them: server processes of either framework, each with its endpoint, its console and its health page, on one
//! database.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hookporter_console::Console;
use hookporter_core::Secret;
use hookporter_pipeline::Endpoint;
use hookporter_postgres::Settings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::door::{NEW, OLD, push};
use crate::server::Server;

/// What a node is started with, one a line: framework, name, the database.
const NODE: &str = "HOOKPORTER_HTTP_NODE";
/// How long anything may take on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

/// A node, until it is killed.
#[test]
#[ignore = "a process of the test beside it"]
fn node() {
    let told = std::env::var(NODE).expect("started by the test beside it");
    let [framework, name, url] = &*told.lines().collect::<Vec<_>>() else { panic!("{told}") };
    match *framework {
        "axum" => on_axum(name, url),
        _ => actix_web::rt::System::new().block_on(on_actix(name, url)),
    }
}

async fn endpoint(name: &str, url: &str) -> (Endpoint, Console) {
    let settings = Settings::new().schema("http").node_name(name).report_every(Duration::from_millis(200));
    let inbox = settings.connect(url).await.unwrap();
    let keys = [Secret::new(OLD).named("old"), Secret::new(NEW).named("new")];
    let github = Endpoint::github(keys).unwrap().inbox(&inbox);
    (github.clone(), Console::new([github]).inbox(&inbox).allow_changes())
}

fn listens(port: u16) {
    std::io::stdout().write_all(format!("\nlistens {port}\n").as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
}

fn on_axum(name: &str, url: &str) {
    use axum::Router;
    use hookporter_tower::{EndpointService, health};
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (github, console) = endpoint(name, url).await;
        let app: Router = Router::new()
            .route_service("/hook", EndpointService::new(github.clone()).unwrap())
            .nest("/health", health([github]))
            .nest_service("/console", console.into_router());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listens(listener.local_addr().unwrap().port());
        axum::serve(listener, app).await.unwrap();
    });
}

async fn on_actix(name: &str, url: &str) {
    use actix_web::{App, HttpServer};
    use hookporter_actix::{EndpointResource, health};
    let (github, console) = endpoint(name, url).await;
    let app = move || {
        let hook = EndpointResource::new("/hook", github.clone()).unwrap();
        App::new()
            .service(hook)
            .service(health("/health", [github.clone()]))
            .service(console.clone().into_scope("/console"))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    listens(server.addrs()[0].port());
    server.run().await.unwrap();
}

/// A process, and where it listens.
struct Node {
    child: Child,
    port: u16,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What a node said.
#[derive(Debug)]
struct Said {
    status: u16,
    head: String,
    body: String,
}

impl Node {
    fn start(framework: &str, name: &str, url: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["http::node", "--exact", "--ignored", "--nocapture"])
            .env(NODE, format!("{framework}\n{name}\n{url}"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| line.unwrap().strip_prefix("listens ").and_then(|port| port.parse().ok()));
        Self { child, port: port.expect("it does not start") }
    }

    async fn ask(&self, line: &str, headers: &[(String, String)], body: &[u8]) -> Said {
        let mut request = format!("{line} HTTP/1.1\r\nhost: node.example\r\nconnection: close\r\n");
        for (name, value) in headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length")) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        let asked = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
            stream.write_all(&[request.as_bytes(), body].concat()).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            String::from_utf8(answer).unwrap()
        };
        let answer = timeout(LONGEST, asked).await.expect("no answer");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Said { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// What a sender is told for a new event.
    async fn hook(&self, secret: &str) -> u16 {
        let request = push(secret);
        let said = self.ask("POST /hook", request.headers(), request.body()).await;
        assert_eq!(said.head.contains("\r\nretry-after:"), said.status == 503, "{said:?}");
        assert_eq!(said.body, "");
        said.status
    }

    async fn until(&self, secret: &str, status: u16) -> Duration {
        let began = Instant::now();
        loop {
            let told = self.hook(secret).await;
            if told == status {
                return began.elapsed();
            }
            assert!(began.elapsed() < LONGEST, "{told} in place of {status}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Has the console of this node change something, for all of them.
    async fn change(&self, path: &str, fields: &Value) {
        let about = self.ask("GET /console/api", &[], b"").await;
        let token = serde_json::from_str::<Value>(&about.body).unwrap()["token"].as_str().unwrap().to_owned();
        let headers = [("content-type", "application/json"), ("x-hookporter-token", &*token)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let body = fields.to_string();
        let said = self.ask(&format!("POST /console/api/endpoints/github/{path}"), &headers, body.as_bytes()).await;
        assert_eq!(said.status, 200, "{said:?}");
        assert_eq!(serde_json::from_str::<Value>(&said.body).unwrap()["reach"], "every-node");
    }

    /// Asks for its health page until it is so.
    async fn health(&self, so: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let said = self.ask("GET /health", &[], b"").await;
            let health: Value = serde_json::from_str(&said.body).unwrap();
            if so(&health["fleet"]) {
                return health;
            }
            assert!(began.elapsed() < LONGEST, "{health:#}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Who is there, and who is not.
fn standing(fleet: &Value) -> Vec<(String, bool)> {
    let nodes = fleet["nodes"].as_array().cloned().unwrap_or_default();
    nodes.iter().map(|node| (node["name"].as_str().unwrap().to_owned(), node["is_up"] == true)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_on_axum_agree() {
    agree("axum").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_on_actix_agree() {
    agree("actix").await;
}

async fn agree(framework: &str) {
    let Some(mut server) = Server::start() else { return };
    let start = |name, url: &str| Node::start(framework, name, url);
    let (a, b) = (start("a", &server.url()), start("b", &server.url()));
    assert_eq!((a.hook(NEW).await, b.hook(NEW).await), (200, 200));

    a.change("pause", &json!({})).await;
    assert_eq!(a.hook(NEW).await, 503);
    println!("{framework}: paused on the other node after {:?}", b.until(NEW, 503).await);
    // Nobody is to take every node away from senders: they are told 503.
    assert_eq!(b.ask("GET /health/ready", &[], b"").await.status, 200);
    let c = start("c", &server.url());
    assert_eq!(c.hook(NEW).await, 503, "one that starts later is paused before its first request");
    b.change("resume", &json!({})).await;
    for node in [&a, &b, &c] {
        node.until(NEW, 200).await;
    }

    a.change("revoke-key", &json!({ "key": "old", "deliberate": true })).await;
    println!("{framework}: revoked on the other node after {:?}", b.until(OLD, 401).await);
    assert_eq!((b.hook(NEW).await, a.hook(OLD).await), (200, 401));

    let there =
        |names: &[(&str, bool)]| names.iter().map(|(name, is_up)| ((*name).to_owned(), *is_up)).collect::<Vec<_>>();
    for node in [&a, &b] {
        node.health(|fleet| standing(fleet) == there(&[("a", true), ("b", true), ("c", true)])).await;
    }
    let calls = async |node: &Node| node.health(|_| true).await["endpoints"][0]["totals"]["calls"].as_u64().unwrap();
    let sum: u64 = [calls(&a).await, calls(&b).await, calls(&c).await].iter().sum();
    let health = b.health(|fleet| fleet["endpoints"][0]["calls"] == sum).await;
    assert_eq!(health["fleet"]["endpoints"][0]["nodes"], 3);
    // By SIGKILL: it says nothing any more.
    drop(c);
    let health = a.health(|fleet| standing(fleet) == there(&[("a", true), ("b", true), ("c", false)])).await;
    assert_eq!((&health["fleet"]["light"], &health["fleet"]["endpoints"][0]["calls"]), (&json!("amber"), &json!(sum)));

    server.stop();
    assert_eq!((a.until(NEW, 503).await, b.hook(OLD).await).1, 401, "what it knows it goes on with");
    server.launch(&[]);
    server.await_up();
    for node in [&a, &b] {
        println!("{framework}: takes events {:?} after the server is back", node.until(NEW, 200).await);
        assert_eq!(node.hook(OLD).await, 401);
    }
}
