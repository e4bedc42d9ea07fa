//! What the claims of a token must say.

use std::time::Duration;

use super::claims::{Claims, mismatch};
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
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) required: Required,
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
        Self { issuer: None, audience: None, subject: None, required, leeway: LEEWAY }
    }

    /// `iss` must be this. Default: any, or none.
    pub fn issuer(self, issuer: &str) -> Self {
        Self { issuer: Some(issuer.to_owned()), ..self }
    }

    /// `aud` must be this, or a list that has this in it. Default: any, or none.
    pub fn audience(self, audience: &str) -> Self {
        Self { audience: Some(audience.to_owned()), ..self }
    }

    /// `sub` must be this. Default: any, or none.
    pub fn subject(self, subject: &str) -> Self {
        Self { subject: Some(subject.to_owned()), ..self }
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

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.leeway > MAX_LEEWAY {
            return Err(ConfigError::scheme(format!("a leeway of {} s; at most 300 s", self.leeway.as_secs())));
        }
        Ok(())
    }

    /// Holds `claims` against this policy.
    pub(super) fn judge(&self, claims: &Claims, now: UnixTime) -> Result<(), Rejection> {
        for (claim, expected) in [("iss", &self.issuer), ("sub", &self.subject)] {
            if let Some(expected) = expected
                && claims.text(claim)? != Some(expected)
            {
                return Err(mismatch(claim));
            }
        }
        if let Some(audience) = &self.audience
            && !claims.is_for(audience)?
        {
            return Err(mismatch("aud"));
        }
        if self.required.jti && claims.text("jti")?.is_none_or(str::is_empty) {
            return Err(mismatch("jti"));
        }
        self.judge_times(claims, now)
    }

    fn judge_times(&self, claims: &Claims, now: UnixTime) -> Result<(), Rejection> {
        let refuse = |reason: Reason, claim| Err(Rejection::new(reason).with_evidence(Evidence::Claim(claim)));
        match claims.moment("exp")? {
            None if self.required.exp => return Err(mismatch("exp")),
            Some(end) if now >= end.plus(self.leeway) => return refuse(Reason::TokenExpired, "exp"),
            _ => {}
        }
        for (claim, required) in [("nbf", self.required.nbf), ("iat", self.required.iat)] {
            match claims.moment(claim)? {
                None if required => return Err(mismatch(claim)),
                Some(start) if start > now.plus(self.leeway) => return refuse(Reason::TokenNotYetValid, claim),
                _ => {}
            }
        }
        Ok(())
    }
}
