//! Making tokens: what the test kit and the command line do, never a receiver.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::header;
use super::object::Object;
use super::place::Place;
use super::scheme::TokenScheme;
use crate::algorithm::{Algorithm, Material};
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
        let algorithm = self.algorithm();
        let head = format!(r#"{{"alg":"{}"}}"#, header::names(algorithm).0);
        let payload = with_claims(payload, self.demanded(body, now))?;
        let signed = format!("{}.{}", base64url(head.as_bytes()), base64url(&payload));
        let signature = signature(algorithm, key, signed.as_bytes())
            .map_err(|problem| ConfigError::Setting { setting: "signing key", problem: problem.to_owned() })?;
        Ok(format!("{signed}.{}", base64url(&signature)))
    }

    /// A whole request: the body of `request` as the payload of a token in the body, or beside a token in a header.
    pub(crate) fn sign_request(&self, key: &[u8], request: &Signable<'_>) -> Result<Signed, ConfigError> {
        match &self.place {
            Place::Member(name) => {
                let token = self.sign(key, &request.body, None, request.timestamp)?;
                let body = Value::Object(Map::from_iter([(name.to_string(), Value::String(token))]));
                Ok(Signed { headers: Vec::new(), body: Bytes::from(body.to_string()), signatures: Vec::new() })
            }
            Place::Header(header) => {
                let token = self.sign(key, b"{}", Some(&request.body), request.timestamp)?;
                let line = (header.name.to_string(), format!("{}{token}", header.prefix));
                Ok(Signed { headers: vec![line], body: request.body.clone(), signatures: Vec::new() })
            }
        }
    }

    /// The claims that a token must have here.
    fn demanded(&self, body: Option<&[u8]>, now: UnixTime) -> Vec<(&'static str, Value)> {
        let policy = &self.policy;
        let mut claims = Vec::new();
        for (claim, text) in [("iss", &policy.issuer), ("aud", &policy.audience), ("sub", &policy.subject)] {
            claims.extend(text.as_ref().map(|text| (claim, Value::from(text.as_str()))));
        }
        let seconds = now.as_secs();
        let times = [
            ("exp", policy.required.exp, seconds.saturating_add(LIFETIME)),
            ("nbf", policy.required.nbf, seconds),
            ("iat", policy.required.iat, seconds),
        ];
        claims.extend(times.iter().filter(|time| time.1).map(|time| (time.0, Value::from(time.2))));
        if policy.required.jti {
            claims.push(("jti", Value::from(format!("test-{}", now.as_millis()))));
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
