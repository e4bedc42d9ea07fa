//! Public URLs that are not what the sender calls.

use hookporter::diagnosis::Certainty::Proven;

use super::{Row, sender};

pub(super) fn rows() -> Vec<Row> {
    ["twilio", "square", "hubspot", "trello", "hubspot-v2"].into_iter().flat_map(of).collect()
}

/// Signed for one URL, checked with another; the request itself says what a server sees of it.
fn of(id: &'static str) -> Vec<Row> {
    let row = |what, called: &str, configured: &str, target: &str| {
        let row = Row::of(what, id, &sender(id).url(called).target(target).build());
        Row { url: configured.to_owned(), ..row }.is("wrong-url", Proven)
    };
    let host = row("the host inside the network", "https://hooks.example/hook", "https://app.internal/hook", "/hook");
    let named =
        row("another host, which the proxy names", "https://eu.example/hook", "https://us.example/hook", "/hook");
    let mut rows = vec![
        row("http behind a proxy that ends TLS", "https://a.example/hook", "http://a.example/hook", "/hook"),
        row("a slash at the end", "https://a.example/hook/", "https://a.example/hook", "/hook"),
        row("a prefix that the proxy takes off", "https://a.example/in/hook", "https://a.example/hook", "/hook")
            .header("x-forwarded-prefix", "/in"),
        host.header("host", "hooks.example"),
        named.header("host", "app.internal").header("x-forwarded-host", "eu.example"),
    ];
    // Twilio's signatures hold with and without the port.
    if id != "twilio" {
        rows.push(row("another port", "https://a.example/hook", "https://a.example:8443/hook", "/hook"));
    }
    rows
}
