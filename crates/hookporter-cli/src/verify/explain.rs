//! A verdict in words.

use hookporter::core::Label;
use hookporter::diagnosis::Diagnosis;
use hookporter::{Coverage, Evidence, Provider, Reason, Rejection, UnixTime};

use super::{Proven, Verdict};
use crate::output;
use crate::style::{Paint, Style};

/// The verdict, its reason, and what shows it; several lines.
pub(super) fn human(provider: &Provider, verdict: &Verdict, now: UnixTime, style: Style) -> String {
    let mut lines = match verdict {
        Verdict::Accepted(_) => vec!["accepted".to_owned()],
        Verdict::Handshake(_, answer) => {
            let mut lines =
                vec![format!("handshake: the sender asks whether you own the URL; answer {}", answer.status)];
            lines.extend(super::headers(answer).map(|(name, value)| row("header", &format!("{name}: {value}"))));
            if !answer.body.is_empty() {
                lines.push(row("body", &String::from_utf8_lossy(&answer.body)));
            }
            lines
        }
        Verdict::Rejected(rejection, causes) => refusal(rejection, causes, now),
    };
    lines.push(row("provider", provider.name()));
    if let Some(proven) = verdict.proven() {
        lines.extend(facts(proven, now));
    }
    let mut lines: Vec<_> = lines.iter().map(|line| output::escaped(line)).collect();
    if let Some(first) = lines.first_mut() {
        let paint = if matches!(verdict, Verdict::Rejected(..)) { Paint::Bad } else { Paint::Good };
        *first = style.paint(paint, first);
    }
    lines.join("\n")
}

/// What is known of a proven delivery.
fn facts(proven: &Proven, now: UnixTime) -> Vec<String> {
    let (delivery, labels) = (&proven.delivery, &proven.labels);
    let mut lines = vec![row("key", delivery.key_id().as_str()), row("coverage", covered(delivery.coverage()))];
    if let Some(sent) = delivery.sent_at() {
        let (sent, now) = (sent.as_secs(), now.as_secs());
        let apart = now.abs_diff(sent);
        let side = if sent <= now { "before" } else { "after" };
        lines.push(row("signed at", &format!("{sent}, {apart} s {side} the moment it is judged at, {now}")));
    }
    for (name, label) in [("event id", &labels.id), ("event type", &labels.kind), ("version", &labels.version)] {
        lines.extend(label.as_ref().map(|label| row(name, &shown(label))));
    }
    if labels.ambiguous {
        lines.push(row("note", "a label stands twice in the body, so neither of the two was taken"));
    }
    lines
}

fn refusal(rejection: &Rejection, causes: &[Diagnosis], now: UnixTime) -> Vec<String> {
    let mut lines = vec![format!("rejected: {rejection}")];
    if matches!(rejection.evidence(), Evidence::Skew { .. }) {
        lines.push(row("judged at", &now.as_secs().to_string()));
    }
    lines.extend(causes.iter().map(|one| row(one.certainty.as_str(), &one.to_string())));
    if causes.is_empty() {
        lines.extend(hint(rejection.kind()).map(|hint| row("look at", hint)));
    }
    lines.push(row("read", &rejection.kind().guide()));
    lines
}

fn row(name: &str, text: &str) -> String {
    format!("  {name:<10}  {text}")
}

fn shown(label: &Label) -> String {
    if label.is_signed() {
        label.as_str().to_owned()
    } else {
        format!("{} (a hint: the proof does not cover it)", label.as_str())
    }
}

const fn covered(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Body => "body: every byte of it",
        Coverage::Payload => "payload: what the token says, and nothing around it",
        Coverage::Fields => "fields: some of the body, not all",
        Coverage::Origin => "origin: the sender knows the key; the body is not bound to the proof",
        _ => "unknown",
    }
}

/// Where the cause usually is.
const fn hint(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::MissingHeader => "whether a proxy strips the header, or another sender made the request",
        Reason::RepeatedHeader => "a proxy that adds the header a second time, or a copy in the file",
        Reason::MalformedHeader | Reason::ConflictingHeaders => {
            "a proxy that merges headers; whether the header was cut when it was captured"
        }
        Reason::MalformedTimestamp => "the unit of the time: seconds, milliseconds or ISO 8601, as the sender has it",
        Reason::TimestampTooOld => "the time of judgement (a captured request takes --at), late delivery, the clocks",
        Reason::TimestampTooNew => "the time of judgement (--at), and the clocks of both machines",
        Reason::InvalidSignature => {
            "the key; bytes that changed on the way (re-encoded JSON, a newline at the end of the file); the URL, where it is signed"
        }
        Reason::BodyHashMismatch => {
            "bytes of the body that changed on the way, such as a newline at the end of the file"
        }
        Reason::MalformedBody | Reason::MalformedToken => "whether the whole body was captured, and is this sender's",
        Reason::UnsupportedAlgorithm => "who made the token: this sender's tokens name one algorithm",
        Reason::MethodNotAllowed => "the method: this sender uses another one (--method)",
        Reason::BodyTooLarge => "the body: this sender's are smaller",
        Reason::MalformedEncoding => "whether the whole body was captured, as it was sent and not inflated",
        Reason::UnsupportedEncoding => "a proxy that compresses: the proof is over the bytes as they were sent",
        Reason::TokenExpired | Reason::TokenNotYetValid => {
            "the time of judgement (--at), and the clocks of both machines"
        }
        _ => return None,
    })
}
