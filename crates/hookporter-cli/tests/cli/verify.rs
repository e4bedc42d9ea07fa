use hookporter_testkit::vectors::{Expectation, Vector, vectors};
use serde_json::Value;

use crate::program::{Ended, VAR, file, run};

const PROVIDERS: [&str; 10] = [
    "discord",
    "github",
    "hubla",
    "shipmondo",
    "shopify",
    "slack",
    "standard-webhooks",
    "stripe",
    "superoffice",
    "twilio",
];

/// Judges a vector as somebody would who has the request in files.
fn judged(vector: &Vector, more: &[&str]) -> Ended {
    let headers: Vec<_> = vector.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let (headers, body) = (file(headers.concat().as_bytes()), file(&vector.body));
    let at = vector.now.map_or(1_700_000_000, |now| now.as_secs()).to_string();
    let mut args =
        vec!["verify", "--provider", &vector.provider, "--secret-env", VAR, "--headers", &headers, "--body", &body];
    args.extend(["--method", &vector.method, "--at", &at]);
    args.extend(vector.url.iter().flat_map(|url| ["--url", url]));
    let ended = run(vector.secret_text().unwrap(), args.iter().chain(more));
    for file in [headers, body] {
        std::fs::remove_file(file).unwrap();
    }
    ended
}

fn check(vector: &Vector) {
    let (ended, id) = (judged(vector, &["--json"]), &vector.id);
    let line = &ended.json()[0];
    match vector.expect {
        Expectation::Refused(reason) => {
            assert_eq!((ended.status, &line["verdict"]), (1, &Value::from("rejected")), "{id}");
            assert_eq!(line["reason"], reason.as_str(), "{id}");
            assert!(line["key_id"].is_null() && line["coverage"].is_null() && line["answer"].is_null(), "{id}");
        }
        Expectation::Handshake => {
            assert_eq!((ended.status, &line["verdict"]), (0, &Value::from("handshake")), "{id}");
            let answer = &line["answer"];
            assert_eq!(answer["status"], vector.response.status.unwrap(), "{id}");
            assert_eq!(answer["body"], vector.response.body.clone().unwrap_or_default(), "{id}");
            assert_eq!(line["key_id"], VAR, "{id}");
        }
        _ => {
            assert_eq!((ended.status, &line["verdict"]), (0, &Value::from("accepted")), "{id}");
            assert!(line["reason"].is_null() && line["answer"].is_null(), "{id}");
            assert_eq!(line["key_id"], VAR, "{id}");
            let origin = vector.provider == "hubla";
            assert_eq!(line["coverage"] == "origin", origin, "{id}");
        }
    }
}

#[test]
fn every_vector_of_the_ten_providers_ends_as_it_says() {
    let vectors: Vec<_> = vectors().into_iter().filter(|vector| PROVIDERS.contains(&&*vector.provider)).collect();
    assert_eq!(vectors.len(), 34);
    vectors.iter().for_each(check);
}

fn vector(id: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.id == id).unwrap()
}

/// A challenge that is answered without a proof has no key to name.
#[test]
fn unsigned_challenges_are_shown_with_their_answer() {
    for id in ["x-crc", "dropbox-verify", "trello-head", "zoom-url-validation-unsigned", "woocommerce-ping"] {
        let vector = vector(id);
        let line = judged(&vector, &["--json"]).json().remove(0);
        assert_eq!(line["verdict"], "handshake", "{id}");
        assert_eq!(line["answer"]["body"], vector.response.body.unwrap(), "{id}");
        assert!(line["key_id"].is_null(), "{id}");
    }
    let ended = judged(&vector("okta-verify"), &[]);
    assert!(ended.stdout.contains("answer 200") && ended.stdout.contains("chal-1"), "{}", ended.stdout);
    // The verify token is the endpoint's, which this command has none of.
    let line = judged(&vector("meta-subscribe"), &["--json"]).json().remove(0);
    assert_eq!(line["reason"], "handshake-refused");
}

#[test]
fn labels_and_coverage_are_stated() {
    let line = judged(&vector("stripe-dotnet"), &["--json"]).json().remove(0);
    assert_eq!(line["event_id"], "evt_123");
    assert_eq!(line["api_version"], "2017-05-25");
    assert_eq!(line["coverage"], "body");
    let line = judged(&vector("shipmondo-object"), &["--json"]).json().remove(0);
    assert_eq!(line["coverage"], "payload");
}

#[test]
fn a_person_is_told_why() {
    let ended = judged(&vector("slack-docs-stale"), &[]);
    assert_eq!(ended.status, 1);
    assert!(
        ended.stdout.starts_with("rejected: timestamp-too-old: 301 s old, at most 300 s allowed\n"),
        "{}",
        ended.stdout
    );
    let ended = judged(&vector("discord-ping"), &[]);
    assert!(ended.stdout.contains("answer 200") && ended.stdout.contains(r#"{"type":1}"#), "{}", ended.stdout);
    let ended = judged(&vector("hubla-ok"), &[]);
    assert!(ended.stdout.contains("the body is not bound to the proof"), "{}", ended.stdout);
}

#[test]
fn a_refusal_comes_with_its_cause() {
    let good = vector("github-docs");
    assert_eq!(judged(&good, &["--json"]).json()[0]["causes"], Value::Array(Vec::new()));
    let mut newline = good.clone();
    newline.body = [&good.body[..], b"\n"].concat().into();
    let told = judged(&newline, &[]);
    let shown = "  proven      the body was changed: it fits without the newline at its end";
    assert!(told.stdout.lines().any(|line| line == shown), "{}", told.stdout);
    let line = judged(&newline, &["--json"]).json().remove(0);
    assert_eq!(line["causes"][0]["cause"], "body-changed", "{line}");
    assert_eq!(line["causes"][0]["certainty"], "proven", "{line}");
}

#[test]
fn the_tolerance_can_be_set() {
    let stale = vector("slack-docs-stale");
    assert_eq!(judged(&stale, &["--json", "--tolerance", "6m"]).json()[0]["verdict"], "accepted");
    let new = vector("sw-new");
    assert_eq!(judged(&new, &["--json", "--future-tolerance", "301"]).json()[0]["verdict"], "accepted");
    let old = judged(&new, &["--json", "--tolerance", "301"]).json().remove(0);
    assert_eq!(old["reason"], "timestamp-too-new");
}

#[test]
fn one_of_several_keys_is_enough_and_named() {
    let vector = vector("github-docs");
    let (headers, body) = (file(b""), file(&vector.body));
    let signature: Vec<_> = vector.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    std::fs::write(&headers, signature.concat()).unwrap();
    let args = ["verify", "--provider", "github", "--secret-env", "old=HOOKPORTER_OLD", "--secret-env"];
    let now = format!("2026-11={VAR}");
    let more = [now.as_str(), "--json", "--headers", &headers, "--body", &body];
    let mut command = crate::program::program(vector.secret_text().unwrap(), args.iter().chain(&more));
    let ended = Ended::of(command.env("HOOKPORTER_OLD", "the secret of last year").output().unwrap());
    assert_eq!(ended.json()[0]["key_id"], "2026-11", "{}", ended.stderr);
}
