//! The claims of a payload, read as what they are: a claim of a wrong type is never an absent one.

use std::time::Duration;

use serde_json::Value;

use super::object::{Flaw, Object};
use crate::{Evidence, Reason, Rejection, UnixTime};

/// The claims that a policy can ask for.
const REGISTERED: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// The last second of the year 9999. A time in milliseconds lies beyond it, and is not guessed at.
const LATEST: u64 = 253_402_300_799;

/// The claims of a payload; none where it is no object.
#[derive(Debug)]
pub(super) struct Claims(Object);

pub(super) fn mismatch(claim: &'static str) -> Rejection {
    Rejection::new(Reason::ClaimMismatch).with_evidence(Evidence::Claim(claim))
}

impl Claims {
    /// Reads the registered claims of `payload`, and those that are `more`.
    pub(super) fn read(payload: &str, more: &[&str]) -> Result<Self, Rejection> {
        let malformed = |what| Rejection::detail(Reason::MalformedToken, what);
        match Object::read(payload, |name| REGISTERED.contains(&name) || more.contains(&name)) {
            Ok(object) => Ok(Self(object)),
            Err(Flaw::NotAnObject) => Ok(Self(Object::default())),
            Err(Flaw::NotJson) => Err(malformed("the token's payload is no JSON")),
            Err(Flaw::Repeated) => Err(malformed("a claim stands twice")),
        }
    }

    /// A claim that is text.
    pub(super) fn text(&self, claim: &'static str) -> Result<Option<&str>, Rejection> {
        match self.0.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(mismatch(claim)),
        }
    }

    /// Whether a claim is there and `true`.
    pub(super) fn is_true(&self, claim: &str) -> bool {
        self.0.get(claim) == Some(&Value::Bool(true))
    }

    /// Whether the audience, one or several, has `wanted` in it.
    pub(super) fn is_for(&self, wanted: &str) -> Result<bool, Rejection> {
        match self.0.get("aud") {
            None => Ok(false),
            Some(Value::String(one)) => Ok(one == wanted),
            Some(Value::Array(several)) if several.iter().all(Value::is_string) => {
                Ok(several.iter().any(|one| one.as_str() == Some(wanted)))
            }
            Some(_) => Err(mismatch("aud")),
        }
    }

    /// A claim that is a moment: seconds since the epoch, which may have a fraction.
    pub(super) fn moment(&self, claim: &'static str) -> Result<Option<UnixTime>, Rejection> {
        let Some(value) = self.0.get(claim) else { return Ok(None) };
        let since_epoch = match (value.as_u64(), value.as_f64()) {
            (Some(seconds), _) => Some(Duration::from_secs(seconds)),
            (None, Some(seconds)) => Duration::try_from_secs_f64(seconds).ok(),
            (None, None) => None,
        };
        since_epoch
            .filter(|since| since.as_secs() <= LATEST)
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .map(|millis| Some(UnixTime::from_millis(millis)))
            .ok_or_else(|| mismatch(claim))
    }
}
