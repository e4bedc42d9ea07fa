//! The test vectors: requests of every sender that has a preset, published by the sender, made with its SDK, or derived
//! from the scheme that it documents.
//!
//! They cover senders that Hookporter has no preset for, too; [`Vector::preset`] says which one judges a vector.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookporter_core::{Provider, Reason, UnixTime};
use serde_json::Value;

use crate::request::SignedRequest;
use crate::target;

/// A request, the key it is judged with, and what must come of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Vector {
    /// The vector's name.
    pub id: String,
    /// The sender.
    pub provider: String,
    /// Whether the sender published it, or its SDK made it; the others are derived from the documented scheme.
    pub official: bool,
    /// Which of the sender's schemes it is signed with, where the sender has several.
    pub scheme: Option<String>,
    /// The receiver's key: text, a list of keys that are valid at once, or where a sender needs more than one value for a
    /// key, an object.
    pub secret: Value,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The public URL, where the scheme signs it.
    pub url: Option<String>,
    /// The method.
    pub method: String,
    /// The body.
    pub body: Bytes,
    /// The moment it is judged at; `None` where any will do.
    pub now: Option<UnixTime>,
    /// What must come of it.
    pub expect: Expectation,
    /// The answer that the sender wants, where the vector says it.
    pub response: Response,
}

/// What must come of a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expectation {
    /// It is accepted.
    Valid,
    /// It is a challenge, and answered.
    Handshake,
    /// It is refused for this reason.
    Refused(Reason),
}

/// The answer that a sender wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: Option<u16>,
    /// The body.
    pub body: Option<String>,
    /// The content type.
    pub content_type: Option<String>,
    /// Other headers.
    pub headers: Vec<(String, String)>,
}

/// Every vector.
///
/// ```
/// let vectors = hookporter_testkit::vectors::vectors();
/// assert!(vectors.iter().any(|vector| vector.id == "github-docs" && vector.official));
/// ```
///
/// # Panics
/// If the data that comes with this crate cannot be read, which a test rules out.
#[must_use]
#[expect(clippy::panic, reason = "the data is part of this crate, and a test reads all of it")]
pub fn vectors() -> Vec<Vector> {
    let rows = serde_json::from_str::<Vec<Value>>(include_str!("../data/vectors.json")).unwrap_or_default();
    assert!(!rows.is_empty(), "vectors.json is not a list");
    let read = |row: &Value| Vector::read(row).unwrap_or_else(|| panic!("a vector cannot be read: {}", row["id"]));
    rows.iter().map(read).collect()
}

impl Vector {
    /// The id of the preset that judges it: the sender's, or where there is one that of its scheme, as `hubspot-v1`. The
    /// examples of RFC 9421 cover less than any endpoint should take, so that no preset judges them.
    #[must_use]
    pub fn preset(&self) -> &str {
        match (self.secret_text(), self.scheme.as_deref()) {
            (Some(key), _) if key.starts_with("whpk_") => return "standard-webhooks-v1a",
            (_, Some("example")) if self.provider == "rfc9421" => return "rfc9421-example",
            _ => {}
        }
        let of_scheme = self.scheme.as_ref().map(|scheme| format!("{}-{scheme}", self.provider));
        let known = of_scheme.and_then(|id| Provider::by_id(&id).ok());
        known.map_or(&self.provider, |preset| preset.id())
    }

    /// The key, where it is text.
    #[must_use]
    pub fn secret_text(&self) -> Option<&str> {
        self.secret.as_str()
    }

    /// The keys, as text: the one there is, or all that are valid at once. A key of several values is their JSON.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let text = |key: &Value| key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        match &self.secret {
            Value::Array(keys) => keys.iter().map(text).collect(),
            key => vec![text(key)],
        }
    }

    /// The request, to be sent over an adapter. Changes to its signature do nothing.
    pub fn request(&self) -> SignedRequest {
        let url = self.url.clone().unwrap_or_else(|| format!("https://receiver.example/webhooks/{}", self.provider));
        SignedRequest {
            method: self.method.clone(),
            target: target::of_url(&url),
            url,
            headers: self.headers.clone(),
            body: self.body.clone(),
            signature: None,
        }
    }

    fn read(row: &Value) -> Option<Self> {
        let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
        let body = match text("body_b64") {
            Some(encoded) => STANDARD.decode(encoded).ok()?.into(),
            None => text("body")?.into(),
        };
        Some(Self {
            id: text("id")?,
            provider: text("provider")?,
            official: row.get("official")?.as_bool()?,
            scheme: text("scheme"),
            secret: row.get("secret")?.clone(),
            headers: pairs(row.get("headers")?)?,
            url: text("url"),
            method: text("method")?,
            body,
            now: row.get("now")?.as_i64().map(UnixTime::from_secs),
            expect: Expectation::read(&text("expect")?)?,
            response: Response {
                status: row.get("response_status").and_then(Value::as_u64).and_then(|status| status.try_into().ok()),
                body: text("response_body"),
                content_type: text("response_content_type"),
                headers: row.get("response_headers").map_or_else(|| Some(Vec::new()), pairs)?,
            },
        })
    }
}

impl Expectation {
    fn read(word: &str) -> Option<Self> {
        match word {
            "valid" => Some(Self::Valid),
            "handshake" => Some(Self::Handshake),
            _ => Reason::ALL.iter().copied().find(|reason| reason.as_str() == word).map(Self::Refused),
        }
    }
}

fn pairs(object: &Value) -> Option<Vec<(String, String)>> {
    object.as_object()?.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}
