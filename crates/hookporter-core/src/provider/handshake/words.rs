//! Challenges in words: what the list of providers shows.

use std::fmt;

use super::{Answer, HandshakeRule, Piece, ProofDemand, Source, When};
use crate::Provider;

impl Provider {
    /// The sender's challenges and what answers them, in words; empty where it has none.
    #[must_use]
    pub fn handshake_text(&self) -> String {
        let mut rules: Vec<_> = self.handshakes.iter().map(ToString::to_string).collect();
        rules.extend(self.subscription.map(|rule| format!("event `{}`, proven: its URL is called", rule.event_type())));
        rules.join("; ")
    }
}

/// Such as: GET with `?crc_token`, unproven: JSON, `response_token` is its MAC.
impl fmt::Display for HandshakeRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method)?;
        for (at, mark) in self.when.iter().enumerate() {
            f.write_str(if at == 0 { " with " } else { " and " })?;
            match mark {
                When::Is(source, text) => write!(f, "{source} = `{text}`")?,
                When::There(source) => write!(f, "{source}")?,
                When::Not(source) => write!(f, "no {source}")?,
            }
        }
        f.write_str(match self.proof {
            ProofDemand::Held => ", proven",
            ProofDemand::HeldOrAbsent => ", proven or not",
            ProofDemand::Absent | ProofDemand::Ignored => ", unproven",
        })?;
        if let Some(source) = &self.verify_token {
            write!(f, ", the endpoint's verify token in {source}")?;
        }
        if self.hands_over_secret {
            f.write_str(", hands over a secret")?;
        }
        write!(f, ": {}", self.answer)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(name) => write!(f, "`?{name}`"),
            Self::Header(name) => write!(f, "header `{name}`"),
            Self::Json(pointer) => write!(f, "`{pointer}`"),
            Self::Form(name) => write!(f, "form field `{name}`"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(pieces) => write!(f, "{} as text", Said(pieces)),
            Self::Json(members) => {
                f.write_str("JSON, ")?;
                for (at, (name, pieces)) in members.iter().enumerate() {
                    write!(f, "{}`{name}` is {}", if at == 0 { "" } else { ", " }, Said(pieces))?;
                }
                Ok(())
            }
            Self::Headers(headers) => {
                let names: Vec<_> = headers.iter().map(|(name, _)| format!("`{name}`")).collect();
                write!(f, "200 with {}", names.join(", "))
            }
            Self::Fixed { status, body: "", .. } => write!(f, "{status}"),
            Self::Fixed { status, body, .. } => write!(f, "{status} with `{body}`"),
        }
    }
}

/// What pieces say, run together.
struct Said<'a>(&'a [Piece]);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signed = self.0.iter().any(|piece| matches!(piece, Piece::Mac(_)));
        f.write_str(if signed { "its MAC" } else { "the challenge" })
    }
}
