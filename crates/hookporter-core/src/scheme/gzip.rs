//! What a proof is over where a sender compresses.

use crate::ConfigError;
use crate::scheme::{Part, Plan, TimestampPlace, TimestampSpec};

/// What the proof is over where a sender compresses its bodies with gzip (`content-encoding: gzip`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gzip {
    /// The bytes as they are sent: they are proven first, and nothing is inflated for a stranger.
    SignedCompressed,
    /// The plain content: it is inflated, within bounds, before anything is proven. The bytes around the content are not
    /// covered.
    SignedPlain,
}

impl Plan {
    /// Whether bodies that come compressed can be judged by this plan.
    pub(super) fn judge_gzip(&self, gzip: Gzip, timestamp: Option<&TimestampSpec>) -> Result<(), ConfigError> {
        let member = timestamp.is_some_and(|spec| matches!(spec.place, TimestampPlace::Member(_)));
        let contradiction = match (self, gzip) {
            (_, Gzip::SignedCompressed) if member => true,
            (Self::Whole { parts, .. }, Gzip::SignedCompressed) => {
                parts.iter().any(|part| matches!(part, Part::Field(_) | Part::SortedForm))
            }
            (Self::Function { function, .. }, Gzip::SignedCompressed) => function.finds_signatures,
            #[cfg(feature = "jwt")]
            (Self::Token(token), Gzip::SignedCompressed) => token.is_in_body(),
            // A content digest is one of the bytes that are sent.
            #[cfg(feature = "http-signatures")]
            (Self::Message(_), Gzip::SignedPlain) => true,
            _ => false,
        };
        if contradiction {
            return Err(ConfigError::scheme("what is signed is read from the body, but not from what `.gzip(…)` says"));
        }
        Ok(())
    }
}
