//! The state of an event in a store.

use std::fmt;

/// What an event is waiting for, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a store handles every case or does not compile")]
pub enum State {
    /// It waits to be worked, at once or after a failed attempt.
    Waiting,
    /// A worker has it.
    Working,
    /// It is worked.
    Done,
    /// Its attempts are spent, or its worker gave up.
    Dead,
    /// It is kept until somebody releases it.
    Parked,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Working, Self::Done, Self::Dead, Self::Parked];

    /// The state as a word, as in the column `state`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Working => "working",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Parked => "parked",
        }
    }

    /// The state of a word; a word that is not one is an event that nobody can have, as a dead letter is.
    #[must_use]
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Dead)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
