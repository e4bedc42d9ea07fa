//! What never came through: the sender's dashboard shows nginx' own answer.

use std::net::TcpListener;

use hookporter::diagnosis::{Certainty, of_answer};

use super::{Row, Told};
use crate::server::BOTH;

pub(super) fn told() -> Vec<Told> {
    let large = |maker: hookporter_testkit::RequestMaker| maker.body(format!("[\"{}\"]", "a".repeat(2_000_000)));
    let row = |what, server: &str| Row::of(what, "github").nginx(server);
    let nowhere = "location / { proxy_pass http://127.0.0.1:1; }";
    let slow = "location / { proxy_pass http://$UP; proxy_read_timeout 1s; }";
    let rows = [
        (413, "client_max_body_size", row("a body over nginx' limit", super::PLAIN).request(large)),
        (301, "redirect", row("a redirect to https", "return 301 https://$host$request_uri;")),
        (308, "redirect", row("a redirect to another host", "return 308 https://www.a.example$request_uri;")),
        (
            404,
            "no such path",
            row("no location", "location /other { proxy_pass http://$UP; } location / { return 404; }"),
        ),
        (405, "serves files", row("files there", "location / { root .; rewrite ^ /nginx.conf break; }")),
        (403, "forbids", row("an address that is forbidden", "location / { deny all; proxy_pass http://$UP; }")),
        (502, "cannot reach", row("nobody listens", nowhere)),
        (
            400,
            "too long",
            row("a header that is too long", "large_client_header_buffers 2 1k; location / { proxy_pass http://$UP; }")
                .request(|maker| maker.header("x-long", &"a".repeat(3000))),
        ),
        (504, "did not wait", row("nginx does not wait", slow)),
    ];
    rows.into_iter()
        .enumerate()
        .map(|(at, (status, why, row))| {
            let answer = if status == 504 {
                // It takes the connection, and never a request.
                let silent = TcpListener::bind("127.0.0.1:0").unwrap();
                row.send_to(silent.local_addr().unwrap())
            } else {
                let (answer, server) = row.send(BOTH[at % BOTH.len()]);
                assert_eq!(server.endpoint.health().totals.calls, 0, "{}: it came through", row.what);
                answer
            };
            assert_eq!(answer.status, status, "{}: {answer:?}", row.what);
            let found = of_answer(answer.status, &String::from_utf8_lossy(&answer.body));
            let cause = found.map(|found| {
                (found.cause.as_str().to_owned(), found.certainty == Certainty::Proven, found.to_string())
            });
            let explains = cause.as_ref().is_some_and(|(.., text)| text.contains("nginx") && text.contains(why));
            assert!(explains, "{}: {cause:?}", row.what);
            Told { what: row.what.to_owned(), expected: "answered-in-front", is_proven: false, cause }
        })
        .collect()
}

/// A refusal of this library's, passed on by nginx, is not taken for nginx' own.
#[test]
fn what_nginx_passes_on_is_not_its_own() {
    if !super::nginx_is_here() {
        return;
    }
    let row = Row::of("", "github").secret(hookporter_testkit::keys("github").unwrap().wrong);
    let (answer, server) = row.send(BOTH[0]);
    assert_eq!((answer.status, server.endpoint.health().totals.rejected), (401, 1));
    assert!(answer.header("server").is_some_and(|server| server.starts_with("nginx")), "{answer:?}");
    assert_eq!(of_answer(answer.status, &String::from_utf8_lossy(&answer.body)), None);
}
