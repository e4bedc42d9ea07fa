//! The senders' official SDKs as partners: what they sign both adapters accept, what the test kit signs they accept,
//! and either side refuses it with one byte changed. `tests/interop/README.md` has the protocol.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use hookporter::{Clock, Endpoint, Outcome, Provider, Reason, Secret, SystemClock};
use hookporter_testkit::TestKeys;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::{BOTH, PATH, Server};
use crate::wire::{self, Wire};

/// The presets that no official SDK signs or verifies for: Hubla's proof is the token itself, SuperOffice and the
/// asymmetric half of Standard Webhooks have no library.
const WITHOUT_SDK: &[&str] =
    &["cloudevents", "hubla", "mailchannels", "rfc9421", "standard-webhooks-v1a", "superoffice"];

/// Where an SDK and Hookporter disagree, and who is right: provider, package, op, what is seen, why it may stay.
const KNOWN: &[(&str, &str, &str, &str, &str)] = &[];

/// A public URL, as Twilio signs it; the path behind the proxy is another.
const URL: &str = "https://hooks.example/in/twilio";

/// What an SDK can do.
#[derive(Debug, Deserialize)]
struct Row {
    provider: String,
    op: String,
    sdk: String,
}

/// What an SDK has signed.
#[derive(Debug, Deserialize)]
struct Signed {
    headers: Vec<(String, String)>,
    body: String,
    url: Option<String>,
}

/// An SDK's judgement.
#[derive(Debug, Deserialize)]
struct Judgement {
    accepted: bool,
    error: Option<String>,
}

#[test]
fn official_sdks_and_hookporter_agree_in_both_directions() {
    let name = "interop::official_sdks_and_hookporter_agree_in_both_directions";
    let Some(programs) = programs(name) else { return };
    let (mut lines, mut unexpected, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for mut program in programs {
        let rows: Vec<Row> = serde_json::from_value(program.ask(&json!({"op": "list"}))["rows"].take()).unwrap();
        assert!(!rows.is_empty());
        for row in rows {
            let found = match row.op.as_str() {
                "sign" => sign(&mut program, &row),
                "verify" => verify(&mut program, &row),
                other => panic!("nobody told this test about the op {other}"),
            };
            seen.insert(Subject::of(&row).preset);
            let known = KNOWN.iter().find(|(provider, package, op, _, _)| {
                *provider == row.provider && row.sdk.starts_with(package) && *op == row.op
            });
            let result = match (found.as_slice(), known) {
                ([], None) => "agree".to_owned(),
                ([only], Some((.., what, why))) if only.contains(what) => format!("known disagreement: {only}; {why}"),
                ([], Some(_)) => "agree, against the table of known disagreements".to_owned(),
                (several, _) => format!("DISAGREE: {}", several.join("; ")),
            };
            let line = format!("{} | {} | {} | {result}", row.provider, row.sdk, row.op);
            if found.is_empty() == known.is_some() || result.starts_with("DISAGREE") {
                unexpected.push(line.clone());
            }
            lines.push(line);
        }
    }
    println!("provider | sdk | op | result\n{}", lines.join("\n"));
    assert!(unexpected.is_empty(), "\n{}", unexpected.join("\n"));
    seen.extend(WITHOUT_SDK);
    let presets: BTreeSet<_> = Provider::all().iter().map(|provider| provider.id()).collect();
    assert_eq!(seen, presets, "every preset meets an SDK, or is said to have none");
}

/// What the SDK signs is accepted, changed by one byte it is refused, and so it is when signed an hour ago.
fn sign(program: &mut Program, row: &Row) -> Vec<String> {
    let subject = Subject::of(row);
    let mut found = Vec::new();
    for adapter in BOTH {
        let server = Server::start(adapter, subject.endpoint());
        for body in subject.bodies {
            let signed = subject.sign(program, row, body, None);
            let answer = send(&server, &subject, &signed, &signed.body);
            if !matches!(answer, (200, Outcome::Accepted | Outcome::Handshake, None)) {
                found.push(format!("{adapter:?} answers {answer:?} to {body}"));
            }
            let answer = send(&server, &subject, &signed, &changed(&signed.body));
            if answer != (401, Outcome::Rejected, Some(subject.changed)) {
                found.push(format!("{adapter:?} answers {answer:?} to {body} with a byte changed"));
            }
        }
        if Provider::by_id(subject.preset).unwrap().tolerance().is_some() {
            let hour_ago = SystemClock.now().as_secs() - 3600;
            let signed = subject.sign(program, row, subject.bodies[0], Some(hour_ago));
            let answer = send(&server, &subject, &signed, &signed.body);
            if answer != (401, Outcome::Rejected, Some(Reason::TimestampTooOld)) {
                found.push(format!("{adapter:?} answers {answer:?} to what was signed an hour ago"));
            }
        }
    }
    found
}

/// What the test kit signs is accepted by the SDK, and changed by one byte it is refused.
fn verify(program: &mut Program, row: &Row) -> Vec<String> {
    let subject = Subject::of(row);
    let mut found = Vec::new();
    for body in subject.bodies {
        let maker = match row.provider.as_str() {
            "twilio-json" => hookporter_testkit::twilio_json(subject.keys.sender),
            _ => hookporter_testkit::provider(subject.preset, subject.keys.sender).unwrap(),
        };
        let url = format!("{URL}?tenant=a&empty=");
        let request = maker.body(*body).header("content-type", subject.content_type).url(&url).build();
        let text = std::str::from_utf8(request.body()).unwrap();
        let mut judge = |body: &str| -> Judgement {
            serde_json::from_value(program.ask(&json!({
                "op": "verify", "provider": row.provider, "secret": subject.keys.receiver, "body": body,
                "headers": request.headers(), "url": request.url(), "method": request.method(),
            })))
            .unwrap()
        };
        let (good, forged) = (judge(text), judge(&changed(text)));
        if !good.accepted {
            found.push(format!("the SDK refuses {body}: {:?}", good.error));
        }
        if forged.accepted {
            found.push(format!("the SDK accepts {body} with a byte changed"));
        }
    }
    found
}

/// What a row is about, as Hookporter has it.
struct Subject {
    preset: &'static str,
    keys: TestKeys,
    content_type: &'static str,
    bodies: &'static [&'static str],
    /// Why a changed body is refused.
    changed: Reason,
}

/// Each has the value that is changed; the second is what a JSON library would write otherwise.
const JSON: &[&str] = &[
    r#"{"id":"evt_1","type":"thing.changed","note":"value-1","amount":1700}"#,
    "{ \"id\" : \"evt_2\",\"type\":\"thing.changed\", \"note\":\"value-1 Gr\u{fc}\u{df}e \u{2028} \u{1f389}\", \"path\":\"\\/\\u00e9\", \"n\":1.0}\n",
];

/// The second has what URL encodings differ in, an empty value, a name that comes twice, and a field that does.
const FORM: &[&str] = &[
    "AccountSid=AC1&Body=value-1&From=%2B15551234567",
    "MessageSid=SM2&Body=value-1+Gr%C3%BC%C3%9Fe%26%3D*~&Empty=&MediaUrl=b&MediaUrl=a&MediaUrl=b",
];

impl Subject {
    fn of(row: &Row) -> Self {
        let preset = match row.provider.as_str() {
            "svix" => "standard-webhooks",
            "twilio-form" | "twilio-json" => "twilio",
            other => Provider::by_id(other).unwrap().id(),
        };
        let form = row.provider == "twilio-form";
        Self {
            preset,
            keys: hookporter_testkit::keys(preset).unwrap(),
            content_type: if form { "application/x-www-form-urlencoded" } else { "application/json" },
            bodies: if form { FORM } else { JSON },
            changed: if row.provider == "twilio-json" { Reason::BodyHashMismatch } else { Reason::InvalidSignature },
        }
    }

    fn endpoint(&self) -> Endpoint {
        let secret = Secret::new(self.keys.receiver);
        match self.preset {
            "twilio" => Endpoint::provider_at(self.preset, secret, URL).unwrap(),
            _ => Endpoint::provider(self.preset, secret).unwrap(),
        }
    }

    fn sign(&self, program: &mut Program, row: &Row, body: &str, timestamp: Option<i64>) -> Signed {
        let mut signed: Signed = serde_json::from_value(program.ask(&json!({
            "op": "sign", "provider": row.provider, "secret": self.keys.sender, "body": body,
            "timestamp": timestamp, "url": format!("{URL}?tenant=a&empty="),
        })))
        .unwrap();
        if !signed.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            signed.headers.push(("content-type".to_owned(), self.content_type.to_owned()));
        }
        signed
    }
}

fn send(server: &Server, subject: &Subject, signed: &Signed, body: &str) -> (u16, Outcome, Option<Reason>) {
    server.forget();
    let query = signed.url.as_deref().and_then(|url| url.split_once('?')).filter(|_| subject.preset == "twilio");
    let target = query.map_or_else(|| PATH.to_owned(), |(_, query)| format!("{PATH}?{query}"));
    let headers: Vec<_> =
        signed.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone().into_bytes())).collect();
    let mut wire = Wire::connect(server.address);
    wire.write(&wire::request("POST", &target, &headers, body.as_bytes()));
    let status = wire.answer().unwrap_or_else(|| panic!("no answer to {signed:?}")).status;
    let (outcome, reason) = server.only_outcome();
    (status, outcome, reason)
}

/// The body with one byte of a value changed; of a token the middle of its payload, since the last character of
/// base64 may have bits that count for nothing.
fn changed(body: &str) -> String {
    let changed = match body.contains("value-1") {
        true => body.replacen("value-1", "value-2", 1),
        false => {
            let (dot, end) = (body.find('.').unwrap() + 1, body.rfind('.').unwrap());
            let middle = dot.midpoint(end);
            let other = if &body[middle..=middle] == "A" { "B" } else { "A" };
            format!("{}{other}{}", &body[..middle], &body[middle + 1..])
        }
    };
    assert_ne!(changed, body);
    changed
}

/// A running program of SDKs.
struct Program {
    child: Child,
    requests: ChildStdin,
    answers: mpsc::Receiver<String>,
}

impl Program {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (requests, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, answers) = mpsc::channel();
        // A thread, so that a program that hangs fails the test instead of stopping it.
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, requests, answers }
    }

    /// An answer; one that the harness could not run is a fault of this test.
    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").unwrap();
        let line =
            self.answers.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("no answer: {request}"));
        let answer: Value = serde_json::from_str(&line).unwrap();
        let fault = answer.as_object().is_some_and(|answer| answer.len() == 1 && answer.contains_key("error"));
        assert!(!fault, "{request}: {answer}");
        answer
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The SDKs, installed where they are not; `None` where this machine has no Python or Node and is no CI.
fn programs(test: &str) -> Option<[Program; 2]> {
    let interop = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop").canonicalize().unwrap();
    let installed = interop.ancestors().nth(2).unwrap().join("target/interop");
    let in_ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    let runs = |program: &str| Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok();
    if let Some(missing) = ["bash", "python3", "node", "npm"].into_iter().find(|program| !in_ci && !runs(program)) {
        eprintln!("SKIPPED {test}: there is no {missing} here");
        return None;
    }
    let setup = Command::new("bash").arg(interop.join("setup.sh")).arg(&installed).output().unwrap();
    assert!(setup.status.success(), "setup.sh: {}", String::from_utf8_lossy(&setup.stderr));
    let mut python = Command::new(installed.join("venv/bin/python"));
    let mut node = Command::new("node");
    node.env("HOOKPORTER_INTEROP_DIR", &installed);
    Some([Program::start(python.arg(interop.join("sdk.py"))), Program::start(node.arg(interop.join("sdk.mjs")))])
}
