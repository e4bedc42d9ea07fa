//! Making tokens: what the test kit and the command line do, never a receiver.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::expected::{Context, Expected};
use super::header;
use super::object::Object;
use super::place::Place;
use super::scheme::TokenScheme;
use crate::algorithm::{Algorithm, Material};
use crate::key_parts::KeyParts;
use crate::scheme::{Signable, Signed};
use crate::{ConfigError, Encoding, UnixTime};

/// How long a token lives that must have an end.
const LIFETIME: i64 = 60;

impl TokenScheme {
    /// A token that this scheme accepts at `now`: `payload`, with the claims added that the policy demands and an
    /// object lacks, and the hash of `body` where the scheme has one. A payload that needs no claim stays as it is.
    ///
    /// For HS256 the key is the secret, else a private key in hexadecimal, base64 or PEM.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot sign, or a payload that cannot hold the claims it must.
    pub fn sign(&self, key: &[u8], payload: &[u8], body: Option<&[u8]>, now: UnixTime) -> Result<String, ConfigError> {
        let context = Context { url: None, parts: &KeyParts::default(), tolerance: None, now };
        self.signed(key, None, payload, body, &context)
    }

    fn signed(
        &self,
        key: &[u8],
        key_id: Option<&str>,
        payload: &[u8],
        body: Option<&[u8]>,
        context: &Context<'_>,
    ) -> Result<String, ConfigError> {
        let algorithm = self.signing_algorithm(key);
        let mut head = Map::from_iter([("alg".to_owned(), Value::from(header::names(algorithm).0))]);
        head.extend(key_id.map(|id| ("kid".to_owned(), Value::from(id))));
        let head = Value::Object(head).to_string();
        let payload = with_claims(payload, self.demanded(body, context))?;
        let signed = format!("{}.{}", base64url(head.as_bytes()), base64url(&payload));
        let signature = signature(algorithm, key, signed.as_bytes())
            .map_err(|problem| ConfigError::Setting { setting: "signing key", problem: problem.to_owned() })?;
        Ok(format!("{signed}.{}", base64url(&signature)))
    }

    /// A whole request, whose token names its key where the key has a name: the body of `request` as the payload of a token in the body, or beside a token in a header.
    pub(crate) fn sign_request(
        &self,
        key: &[u8],
        key_id: Option<&str>,
        parts: &KeyParts,
        request: &Signable<'_>,
    ) -> Result<Signed, ConfigError> {
        let (url, now) = (request.head.url(), request.timestamp);
        let context = Context { url, parts, tolerance: None, now };
        match &self.place {
            Place::Member(name) => {
                let token = self.signed(key, key_id, &request.body, None, &context)?;
                let body = Value::Object(Map::from_iter([(name.to_string(), Value::String(token))]));
                Ok(Signed { body: Bytes::from(body.to_string()), ..Signed::unchanged(request) })
            }
            Place::Header(header) => {
                let token = self.signed(key, key_id, b"{}", Some(&request.body), &context)?;
                let line = (header.name.to_string(), format!("{}{token}", header.prefix));
                Ok(Signed { headers: vec![line], ..Signed::unchanged(request) })
            }
        }
    }

    /// The claims that a token must have here.
    fn demanded(&self, body: Option<&[u8]>, context: &Context<'_>) -> Vec<(&'static str, Value)> {
        let policy = &self.policy;
        let mut claims = Vec::new();
        for (claim, expected) in &policy.expected {
            let value = match expected {
                Expected::True => Some(Value::from(true)),
                other => other.text(context).map(Value::from),
            };
            claims.extend(value.map(|value| (*claim, value)));
        }
        let seconds = context.now.as_secs();
        let times = [
            ("exp", policy.required.exp, seconds.saturating_add(LIFETIME)),
            ("nbf", policy.required.nbf, seconds),
            ("iat", policy.required.iat, seconds),
        ];
        claims.extend(times.iter().filter(|time| time.1).map(|time| (time.0, Value::from(time.2))));
        if policy.required.jti {
            claims.push(("jti", Value::from(format!("test-{}", context.now.as_millis()))));
        }
        if let (Some(hash), Some(body)) = (&self.body_hash, body) {
            claims.push((hash.claim, Value::from(hash.of(body))));
        }
        claims
    }
}

fn base64url(bytes: &[u8]) -> String {
    Encoding::Base64Url.encode(bytes)
}

/// `payload` with those of `claims` in front that it lacks; its other bytes stay as they are.
fn with_claims(payload: &[u8], claims: Vec<(&'static str, Value)>) -> Result<Vec<u8>, ConfigError> {
    if claims.is_empty() {
        return Ok(payload.to_vec());
    }
    let no_object = || ConfigError::scheme("claims are demanded, and the payload is no JSON object");
    let text = std::str::from_utf8(payload).map_err(|_| no_object())?;
    let present = Object::read(text, |_| true).map_err(|_| no_object())?;
    let members = text.trim_ascii_start().strip_prefix('{').ok_or_else(no_object)?;
    let mut added: Vec<_> = claims
        .into_iter()
        .filter(|(claim, _)| present.get(claim).is_none())
        .map(|(claim, value)| format!("{}:{value}", Value::from(claim)))
        .collect();
    if added.is_empty() {
        return Ok(payload.to_vec());
    }
    let empty = members.trim_ascii_start().starts_with('}');
    if !empty {
        added.push(String::new());
    }
    Ok(format!("{{{}{members}", added.join(",")).into_bytes())
}

fn signature(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Result<Vec<u8>, &'static str> {
    #[cfg(any(feature = "ecdsa", feature = "rsa"))]
    if algorithm.is_asymmetric() {
        return crate::algorithm::public::sign(algorithm, key, message);
    }
    let mut state = Material::new(algorithm, key)?.start().ok_or("cannot sign")?;
    state.update(message);
    Ok(state.finish().as_bytes().to_vec())
}
