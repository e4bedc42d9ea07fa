//! A row of the harness as Hookporter has it: keys, endpoint, and what is sent.

use hookporter::{Clock, Endpoint, Outcome, Provider, Reason, Secret, SystemClock};
use hookporter_testkit::{SignedRequest, TestKeys};
use serde::Deserialize;
use serde_json::json;

use super::program::Program;
use super::shapes::{SHAPES, Shape};
use crate::server::{PATH, Server};
use crate::wire::{self, Wire};

/// A public URL, as some senders sign it; the path behind the proxy is another.
const URL: &str = "https://hooks.example/in/hook";

/// What an SDK can do.
#[derive(Debug, Deserialize)]
pub struct Row {
    pub provider: String,
    pub op: String,
    pub sdk: String,
}

/// What an SDK has signed.
#[derive(Debug, Deserialize)]
pub struct Signed {
    headers: Vec<(String, String)>,
    pub body: String,
    url: Option<String>,
}

/// A row and a preset that it is held against.
pub struct Subject {
    pub shape: Shape,
    pub provider: &'static Provider,
    keys: TestKeys,
}

impl Subject {
    /// The subjects of a row.
    pub fn of(row: &Row) -> Vec<Self> {
        let shapes: Vec<_> = SHAPES.iter().filter(|shape| shape.row == row.provider).collect();
        assert!(!shapes.is_empty(), "nobody told this test about the row {row:?}");
        let subject = |shape: &&Shape| {
            let provider = Provider::by_id(shape.preset).unwrap();
            Self { shape: **shape, provider, keys: hookporter_testkit::keys(shape.preset).unwrap() }
        };
        shapes.iter().map(subject).collect()
    }

    pub fn endpoint(&self) -> Result<Endpoint, String> {
        let secret = Secret::new(self.keys.receiver);
        let endpoint = match self.shape.query {
            Some(_) => Endpoint::provider_at(self.shape.preset, secret, URL),
            None => Endpoint::provider(self.shape.preset, secret),
        };
        endpoint.map_err(|error| error.to_string())
    }

    /// What the SDK signs.
    pub fn asked(&self) -> &'static [&'static str] {
        if self.shape.asked.is_empty() { self.shape.bodies } else { self.shape.asked }
    }

    /// What the test kit signs, at this moment; `None` is its sample.
    pub fn bodies(&self) -> Vec<Option<String>> {
        let millis = (SystemClock.now().as_secs() * 1000).to_string();
        match self.shape.bodies {
            [] => vec![None],
            bodies => bodies.iter().map(|body| Some(body.replace("{millis}", &millis))).collect(),
        }
    }

    fn url(&self) -> String {
        format!("{URL}?{}", self.shape.query.unwrap_or("tenant=a&empty="))
    }

    /// What the SDK signs.
    pub fn sign(&self, program: &mut Program, row: &Row, body: &str, timestamp: Option<i64>) -> Result<Signed, String> {
        let answer = program.ask(&json!({
            "op": "sign", "provider": row.provider, "secret": self.keys.sender, "body": body,
            "timestamp": timestamp, "url": self.url(),
        }))?;
        let mut signed: Signed = serde_json::from_value(answer).unwrap();
        if !signed.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            signed.headers.push(("content-type".to_owned(), self.shape.content_type.to_owned()));
        }
        Ok(signed)
    }

    /// What the test kit signs: this body, or its own sample.
    pub fn request(&self, body: Option<&str>) -> Result<SignedRequest, String> {
        self.made(self.keys.sender, body)
    }

    /// The same, signed by somebody else.
    pub fn forged(&self, body: Option<&str>) -> Result<SignedRequest, String> {
        self.made(self.keys.wrong, body)
    }

    fn made(&self, key: &str, body: Option<&str>) -> Result<SignedRequest, String> {
        let maker = match self.shape.row {
            "twilio-json" => hookporter_testkit::twilio_json(key),
            // Its tokens name their key, by the `kid` of the receiver's.
            "google-pubsub" => {
                hookporter_testkit::provider(self.shape.preset, Secret::weak(key).named("test")).unwrap()
            }
            _ => hookporter_testkit::provider(self.shape.preset, key).unwrap(),
        };
        let maker = maker.url(&self.url());
        let maker = match body {
            Some(body) => maker.body(body.to_owned()).header("content-type", self.shape.content_type),
            None => maker,
        };
        maker.try_build().map_err(|error| error.to_string())
    }

    /// Whether the SDK accepts a request, and what it says.
    pub fn judged(&self, program: &mut Program, row: &Row, request: &SignedRequest) -> Result<(bool, String), String> {
        let answer = program.ask(&json!({
            "op": "verify", "provider": row.provider, "secret": self.keys.receiver, "url": request.url(),
            "body": std::str::from_utf8(request.body()).unwrap(), "headers": request.headers(), "method": request.method(),
        }))?;
        Ok((answer["accepted"].as_bool().unwrap(), answer["error"].to_string()))
    }

    /// The SDK's answer to a handshake, whose query this is.
    pub fn answer(&self, program: &mut Program, row: &Row, query: &str) -> Result<String, String> {
        let url = format!("{URL}?{query}");
        let request = json!({
            "op": "answer", "provider": row.provider, "secret": self.keys.receiver, "body": "", "url": url,
        });
        Ok(program.ask(&request)?["answer"].as_str().unwrap().to_owned())
    }

    pub fn send(&self, server: &Server, signed: &Signed, body: &str) -> (u16, Outcome, Option<Reason>) {
        server.forget();
        let query = signed.url.as_deref().and_then(|url| url.split_once('?')).filter(|_| self.shape.query.is_some());
        let target = query.map_or_else(|| PATH.to_owned(), |(_, query)| format!("{PATH}?{query}"));
        let headers: Vec<_> = signed
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone().into_bytes()))
            .collect();
        let mut wire = Wire::connect(server.address);
        wire.write(&wire::request("POST", &target, &headers, body.as_bytes()));
        let status = wire.answer().unwrap_or_else(|| panic!("no answer to {signed:?}")).status;
        let (outcome, reason) = server.only_outcome();
        (status, outcome, reason)
    }
}

/// The body with one byte of a value changed.
pub fn changed(body: &str) -> String {
    if body.contains("value-1") {
        return body.replacen("value-1", "value-2", 1);
    }
    let at = match body.split_once(ENCODED) {
        // Early in the encoded field, where no line of it can end.
        Some((before, _)) => before.len() + ENCODED.len() + 8,
        // The middle of a token's payload, since the last character of base64 may have bits that count for nothing.
        None => (body.find('.').unwrap() + 1).midpoint(body.rfind('.').unwrap()),
    };
    let other = if &body[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &body[..at], &body[at + 1..])
}

/// Before what Braintree encodes.
const ENCODED: &str = "bt_payload=";
