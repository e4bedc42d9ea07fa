//! URLs that nginx rewrites, for senders that sign what they call.

use super::{CALLED, Row};

/// Those whose signature covers the URL.
const SENDERS: [&str; 5] = ["twilio", "square", "hubspot", "trello", "hubspot-v2"];
/// Those of them whose endpoints may take the path from the request.
const BY_PATH: [&str; 4] = ["twilio", "hubspot", "hubspot-v2", "contentful"];

pub(super) fn rows() -> Vec<Row> {
    let mut rows: Vec<_> = SENDERS.into_iter().flat_map(configured).collect();
    rows.extend(BY_PATH.into_iter().flat_map(by_path));
    rows.extend(queries());
    rows
}

/// The endpoint is configured with a URL that the sender does not call.
fn configured(id: &str) -> Vec<Row> {
    let row = |what, called: &str, configured: &str| Row::called(what, id, called, configured);
    let inside = |what| row(what, CALLED, "http://127.0.0.1:3000/hook");
    let called = "https://a.example/crm/hook";
    let mut rows = vec![
        inside("the URL inside, behind nginx' own host")
            .nginx("location / { proxy_pass http://$UP; }")
            .likely("wrong-url"),
        inside("the URL inside, the host passed on").proven("wrong-url"),
        inside("the URL inside, the host in X-Forwarded-Host")
            .nginx(
                "location / { proxy_pass http://$UP; proxy_set_header X-Forwarded-Host $host; \
                 proxy_set_header X-Forwarded-Proto https; }",
            )
            .proven("wrong-url"),
        row("TLS ends at nginx", CALLED, "http://a.example/hook").proven("wrong-url"),
        row("nginx takes a prefix off, and says so", called, CALLED)
            .nginx(
                "location /crm/ { proxy_pass http://$UP/; proxy_set_header Host $host; \
                 proxy_set_header X-Forwarded-Prefix /crm; }",
            )
            .proven("wrong-url"),
        row("nginx takes /api off, and says nothing", "https://a.example/api/hook", CALLED)
            .nginx("location /api/ { proxy_pass http://$UP/; proxy_set_header Host $host; }")
            .proven("wrong-url"),
        row("nginx rewrites the whole path, and passes on what was called", "https://a.example/in/acme", CALLED)
            .nginx(
                "location /in/ { rewrite ^ /hook break; proxy_pass http://$UP; proxy_set_header Host $host; \
                 proxy_set_header X-Original-URI $request_uri; }",
            )
            .proven("wrong-url"),
    ];
    // Twilio's signatures hold with and without the port.
    if id != "twilio" {
        rows.push(
            row("a port that the URL lacks", "https://a.example:8443/hook", CALLED)
                .nginx("location / { proxy_pass http://$UP; proxy_set_header Host $http_host; }")
                .proven("wrong-url"),
        );
    }
    rows
}

/// What the server sees of the path is not what was called.
fn by_path(id: &str) -> Vec<Row> {
    // Contentful's endpoint needs no URL at all: the request's own path counts.
    let row = |what, called| Row::by_path(what, id, called).proven("wrong-url");
    let passed = |uri: &str| format!("location / {{ proxy_pass http://$UP{uri}; proxy_set_header Host $host; }}");
    let mut rows = vec![
        row("nginx adds a slash", CALLED)
            .nginx("location = /hook { proxy_pass http://$UP/hook/; proxy_set_header Host $host; }"),
        row("nginx adds a prefix", CALLED).nginx(&passed("/internal/")),
        row("nginx merges slashes", "https://a.example//hook").nginx(&passed("/")),
    ];
    // HubSpot's newest version signs what is decoded.
    if id != "hubspot" {
        rows.push(row("nginx decodes what is escaped", "https://a.example/hook/acme%40b.example").nginx(&passed("/")));
    }
    rows
}

/// What becomes of the query.
fn queries() -> Vec<Row> {
    const DROPPED: &str =
        "location / { rewrite ^ /hook? break; proxy_pass http://$UP; proxy_set_header Host $host; $MORE }";
    let dropped = DROPPED.replace("$MORE", "");
    let said = DROPPED.replace("$MORE", "proxy_set_header X-Original-URI $request_uri;");
    let with_query = "https://a.example/hook?source=crm";
    let mut rows = Vec::new();
    for id in SENDERS {
        let row = |what, configured| Row::called(what, id, with_query, configured).proven("wrong-url");
        rows.push(row("nginx drops the query, and passes on what was called", CALLED).nginx(&said));
        // Where URL and body are one text, the body is not read without a URL.
        let configured = row("nginx drops the query that is configured", with_query).nginx(&dropped);
        rows.push(if ["square", "trello"].contains(&id) { configured.likely("wrong-url") } else { configured });
    }
    // Nothing is left that could tell: it may as well be the secret.
    rows.push(
        Row::called("nginx drops the query, and says nothing", "square", with_query, CALLED)
            .nginx(&dropped)
            .likely("wrong-url"),
    );
    let json = |what| {
        Row::of(what, "twilio").request(|maker| maker.header("content-type", "application/json").body("{\"a\":1}"))
    };
    rows.push(json("nginx drops the query with the body's hash").nginx(&dropped).likely("query-lost"));
    rows.push(json("nginx drops the query with the body's hash, and passes it on").nginx(&said).proven("wrong-url"));
    rows
}
