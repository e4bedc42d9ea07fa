//! Replays: events worked again, and a verdict of each against its last attempt before.

use std::fmt;

use hookporter_core::UnixTime;

use crate::operating::State;

/// A replay: what somebody has had worked again, to see how it goes now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Replay {
    /// Its number: ascending.
    pub number: i64,
    /// When it began.
    pub started_at: UnixTime,
    /// Whatever its operator said.
    pub reason: Option<String>,
    /// How many events it has; those that were erased or swept since are no longer counted.
    pub events: u64,
}

/// How an event goes in a replay, against its last attempt before.
///
/// It goes by the latest attempt that has ended: an event that fails and is tried again may change from one to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It had failed, and works now.
    Fixed,
    /// It had failed, and fails now.
    StillFailing,
    /// It had worked, and fails now.
    Regressed,
    /// It had worked, and works now.
    StillPassing,
    /// It was not tried yet.
    Pending,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 5] = [Self::Fixed, Self::StillFailing, Self::Regressed, Self::StillPassing, Self::Pending];

    /// The verdict as a word, for programs: `fixed`, `still-failing`, `regressed`, `still-passing` or `pending`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::StillFailing => "still-failing",
            Self::Regressed => "regressed",
            Self::StillPassing => "still-passing",
            Self::Pending => "pending",
        }
    }

    /// Whether the event fails now.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::StillFailing | Self::Regressed)
    }

    /// The verdict on an event whose last attempt before had worked or not, and whose latest has, if there was one.
    #[must_use]
    pub const fn of(had_worked: bool, works: Option<bool>) -> Self {
        match (had_worked, works) {
            (_, None) => Self::Pending,
            (false, Some(true)) => Self::Fixed,
            (false, Some(false)) => Self::StillFailing,
            (true, Some(false)) => Self::Regressed,
            (true, Some(true)) => Self::StillPassing,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StillFailing => "still failing",
            Self::StillPassing => "still passing",
            other => other.as_str(),
        })
    }
}

/// An event of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Replayed {
    /// The event's number.
    pub event: i64,
    /// How it goes.
    pub verdict: Verdict,
    /// Its state now.
    pub state: State,
    /// The endpoint's name.
    pub endpoint: String,
    /// The event id.
    pub event_id: Option<String>,
    /// The event type.
    pub event_type: Option<String>,
    /// The error of the attempt that the verdict goes by, one line.
    pub error: Option<String>,
}
