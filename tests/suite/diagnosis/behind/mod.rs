//! Broken set-ups behind real proxies: nginx as people set it up, and one that parses what it passes on.
//!
//! Every row starts its proxies, sends a signed request through them to a running server, and reads the endpoint's health. A
//! sender's own dashboard shows what never came through.

mod answers;
mod bodies;
mod headers;
mod proxies;
mod urls;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use hookporter::{Endpoint, Header, Scheme, Secret};
use hookporter_testkit::{RequestMaker, SignedRequest};

use super::{NOW_TIME, Told};
use crate::attacks::at_now;
use crate::server::{Adapter, BOTH, EVERYWHERE, Server, wait_for};
use crate::wire::{Answer, Wire};
use proxies::{Nginx, Parser, nginx_is_here};

/// What the sender calls unless a row says otherwise.
const CALLED: &str = "https://a.example/hook";
/// nginx as its own documentation has it: the host that was called is passed on.
const PLAIN: &str = "location / { proxy_pass http://$UP; proxy_set_header Host $host; }";

/// A set-up behind proxies, and a request that its sender has signed.
struct Row {
    what: &'static str,
    id: String,
    /// Inside of nginx' `server`; `$UP` is what it passes on to.
    nginx: String,
    /// What the proxy behind it does, if there is one.
    parser: Option<&'static str>,
    endpoint: Endpoint,
    request: SignedRequest,
    expected: &'static str,
    is_proven: bool,
}

impl Row {
    /// A sender's good request to an endpoint that is set up for it.
    fn of(what: &'static str, id: &str) -> Self {
        Self::called(what, id, CALLED, CALLED)
    }

    /// The sender calls one URL, the endpoint is configured with another.
    fn called(what: &'static str, id: &str, called: &str, configured: &str) -> Self {
        let keys = hookporter_testkit::keys(id).unwrap();
        let endpoint = Endpoint::provider_at(id, Secret::weak(keys.receiver), configured).unwrap();
        Self::with(what, id, endpoint, request(id, called))
    }

    /// The endpoint takes the path from the requests, as one with tenants does.
    fn by_path(what: &'static str, id: &str, called: &str) -> Self {
        let row = Self::called(what, id, called, CALLED);
        Self { endpoint: row.endpoint.public_origin("https://a.example").unwrap(), ..row }
    }

    /// A sender of the test's own, whose headers have underscores.
    fn custom(what: &'static str) -> Self {
        const SECRET: &str = "a long and random secret of Acme's";
        let scheme = || {
            let scheme =
                Scheme::hmac_sha256().signed("{timestamp}.{body}").signature(Header::new("acme_signature").hex());
            scheme.timestamp(Header::new("acme_time").unix_seconds())
        };
        let endpoint = Endpoint::custom("acme", scheme(), Secret::new(SECRET)).unwrap();
        let maker = hookporter_testkit::custom(scheme(), SECRET).body("{}").at(NOW_TIME);
        Self::with(what, "acme", endpoint, at(maker, CALLED))
    }

    fn with(what: &'static str, id: &str, endpoint: Endpoint, request: SignedRequest) -> Self {
        let (nginx, id) = (PLAIN.to_owned(), id.to_owned());
        Self { what, id, nginx, parser: None, endpoint, request, expected: "", is_proven: false }
    }

    fn nginx(self, server: &str) -> Self {
        Self { nginx: server.to_owned(), ..self }
    }

    /// nginx passes on, with these directives besides.
    fn passed(self, more: &str) -> Self {
        self.nginx(&format!("location / {{ proxy_pass http://$UP; proxy_set_header Host $host; {more} }}"))
    }

    fn parser(self, what: &'static str) -> Self {
        Self { parser: Some(what), ..self }
    }

    fn secret(self, secret: &str) -> Self {
        let endpoint = Endpoint::provider_at(&self.id, Secret::weak(secret), CALLED).unwrap();
        Self { endpoint, ..self }
    }

    fn request(self, change: impl FnOnce(RequestMaker) -> RequestMaker) -> Self {
        let request = at(change(maker(&self.id)), CALLED);
        Self { request, ..self }
    }

    fn likely(self, expected: &'static str) -> Self {
        Self { expected, is_proven: false, ..self }
    }

    fn proven(self, expected: &'static str) -> Self {
        Self { expected, is_proven: true, ..self }
    }

    /// Sends the request through everything, and looks at what the endpoint's health says of it.
    fn told(&self, at: usize) -> (Answer, Told) {
        let (answer, server) = self.send(BOTH[at % BOTH.len()]);
        wait_for(|| server.endpoint.health().likely_cause.is_some());
        let health = server.endpoint.health();
        let written = serde_json::to_string(&health).unwrap() + &format!("{health:?}");
        let secret = hookporter_testkit::keys(&self.id).map_or("a long and random secret", |keys| keys.receiver);
        assert!(!written.contains(secret), "{}: a secret shows", self.what);
        let cause = health.likely_cause.map(|cause| (cause.cause.into_owned(), cause.is_proven, cause.message));
        let what =
            format!("{}: {} ({})", self.id, self.what, health.last_error.map_or("", |error| error.reason.as_str()));
        (answer, Told { what, expected: self.expected, is_proven: self.is_proven, cause })
    }

    fn send(&self, adapter: Adapter) -> (Answer, Server) {
        let server = Server::on_route(adapter, EVERYWHERE, at_now(self.endpoint.clone()));
        let parser = self.parser.map(|what| Parser::start(what, server.address));
        let answer = self.send_to(parser.as_ref().map_or(server.address, Parser::address));
        (answer, server)
    }

    /// Sends it to this server, through nginx.
    fn send_to(&self, upstream: SocketAddr) -> Answer {
        let nginx = Nginx::start(&self.nginx, upstream);
        let mut wire = Wire::connect(nginx.address());
        wire.write(&written(&self.request));
        wire.answer().unwrap_or_else(|| panic!("{}: no answer; nginx says: {}", self.what, nginx.output()))
    }
}

/// A good request of this sender's.
fn request(id: &str, called: &str) -> SignedRequest {
    at(maker(id), called)
}

fn maker(id: &str) -> RequestMaker {
    let keys = hookporter_testkit::keys(id).unwrap();
    hookporter_testkit::provider(id, keys.sender).unwrap().at(NOW_TIME)
}

fn at(maker: RequestMaker, called: &str) -> SignedRequest {
    let path = &called[called.match_indices('/').nth(2).map_or(called.len(), |(at, _)| at)..];
    maker.url(called).target(path).build()
}

/// The request as its sender writes it, with the host that it calls.
fn written(request: &SignedRequest) -> Vec<u8> {
    let host = request.url().split('/').nth(2).unwrap_or_default();
    let mut raw =
        format!("{} {} HTTP/1.1\r\nhost: {host}\r\nuser-agent: a-sender/1.0\r\n", request.method(), request.target());
    for (name, value) in request.headers() {
        raw += &format!("{name}: {value}\r\n");
    }
    let mut raw = raw.into_bytes();
    raw.extend_from_slice(format!("content-length: {}\r\n\r\n", request.body().len()).as_bytes());
    raw.extend_from_slice(request.body());
    raw
}

fn all() -> Vec<Row> {
    [urls::rows(), headers::rows(), bodies::rows()].into_iter().flatten().collect()
}

/// What the endpoints say, where nginx is here.
pub(super) fn told() -> Vec<Told> {
    if !nginx_is_here() {
        return Vec::new();
    }
    let rows: Vec<_> = all().into_iter().enumerate().collect();
    let one = |(at, row): &(usize, Row)| {
        let (answer, told) = row.told(*at);
        assert!(told.cause.is_some(), "{}: no cause: {answer:?}", told.what);
        assert!(answer.status >= 400, "{} is not broken: {answer:?}", told.what);
        told
    };
    // Most of the time is waiting.
    let mut told: Vec<_> = std::thread::scope(|scope| {
        let parts: Vec<_> = rows.chunks(rows.len().div_ceil(6)).collect();
        let threads: Vec<_> =
            parts.into_iter().map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    told.extend(answers::told());
    told
}

/// The rows are broken by what they say and by nothing else: the same requests pass the same proxies, set up well.
#[test]
fn what_is_set_up_well_is_accepted() {
    if !nginx_is_here() {
        return;
    }
    let ids: BTreeSet<_> = all().into_iter().map(|row| row.id).filter(|id| id != "acme").collect();
    for (at, id) in ids.into_iter().enumerate() {
        let row = Row::of("set up well", &id);
        let (answer, server) = row.send(BOTH[at % BOTH.len()]);
        assert_eq!((answer.status, server.endpoint.health().likely_cause), (200, None), "{id}");
    }
    let underscores = Row::custom("set up well").nginx(&format!("underscores_in_headers on; {PLAIN}"));
    assert_eq!(underscores.send(BOTH[0]).0.status, 200);
}
