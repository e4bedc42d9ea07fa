//! Bodies that were changed between the sender and the check.

use hookporter::Secret;
use hookporter::diagnosis::Certainty::{Likely, Possible, Proven};
use hookporter_testkit::SignedRequest;
use serde_json::Value;

use super::{Row, sender};

pub(super) fn rows() -> Vec<Row> {
    let json = ["stripe", "github", "shopify", "standard-webhooks", "square"];
    let mut rows: Vec<_> = json.into_iter().flat_map(of_json).collect();
    rows.extend(of_forms());
    rows.extend(lost());
    rows
}

/// What JavaScript writes, with what libraries write differently.
const COMPACT: &str = r#"{"id":"evt_1","type":"invoice.paid","z":[1,2.50,{}],"a":{"url":"https://a.example/b?c=d&e=<f>","name":"Zoë 😀"}}"#;

fn signed(id: &str, body: impl Into<Vec<u8>>) -> SignedRequest {
    sender(id).body(body.into()).build()
}

/// A body as people's proxies and frameworks change it.
fn of_json(id: &'static str) -> Vec<Row> {
    let row = |what, sent: &str, received: &str| {
        let received = received.as_bytes().to_vec();
        Row::of(what, id, &signed(id, sent)).body(|_| received).is("body-changed", Proven)
    };
    let python = COMPACT
        .replace(",\"", ", \"")
        .replace("\":", "\": ")
        .replace("[1,2.50,{", "[1, 2.50, {")
        .replace("ë", "\\u00eb")
        .replace("😀", "\\ud83d\\ude00");
    let php = COMPACT.replace('/', "\\/").replace("ë", "\\u00eb").replace("😀", "\\ud83d\\ude00");
    let go = COMPACT.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    for text in [&python, &php, &go] {
        assert_eq!(value(text), value(COMPACT));
    }
    let pretty = "{\n  \"id\": \"evt_1\",\n  \"list\": [\n    1\n  ]\n}";
    let narrow = r#"{"id":"evt_1","list":[1]}"#;
    let lines = "{\n\"id\": \"evt_1\"\n}";
    vec![
        row("an editor's newline at the end", COMPACT, &format!("{COMPACT}\n")),
        row("a newline trimmed from the end", &format!("{COMPACT}\n"), COMPACT),
        row("indented for reading", COMPACT, &COMPACT.replace(",\"", ",\n  \"").replace("\":", "\": ")),
        row("pretty from the sender, narrow here", pretty, narrow),
        row("Python's spelling from the sender, JavaScript's here", &python, COMPACT),
        row("PHP's spelling from the sender, JavaScript's here", &php, COMPACT),
        row("Go's spelling from the sender, JavaScript's here", &go, COMPACT),
        row("JavaScript's spelling from the sender, Python's here", COMPACT, &python),
        row("Windows line ends", lines, &lines.replace('\n', "\r\n")),
        row("a byte order mark", COMPACT, &format!("\u{feff}{COMPACT}")),
        row("encoded as JSON twice", COMPACT, &serde_json::to_string(COMPACT).unwrap()),
    ]
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn of_forms() -> Vec<Row> {
    let sent = "token=abc&text=two+words&url=https%3A%2F%2Fa.example%2F%3Fb%3Dc";
    let row = |what, received: &str| {
        let received = received.to_owned();
        Row::of(what, "slack", &signed("slack", sent)).text(|_| received).is("body-changed", Proven)
    };
    vec![
        row("a form that was decoded", "token=abc&text=two words&url=https://a.example/?b=c"),
        row("blanks as %20", &sent.replace('+', "%20")),
        row(
            "escapes in lower case",
            &sent.replace("%3A", "%3a").replace("%2F", "%2f").replace("%3F", "%3f").replace("%3D", "%3d"),
        ),
        Row::of("UTF-8 turned into Latin-1", "github", &signed("github", "{\"a\":\"é\"}"))
            .body(|_| b"{\"a\":\"\xe9\"}".to_vec())
            .is("body-changed", Proven),
        Row::of("Latin-1 turned into UTF-8", "github", &signed("github", &b"{\"a\":\"\xe9\"}"[..]))
            .body(|_| "{\"a\":\"é\"}".into())
            .is("body-changed", Proven),
    ]
}

/// What is no longer there cannot be proven.
fn lost() -> Vec<Row> {
    let row = |what, id: &str| Row::of(what, id, &signed(id, COMPACT));
    let nobodys = |what, query: String| {
        let row = Row::of(what, "twilio", &sender("twilio").build()).keys(Secret::weak("a secret of somebody else's"));
        let row = row.body(|_| COMPACT.into()).headers(|lines| {
            lines.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type")).collect()
        });
        Row { url: format!("https://a.example/hook{query}"), ..row }.is("body-changed", Likely)
    };
    vec![
        row("a body that a framework has read", "stripe").body(|_| Vec::new()).is("body-empty", Likely),
        row("a body that a framework has read", "github").body(|_| Vec::new()).is("body-empty", Likely),
        row("a body that was cut", "github")
            .header("content-length", "117")
            .body(|body| body[..50].to_vec())
            .is("body-cut", Likely),
        // Anybody may say that a body is JSON, and state a hash.
        nobodys("JSON without a hash", String::new()),
        nobodys("the hash of another body", format!("?bodySHA256={}", "0".repeat(64))),
        row("members in another order", "shopify").text(|body| value(&body).to_string()).is("body-changed", Possible),
    ]
}
