//! Requests as senders make them, signed by this package itself and not by the code that is measured.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use hookporter_core::{Clock, SystemClock};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;

/// A sender whose scheme is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// GitHub: the body alone.
    GitHub,
    /// Slack: `v0:{timestamp}:{body}`.
    Slack,
    /// Standard Webhooks: `{id}.{timestamp}.{body}`, base64.
    StandardWebhooks,
    /// Stripe: `{timestamp}.{body}`, a list header.
    Stripe,
}

/// A request of a sender's, ready to be checked.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Who sent it.
    pub sender: Sender,
    /// All headers of the request.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The timestamp's text.
    pub timestamp: String,
}

/// The id that signed ids have here.
pub const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
/// What a body's number is written over, behind the first quote of `evt_`.
const NUMBER: &str = "0000000000000000";

impl Sender {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Stripe, Self::GitHub, Self::StandardWebhooks, Self::Slack];

    /// The id of its preset.
    #[must_use]
    pub const fn provider(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Slack => "slack",
            Self::StandardWebhooks => "standard-webhooks",
            Self::Stripe => "stripe",
        }
    }

    /// Its secret, as a dashboard shows it.
    #[must_use]
    pub const fn secret(self) -> &'static str {
        match self {
            Self::GitHub => "a secret that is long and random",
            Self::Slack => "8f742231b10e8888abcd99yyyzzz85a5",
            Self::StandardWebhooks | Self::Stripe => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        }
    }

    /// The MAC of its messages, keyed.
    #[must_use]
    pub fn mac(self) -> Hmac<Sha256> {
        let secret = self.secret();
        let key = match self {
            Self::StandardWebhooks => STANDARD.decode(secret.trim_start_matches("whsec_")).expect("base64"),
            _ => secret.as_bytes().to_vec(),
        };
        Hmac::new_from_slice(&key).expect("HMAC takes every key")
    }

    /// Feeds what stands before the body.
    fn feed(self, mac: &mut Hmac<Sha256>, timestamp: &str) {
        match self {
            Self::GitHub => {}
            Self::Slack => {
                mac.update(b"v0:");
                mac.update(timestamp.as_bytes());
                mac.update(b":");
            }
            Self::StandardWebhooks => {
                mac.update(ID.as_bytes());
                mac.update(b".");
                mac.update(timestamp.as_bytes());
                mac.update(b".");
            }
            Self::Stripe => {
                mac.update(timestamp.as_bytes());
                mac.update(b".");
            }
        }
    }

    /// The headers that carry the proof.
    fn proof(self, timestamp: &str, body: &[u8]) -> Vec<(&'static str, String)> {
        let mut mac = self.mac();
        self.feed(&mut mac, timestamp);
        mac.update(body);
        let tag = mac.finalize().into_bytes();
        match self {
            Self::GitHub => vec![("x-hub-signature-256", format!("sha256={}", const_hex::encode(tag)))],
            Self::Slack => vec![
                ("x-slack-request-timestamp", timestamp.to_owned()),
                ("x-slack-signature", format!("v0={}", const_hex::encode(tag))),
            ],
            Self::StandardWebhooks => vec![
                ("webhook-id", ID.to_owned()),
                ("webhook-timestamp", timestamp.to_owned()),
                ("webhook-signature", format!("v1,{}", STANDARD.encode(tag))),
            ],
            Self::Stripe => vec![("stripe-signature", format!("t={timestamp},v1={}", const_hex::encode(tag)))],
        }
    }
}

impl Sample {
    /// A request with a body of exactly `size` bytes, signed now.
    #[must_use]
    pub fn new(sender: Sender, size: usize) -> Self {
        Self::with_body(sender, event(size, false))
    }

    /// A request with this body, signed now.
    #[must_use]
    pub fn with_body(sender: Sender, body: Bytes) -> Self {
        let timestamp = SystemClock.now().as_secs().to_string();
        let mut headers = common_headers(body.len());
        for (name, value) in sender.proof(&timestamp, &body) {
            headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).expect("ASCII"));
        }
        Self { sender, headers, body, timestamp }
    }

    /// The same request with another event's id in its body, signed now.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Self {
        let mut body = self.body.to_vec();
        let at = body.windows(NUMBER.len()).position(|part| part == NUMBER.as_bytes()).expect("a number's place");
        body[at..at + NUMBER.len()].copy_from_slice(format!("{number:016x}").as_bytes());
        Self::with_body(self.sender, body.into())
    }

    /// The floor: the MAC alone, from a state keyed once.
    pub fn floor(&self) -> impl FnMut() -> [u8; 32] + 'static {
        let (sender, keyed, sample) = (self.sender, self.sender.mac(), self.clone());
        move || {
            let mut mac = std::hint::black_box(&keyed).clone();
            sender.feed(&mut mac, &sample.timestamp);
            mac.update(&sample.body);
            mac.finalize().into_bytes().into()
        }
    }

    /// The bytes of this request in HTTP/1.1.
    #[must_use]
    pub fn to_http1(&self, path: &str) -> Vec<u8> {
        let mut bytes = format!("POST {path} HTTP/1.1\r\n").into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// What every sender sends beside the proof.
fn common_headers(length: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "hooks.example.com"),
        ("user-agent", "Sender/1.0 (+https://sender.example/docs/webhooks)"),
        ("accept", "*/*"),
        ("accept-encoding", "gzip, deflate"),
        ("content-type", "application/json; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("x-github-event", "invoice"),
        ("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert("content-length", HeaderValue::from(length));
    headers
}

/// An event in Stripe's shape of exactly `size` bytes: `id` first, `type` last, nested objects between, on one line
/// or, as Stripe itself writes it, on many.
#[must_use]
pub fn event(size: usize, pretty: bool) -> Bytes {
    let mut lines = Vec::new();
    loop {
        let shorter = text(&lines, "", pretty);
        lines.push(line(lines.len()));
        if text(&lines, "", pretty).len() > size {
            lines.pop();
            let missing = size.checked_sub(shorter.len()).expect("room for an empty event");
            return text(&lines, &"x".repeat(missing), pretty).into();
        }
    }
}

fn text(lines: &[Value], filling: &str, pretty: bool) -> String {
    // Written by hand where the order of members counts: a map would sort them.
    let object = json!({ "lines": lines, "description": filling });
    let object = if pretty { serde_json::to_string_pretty(&object).expect("JSON") } else { object.to_string() };
    let (comma, colon, open, close) = if pretty { (",\n  ", ": ", "{\n  ", "\n}") } else { (",", ":", "{", "}") };
    let members = [
        ("id", format!("\"evt_{NUMBER}\"")),
        ("api_version", "\"2025-08-27.basil\"".to_owned()),
        ("created", "1700000000".to_owned()),
        ("data", object),
        ("livemode", "true".to_owned()),
        ("type", "\"invoice.paid\"".to_owned()),
    ];
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\"{colon}{value}")).collect();
    format!("{open}{}{close}", members.join(comma))
}

/// One line of an invoice.
fn line(number: usize) -> Value {
    json!({
        "id": format!("il_{number:020}"), "object": "line_item", "amount": 2000 + number, "currency": "eur",
        "description": "One month of \"Basic\", café included", "discountable": true, "discounts": [],
        "period": { "start": 1_700_000_000, "end": 1_702_592_000 }, "metadata": { "order": "6735", "note": null },
        "tax_amounts": [{ "amount": 380, "inclusive": false, "tax_rate": "txr_1MXjsuLkdIwHu7ixOzXNkMJI" }],
    })
}
