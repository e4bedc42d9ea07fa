//! What is wrong with an endpoint, and how bad it is.

use std::fmt;
use std::time::Duration;

use hookporter_core::{Reason, UnixTime};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::health::LikelyCause;
use crate::inbox::{Durability, InboxDepth};

/// How an endpoint fares, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Light {
    /// Nothing is known to be wrong.
    Green,
    /// Somebody should look at it, today.
    Amber,
    /// Events are being lost, or will be: look at it now.
    Red,
}

impl Light {
    /// The light as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }
}

impl fmt::Display for Light {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that is wrong with an endpoint, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alarm {
    /// It used to accept, and has refused the last five proofs within a minute, no more than a quarter of an hour ago: a changed
    /// secret, a wrong clock, a proxy that rewrites. Red; later it is [`Alarm::RefusalsInARow`], until a proof holds.
    RejectsEverything {
        /// When it last accepted.
        accepted_until: UnixTime,
        /// How many proofs it has refused in a row.
        refusals: u64,
        /// The reason of the last one.
        reason: Reason,
    },
    /// A refused request shows what is wrong here: with that one thing changed its proof holds. Red.
    OwnFault(LikelyCause),
    /// What refused requests lack points to something in front of this server: a proof that a proxy strips. Amber.
    LikelyFault(LikelyCause),
    /// The last proofs were all refused, a few of them, over a longer time. Amber.
    RefusalsInARow {
        /// How many.
        refusals: u64,
        /// The reason of the last one.
        reason: Reason,
    },
    /// It could not take what was proven, several times in a row, or not prove it for want of keys: hand-off, handler or key
    /// source fail. Red, until an event is handed off or parked; what has no proof, a challenge, a duplicate and what is filtered
    /// out change nothing of it.
    Unavailable {
        /// How many events were told 503 in a row.
        errors: u64,
        /// The reason of the last one.
        reason: Reason,
    },
    /// No new event was accepted or parked for longer than was said to be usual; a duplicate, which may be a replay, and what is
    /// filtered out do not count. Amber.
    Silent {
        /// For how long.
        silent_for: Duration,
    },
    /// The event that has been due in its inbox for the longest time came long ago: its workers are behind, or there are none.
    /// Amber.
    Backlog {
        /// How long ago it came.
        oldest: Duration,
        /// How many events wait; [`InboxDepth::MOST`](crate::inbox::InboxDepth::MOST): so many or more.
        waiting: u64,
    },
    /// Its inbox promises less than is demanded of it, so that every event is told 503: a server is set up to lose events. Red.
    WeakInbox {
        /// What the inbox promises.
        is: Durability,
        /// What is demanded.
        demanded: Durability,
    },
    /// What came in place of working keys cannot be right, so those of before stay. Amber.
    BrokenKeys {
        /// Of how many tenants; an endpoint without tenants counts as one.
        tenants: usize,
    },
    /// It only reports and protects nothing. Amber.
    NotProtecting,
    /// The machine's clock was set, by more than a few seconds. Amber.
    ClockStepped {
        /// By how many milliseconds; negative: back.
        millis: i64,
    },
}

impl Alarm {
    /// How bad it is.
    #[must_use]
    pub const fn light(&self) -> Light {
        match self {
            Self::RejectsEverything { .. } | Self::Unavailable { .. } | Self::OwnFault(_) | Self::WeakInbox { .. } => {
                Light::Red
            }
            _ => Light::Amber,
        }
    }

    /// The reason behind it, where it has one.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::RejectsEverything { reason, .. }
            | Self::RefusalsInARow { reason, .. }
            | Self::Unavailable { reason, .. } => Some(*reason),
            _ => None,
        }
    }

    /// Where the guide says what to do: of its cause where it has one, else of its reason, else of itself.
    #[must_use]
    pub fn guide(&self) -> String {
        let word = match self {
            Self::OwnFault(cause) | Self::LikelyFault(cause) => &*cause.cause,
            _ => self.as_str(),
        };
        let own = || format!("https://docs.rs/hookporter/latest/hookporter/guide/causes/index.html#{word}");
        self.reason().map_or_else(own, Reason::guide)
    }
}

/// The word of each alarm, so that none is left out of their list.
macro_rules! words {
    ($($alarm:pat => $word:literal,)*) => {
        impl Alarm {
            /// Every alarm's word.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            /// The alarm as a word: kebab-case, stable.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $($alarm => $word,)* }
            }
        }
    };
}

words! {
    Self::RejectsEverything { .. } => "rejects-everything",
    Self::OwnFault(_) => "own-fault",
    Self::LikelyFault(_) => "likely-fault",
    Self::RefusalsInARow { .. } => "refusals-in-a-row",
    Self::Unavailable { .. } => "unavailable",
    Self::Silent { .. } => "silent",
    Self::Backlog { .. } => "backlog",
    Self::WeakInbox { .. } => "weak-inbox",
    Self::BrokenKeys { .. } => "broken-keys",
    Self::NotProtecting => "not-protecting",
    Self::ClockStepped { .. } => "clock-stepped",
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RejectsEverything { accepted_until, refusals, reason } => {
                write!(f, "it accepted until {accepted_until} and has refused the last {refusals} requests: {reason}")
            }
            Self::OwnFault(cause) | Self::LikelyFault(cause) => f.write_str(&cause.message),
            Self::RefusalsInARow { refusals, reason } => write!(f, "the last {refusals} proofs were refused: {reason}"),
            Self::Unavailable { errors, reason } => {
                write!(f, "the last {errors} events were told to come again: {reason}")
            }
            Self::Silent { silent_for } => write!(f, "no new event came for {} s", silent_for.as_secs()),
            Self::Backlog { oldest, waiting } => {
                let more = if *waiting >= InboxDepth::MOST { " or more" } else { "" };
                write!(f, "{waiting}{more} events wait to be worked, of which one came {} s ago", oldest.as_secs())
            }
            Self::WeakInbox { is, demanded } => {
                write!(
                    f,
                    "its inbox promises `{is}`, and `{demanded}` is demanded of it: every event is told to come again"
                )
            }
            Self::BrokenKeys { tenants } => {
                write!(f, "new key material of {tenants} cannot be right: the keys of before stay")
            }
            Self::NotProtecting => f.write_str("it only reports, and protects nothing"),
            Self::ClockStepped { millis } => write!(f, "the machine's clock was set by {millis} ms"),
        }
    }
}

impl Serialize for Alarm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut alarm = serializer.serialize_struct("Alarm", 5)?;
        alarm.serialize_field("alarm", self.as_str())?;
        alarm.serialize_field("light", &self.light())?;
        alarm.serialize_field("message", &self.to_string())?;
        alarm.serialize_field("reason", &self.reason().map(Reason::as_str))?;
        alarm.serialize_field("guide", &self.guide())?;
        alarm.end()
    }
}
