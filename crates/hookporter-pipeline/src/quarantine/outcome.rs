//! What became of a kept request when it was judged again.

use std::fmt;

use hookporter_core::Rejection;

use crate::trace::TraceId;

/// A kept request that was judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rechecked {
    /// Its number.
    pub number: i64,
    /// What the log calls it.
    pub trace: TraceId,
    /// What became of it.
    pub outcome: Judgement,
}

/// What became of a kept request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Judgement {
    /// Its proof holds, and its events are in the inbox.
    Accepted,
    /// Its proof holds, and its events wait in the inbox until somebody releases them.
    Parked,
    /// Its proof holds, and what it tells of had come meanwhile.
    Duplicate,
    /// Its proof holds, and a handler of the endpoint's own has worked it.
    Handled,
    /// Its proof holds, and its type is filtered out.
    Ignored,
    /// Its proof holds, and it is a challenge, which nobody waits for any more.
    Handshake,
    /// It is still refused, and stays.
    Refused(Rejection),
    /// Its proof holds and nothing identifies its event, so that a retry of the sender's could not be told from it. It stays for a
    /// recheck that somebody asks for.
    Unidentified,
    /// It was gone already: somebody else has judged it.
    Gone,
    /// It could not be judged, or not be handed off, and stays.
    Failed(String),
}

impl Judgement {
    /// The outcome as a word: kebab-case, stable.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Parked => "parked",
            Self::Duplicate => "duplicate",
            Self::Handled => "handled",
            Self::Ignored => "ignored",
            Self::Handshake => "handshake",
            Self::Refused(_) => "rejected",
            Self::Unidentified => "unidentified",
            Self::Gone => "gone",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether the request is still kept.
    #[must_use]
    pub const fn stays(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unidentified | Self::Failed(_))
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Refused(rejection) => write!(f, ": {rejection}"),
            Self::Failed(why) => write!(f, ": {why}"),
            _ => Ok(()),
        }
    }
}
