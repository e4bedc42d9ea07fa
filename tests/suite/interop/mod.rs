//! The senders' official SDKs as partners: what they sign both adapters accept, what the test kit signs they accept,
//! either side refuses it with one byte changed or signed by somebody else, and both answer a challenge alike.
//! `tests/interop/README.md` has the protocol.

pub mod program;
mod shapes;
mod subject;

use std::collections::BTreeSet;

use hookporter::{Clock, Outcome, Provider, Reason, SystemClock};
use serde_json::json;

use self::program::{Program, programs};
use self::subject::{Row, Subject, changed};
use crate::server::{BOTH, PATH, Server};
use crate::wire::{self, Wire};

/// The presets that no official SDK signs or verifies for: the proof is the secret itself, or nobody has written a
/// library that checks it.
#[rustfmt::skip]
const WITHOUT_SDK: &[&str] = &[
    "airtable", "asana", "auth0", "azure-event-grid", "bigcommerce", "bitbucket", "calcom", "calendly",
    "checkout-com", "circleci", "cloudevents", "cloudflare-stream", "coinbase-cdp", "deepgram", "docusign",
    "dropbox", "fastly", "flutterwave", "flutterwave-v3", "fusionauth", "gitlab", "gitlab-token", "heroku", "hubla",
    "intercom", "jira", "kick", "knock", "launchdarkly", "lemonsqueezy", "mailchannels", "mailgun", "meta",
    "microsoft-graph", "mollie", "monday", "netlify", "okta", "pagerduty", "paypal", "paystack", "persona", "plaid",
    "postmark", "quickbooks", "recurly", "render", "rfc9421", "sentry", "standard-webhooks-v1a",
    "supabase-auth-hooks", "superoffice", "tally", "telegram", "trello", "twitch", "typeform", "vercel",
    "woocommerce", "x-twitter", "xero", "zendesk", "zoom",
];

/// Where an SDK and Hookporter disagree, and who is right: row, package, op, what is seen, why it may stay.
const KNOWN: &[(&str, &str, &str, &str, &str)] = &[(
    "workos",
    "@workos-inc/node",
    "verify",
    "the SDK refuses {",
    "it judges what JSON.stringify makes of the body; the sender signs the bytes",
)];

#[test]
fn official_sdks_and_hookporter_agree_in_both_directions() {
    let name = "interop::official_sdks_and_hookporter_agree_in_both_directions";
    let Some(programs) = programs(name) else { return };
    let (mut lines, mut unexpected) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for mut program in programs {
        let rows: Vec<Row> =
            serde_json::from_value(program.ask(&json!({"op": "list"})).unwrap()["rows"].take()).unwrap();
        assert!(!rows.is_empty());
        for row in rows {
            for subject in Subject::of(&row) {
                seen.insert(subject.provider.id());
                let found = match row.op.as_str() {
                    "sign" => sign(&mut program, &row, &subject),
                    "verify" => verify(&mut program, &row, &subject),
                    "answer" => answer(&mut program, &row, &subject),
                    other => panic!("nobody told this test about the op {other}"),
                };
                // A row that could not be run is not left out of the table.
                let found = found.unwrap_or_else(|fault| vec![format!("fault: {fault}")]);
                let (line, expected) = result(&row, &subject, &found);
                if !expected {
                    unexpected.push(line.clone());
                }
                lines.push(line);
            }
        }
    }
    println!("row | preset | sdk | op | result\n{}", lines.join("\n"));
    assert!(unexpected.is_empty(), "\n{}", unexpected.join("\n"));
    let both: Vec<_> = WITHOUT_SDK.iter().filter(|id| seen.contains(*id)).collect();
    assert!(both.is_empty(), "an SDK knows {both:?}: take them off the list");
    seen.extend(WITHOUT_SDK);
    let presets: BTreeSet<_> = Provider::all().iter().map(|provider| provider.id()).collect();
    assert_eq!(seen, presets, "who meets an SDK or is said to have none, and every preset");
}

/// What became of a row in a line, and whether that was to be.
fn result(row: &Row, subject: &Subject, found: &[String]) -> (String, bool) {
    let known = KNOWN
        .iter()
        .find(|(name, package, op, _, _)| *name == row.provider && row.sdk.starts_with(package) && *op == row.op);
    let (result, expected) = match (found, known) {
        ([], None) => ("agree".to_owned(), true),
        ([only], Some((.., what, why))) if only.contains(what) => (format!("known disagreement: {only}; {why}"), true),
        ([], Some(_)) => ("agree, against the table of known disagreements".to_owned(), false),
        (several, _) => (format!("DISAGREE: {}", several.join("; ")), false),
    };
    let Row { provider, sdk, op } = row;
    (format!("{provider} | {} | {sdk} | {op} | {result}", subject.shape.preset), expected)
}

/// What the SDK signs is accepted, changed by one byte it is refused, and so it is when signed too long ago.
fn sign(program: &mut Program, row: &Row, subject: &Subject) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let refused = |reason| (subject.provider.refusal_status(), Outcome::Rejected, Some(reason));
    for adapter in BOTH {
        let server = Server::start(adapter, subject.endpoint()?);
        for body in subject.asked() {
            let signed = subject.sign(program, row, body, None)?;
            let answer = subject.send(&server, &signed, &signed.body);
            if !matches!(answer, (200, Outcome::Accepted | Outcome::Handshake, None)) {
                found.push(format!("{adapter:?} answers {answer:?} to {body}"));
            }
            let Some(reason) = subject.shape.changed else { continue };
            let answer = subject.send(&server, &signed, &changed(&signed.body));
            if answer != refused(reason) {
                found.push(format!("{adapter:?} answers {answer:?} to {body} with a byte changed"));
            }
        }
        if let Some(tolerance) = subject.provider.tolerance() {
            let too_old = SystemClock.now().as_secs() - i64::try_from(tolerance.past().as_secs()).unwrap() - 3600;
            let signed = subject.sign(program, row, subject.asked()[0], Some(too_old))?;
            let answer = subject.send(&server, &signed, &signed.body);
            if answer != refused(Reason::TimestampTooOld) {
                found.push(format!("{adapter:?} answers {answer:?} to what was signed too long ago"));
            }
        }
    }
    Ok(found)
}

/// What the test kit signs is accepted by the SDK; changed by one byte, or signed by somebody else, it is refused.
fn verify(program: &mut Program, row: &Row, subject: &Subject) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    // What is judged first waits for the SDK to be loaded, which on a busy machine takes longer than some senders' requests are
    // good for: that one is thrown away.
    let first = subject.bodies().remove(0);
    subject.judged(program, row, &subject.forged(first.as_deref())?)?;
    for body in &subject.bodies() {
        let body = body.as_deref();
        let request = subject.request(body)?;
        let shown = body.unwrap_or("the sample");
        let (accepted, error) = subject.judged(program, row, &request)?;
        if !accepted {
            found.push(format!("the SDK refuses {shown}: {error}"));
        }
        if subject.shape.changed.is_some() {
            let other = changed(std::str::from_utf8(request.body()).unwrap());
            if subject.judged(program, row, &request.with_body(other))?.0 {
                found.push(format!("the SDK accepts {shown} with a byte changed"));
            }
        }
        if subject.judged(program, row, &subject.forged(body)?)?.0 {
            found.push(format!("the SDK accepts {shown} signed by somebody else"));
        }
    }
    Ok(found)
}

/// A challenge is answered as the SDK answers it.
fn answer(program: &mut Program, row: &Row, subject: &Subject) -> Result<Vec<String>, String> {
    let query = match row.provider.as_str() {
        "braintree" => "bt_challenge=20f9f8ed05f77439fe955c977e4c8a53",
        "nylas" => "challenge=bc609b38-c81f-47fb-a275-1d9bd61be968",
        other => panic!("nobody told this test what {other} asks"),
    };
    let wanted = subject.answer(program, row, query)?;
    let mut found = Vec::new();
    for adapter in BOTH {
        let server = Server::start(adapter, subject.endpoint()?);
        let mut wire = Wire::connect(server.address);
        wire.write(&wire::request("GET", &format!("{PATH}?{query}"), &[], b""));
        let answer = wire.answer().unwrap();
        let (outcome, reason) = server.only_outcome();
        if (answer.status, outcome) != (200, Outcome::Handshake) || answer.body != wanted.as_bytes() {
            found.push(format!(
                "{adapter:?} answers {answer:?}, {outcome:?}, {reason:?}, where the SDK answers {wanted}"
            ));
        }
    }
    Ok(found)
}
