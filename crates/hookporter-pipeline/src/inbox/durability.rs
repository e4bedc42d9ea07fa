//! How durable a store is.

use std::fmt;

use serde::Serialize;

/// What an acknowledged event survives in a store, the weakest first. A store [declares](super::AcceptingSide::durability) it,
/// an endpoint [demands](crate::Endpoint::durability) it.
///
/// It speaks of the one machine that the sender's event was kept on. Whether a second machine has the event, too, is the
/// store's own matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Durability {
    /// In the memory of the store's process: it is lost when that process dies.
    Memory,
    /// Handed to the operating system: it survives the death of every process, and is lost when the machine loses its power.
    Written,
    /// On the disk before the sender is told 2xx: it survives the loss of power, too. An endpoint demands this unless it says
    /// otherwise.
    #[default]
    Synced,
}

impl Durability {
    /// It as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Written => "written",
            Self::Synced => "synced",
        }
    }

    /// What takes acknowledged events away, if anything does.
    pub(crate) const fn loss(self) -> Option<&'static str> {
        match self {
            Self::Memory => Some("when its process dies"),
            Self::Written => Some("when its machine loses power"),
            Self::Synced => None,
        }
    }
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
