//! What the claims of a token must say.

use std::time::Duration;

use super::claims::{Claims, mismatch};
use super::expected::{Context, Expected};
use crate::{ConfigError, Evidence, Reason, Rejection, UnixTime};

/// Clocks that are kept agree to well below a second; this covers one that lags a little, and no more.
const LEEWAY: Duration = Duration::from_secs(10);

/// A token that is taken five minutes after its end has no end.
const MAX_LEEWAY: Duration = Duration::from_secs(300);

/// What the claims of a token must say.
///
/// A claim that is there is always held to: `exp`, `nbf` and `iat` must be times, and must hold at the endpoint's own
/// clock. A claim of a wrong JSON type is refused, never taken for an absent one.
///
/// ```
/// use hookporter_core::jwt::ClaimsPolicy;
/// let policy = ClaimsPolicy::new().issuer("https://sender.example").audience("orders").require_expiry();
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ClaimsPolicy {
    /// Each claim at most once.
    pub(super) expected: Vec<(&'static str, Expected)>,
    pub(super) required: Required,
    /// Whether the tolerance judges `iat`.
    pub(super) ages: bool,
    leeway: Duration,
}

/// Which claims must be there, whatever they say.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four claims, each required or not")]
pub(super) struct Required {
    pub(super) exp: bool,
    pub(super) nbf: bool,
    pub(super) iat: bool,
    pub(super) jti: bool,
}

impl Default for ClaimsPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl ClaimsPolicy {
    /// A policy that requires no claim. Default leeway: 10 s.
    pub const fn new() -> Self {
        let required = Required { exp: false, nbf: false, iat: false, jti: false };
        Self { expected: Vec::new(), required, ages: false, leeway: LEEWAY }
    }

    /// `iss` must be this. Default: any, or none.
    pub fn issuer(self, issuer: &str) -> Self {
        self.expect("iss", Expected::Text(issuer.to_owned()))
    }

    /// `iss` must be what belongs to the key under this name ([`Secret::with_part`](crate::Secret::with_part)), such as
    /// the public half of a compound key. Default: any, or none.
    pub fn issuer_is_key_part(self, name: &'static str) -> Self {
        self.expect("iss", Expected::KeyPart(name))
    }

    /// `aud` must be this, or a list that has this in it. Default: any, or none.
    pub fn audience(self, audience: &str) -> Self {
        self.expect("aud", Expected::Text(audience.to_owned()))
    }

    /// `aud` must be the public URL of the request, or a list that has it in it; an endpoint without a public URL does
    /// not build. Default: any, or none.
    pub fn audience_is_url(self) -> Self {
        self.expect("aud", Expected::Url)
    }

    /// `aud` must be what belongs to the key under this name, or a list that has it in it. Default: any, or none.
    pub fn audience_is_key_part(self, name: &'static str) -> Self {
        self.expect("aud", Expected::KeyPart(name))
    }

    /// `sub` must be this. Default: any, or none.
    pub fn subject(self, subject: &str) -> Self {
        self.expect("sub", Expected::Text(subject.to_owned()))
    }

    /// `sub` must be the public URL of the request; an endpoint without a public URL does not build. Default: any, or
    /// none.
    pub fn subject_is_url(self) -> Self {
        self.expect("sub", Expected::Url)
    }

    /// Another claim must be what belongs to the key under this name. Default: any, or none.
    pub fn claim_is_key_part(self, claim: &'static str, name: &'static str) -> Self {
        self.expect(claim, Expected::KeyPart(name))
    }

    /// Another claim must be the JSON value `true`. Default: any, or none.
    pub fn claim_is_true(self, claim: &'static str) -> Self {
        self.expect(claim, Expected::True)
    }

    /// `exp` must be there. Default: judged if it is there.
    pub fn require_expiry(mut self) -> Self {
        self.required.exp = true;
        self
    }

    /// `nbf` must be there. Default: judged if it is there.
    pub fn require_not_before(mut self) -> Self {
        self.required.nbf = true;
        self
    }

    /// `iat` must be there. Default: judged if it is there.
    pub fn require_issued_at(mut self) -> Self {
        self.required.iat = true;
        self
    }

    /// `iat` must be there and lie within the tolerance, as a timestamp does; it is then when the request was sent.
    /// Default: judged if it is there, and of any age.
    pub fn issued_recently(mut self) -> Self {
        self.required.iat = true;
        Self { ages: true, ..self }
    }

    /// `jti` must be there and not be empty. Default: any, or none.
    pub fn require_id(mut self) -> Self {
        self.required.jti = true;
        self
    }

    /// How far the sender's clock may be off when `exp`, `nbf` and `iat` are judged: at most 300 s. Default: 10 s.
    pub const fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = Duration::from_secs(seconds);
        self
    }

    fn expect(mut self, claim: &'static str, expected: Expected) -> Self {
        self.expected.retain(|(known, _)| *known != claim);
        self.expected.push((claim, expected));
        self
    }

    /// Whether the public URL takes part.
    pub(super) fn needs_url(&self) -> bool {
        self.expected.iter().any(|(_, expected)| *expected == Expected::Url)
    }

    /// The names of what must belong to a key.
    pub(super) fn key_parts(&self) -> impl Iterator<Item = &'static str> {
        self.expected.iter().filter_map(|(_, expected)| match expected {
            Expected::KeyPart(name) => Some(*name),
            _ => None,
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.leeway > MAX_LEEWAY {
            return Err(ConfigError::scheme(format!("a leeway of {} s; at most 300 s", self.leeway.as_secs())));
        }
        Ok(())
    }

    /// Holds `claims` against this policy; when the token was issued, where its age is judged.
    pub(super) fn judge(&self, claims: &Claims, context: &Context<'_>) -> Result<Option<UnixTime>, Rejection> {
        for (claim, expected) in &self.expected {
            expected.judge(claim, claims, context)?;
        }
        if self.required.jti && claims.text("jti")?.is_none_or(str::is_empty) {
            return Err(mismatch("jti"));
        }
        self.judge_times(claims, context)
    }

    fn judge_times(&self, claims: &Claims, context: &Context<'_>) -> Result<Option<UnixTime>, Rejection> {
        let (now, leeway) = (context.now, self.leeway);
        let refuse = |reason: Reason, claim| Err(Rejection::new(reason).with_evidence(Evidence::Claim(claim)));
        match claims.moment("exp")? {
            None if self.required.exp => return Err(mismatch("exp")),
            Some(end) if now >= end.plus(leeway) => return refuse(Reason::TokenExpired, "exp"),
            _ => {}
        }
        match claims.moment("nbf")? {
            None if self.required.nbf => return Err(mismatch("nbf")),
            Some(start) if start > now.plus(leeway) => return refuse(Reason::TokenNotYetValid, "nbf"),
            _ => {}
        }
        let Some(issued) = claims.moment("iat")? else {
            return if self.required.iat { Err(mismatch("iat")) } else { Ok(None) };
        };
        match context.tolerance.filter(|_| self.ages) {
            Some(tolerance) => tolerance.check(issued, now)?,
            None if issued > now.plus(leeway) => return refuse(Reason::TokenNotYetValid, "iat"),
            None => {}
        }
        Ok(self.ages.then_some(issued))
    }
}
