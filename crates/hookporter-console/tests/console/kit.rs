//! Servers of both frameworks, and requests written by hand: what is not said is not sent.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;

use hookporter_console::Console;
use hookporter_testkit::inbox::Stopwatch;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Where the console is: below something else, as it may be.
pub(crate) const MOUNT: &str = "/ops/console";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framework {
    Axum,
    Actix,
}

pub(crate) const BOTH: [Framework; 2] = [Framework::Axum, Framework::Actix];

pub(crate) async fn serve(framework: Framework, console: Console) -> SocketAddr {
    match framework {
        Framework::Axum => {
            let inner = axum::Router::new().nest_service("/console", console.into_router());
            serve_axum(axum::Router::new().nest("/ops", inner)).await
        }
        Framework::Actix => serve_actix(console),
    }
}

pub(crate) async fn serve_axum(app: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn serve_actix(console: Console) -> SocketAddr {
    use actix_web::{App, HttpServer, rt, web};
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        rt::System::new().block_on(async move {
            let app = move || App::new().service(web::scope("/ops").service(console.clone().into_scope("/console")));
            let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
            tell.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    });
    told.recv().unwrap()
}

/// What a server said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Said {
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let value = found.next().unwrap_or_default();
        assert_eq!(found.next(), None, "{name} twice");
        value
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The word of a refusal.
    #[track_caller]
    pub(crate) fn trouble(&self) -> (u16, String) {
        (self.status, self.json()["error"].as_str().unwrap_or_default().to_owned())
    }
}

/// How long a look takes: what is slow by itself is so each time, so that longer ones are taken again, up to ten times. One that a
/// busy machine cut off counts as none: what always is cut off takes forever.
pub(crate) async fn quickest(address: SocketAddr, path: &str, most: Duration) -> Duration {
    let mut least = Duration::MAX;
    for _ in 0..10 {
        let watch = Stopwatch::start();
        let said = look(address, path).await;
        let took = watch.elapsed();
        println!("{took:>10.1?}  {path}  {}, {} bytes", said.status, said.body.len());
        if said.status == 503 {
            continue;
        }
        assert_eq!(said.status, 200, "{path}: {}", said.text());
        least = least.min(took);
        if least <= most {
            break;
        }
    }
    least
}

/// Sends these lines of a head, and a body, and reads the answer to its end.
pub(crate) async fn send(address: SocketAddr, lines: &[String], body: &[u8]) -> Said {
    let mut bytes = lines.join("\r\n").into_bytes();
    bytes.extend_from_slice(b"\r\nconnection: close\r\n\r\n");
    bytes.extend_from_slice(body);
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server may have refused it by its head, and hung up.
    let _ = stream.write_all(&bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    assert!(read.expect("in time").is_ok() || !answer.is_empty());
    parse(&answer)
}

fn parse(answer: &[u8]) -> Said {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let pair = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    };
    let headers: Vec<_> = lines.map(pair).collect();
    let body = answer[end + 4..].to_vec();
    let is_chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
    Said { status, headers, body: if is_chunked { unchunked(&body) } else { body } }
}

fn unchunked(body: &[u8]) -> Vec<u8> {
    let (mut whole, mut rest) = (Vec::new(), body);
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        whole.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 2 + length + 2..];
    }
    whole
}

/// The head of a request to the console: `GET api`, and its own headers.
pub(crate) fn head(asked: &str, headers: &[(&str, &str)]) -> Vec<String> {
    let (method, path) = asked.split_once(' ').unwrap();
    let mut lines = vec![format!("{method} {MOUNT}/{path} HTTP/1.1")];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines
}

/// Looks at something.
pub(crate) async fn look(address: SocketAddr, path: &str) -> Said {
    send(address, &head(&format!("GET {path}"), &[("host", "console.example")]), b"").await
}

/// What a program says to change something; its token is asked for.
pub(crate) async fn change(address: SocketAddr, path: &str, body: &Value) -> Said {
    let token = look(address, "api").await.json()["token"].as_str().unwrap_or_default().to_owned();
    let (body, length) = (body.to_string(), body.to_string().len().to_string());
    let headers = [
        ("host", "console.example"),
        ("content-type", "application/json"),
        ("x-hookporter-token", &*token),
        ("content-length", &*length),
    ];
    send(address, &head(&format!("POST api/{path}"), &headers), body.as_bytes()).await
}
