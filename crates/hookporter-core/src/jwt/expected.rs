//! What a claim must say: a fixed text, or one that is known only when a request is judged.

use super::claims::{Claims, mismatch};
use crate::key_parts::KeyParts;
use crate::{Rejection, Tolerance, UnixTime};

/// What a claim must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    /// This text.
    Text(String),
    /// The public URL of the request.
    Url,
    /// What belongs to the key that fitted, under this name.
    KeyPart(&'static str),
    /// The JSON value `true`.
    True,
}

/// What claims are judged with, beside the policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The public URL of the request, where one was configured.
    pub(super) url: Option<&'a str>,
    /// What belongs to the key that fitted.
    pub(super) parts: &'a KeyParts,
    /// The tolerance, where the age of a token is judged.
    pub(super) tolerance: Option<Tolerance>,
    pub(super) now: UnixTime,
}

impl Expected {
    /// The text, where it is known. A policy that asks for what is not there fits no token.
    pub(super) fn text<'a>(&'a self, context: &Context<'a>) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Url => context.url,
            Self::KeyPart(name) => context.parts.get(name),
            Self::True => None,
        }
    }

    /// Holds the claim of this name against what it must say.
    pub(super) fn judge(&self, claim: &'static str, claims: &Claims, context: &Context<'_>) -> Result<(), Rejection> {
        let holds = match (self, self.text(context)) {
            (Self::True, _) => claims.is_true(claim),
            (_, Some(text)) if claim == "aud" => claims.is_for(text)?,
            (_, Some(text)) => claims.text(claim)? == Some(text),
            (_, None) => false,
        };
        if holds { Ok(()) } else { Err(mismatch(claim)) }
    }
}
