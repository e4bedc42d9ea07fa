//! How much waits in a store.

use std::time::Duration;

use hookporter_core::UnixTime;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// How much waits in a store, from a few seconds ago. Counting ends at [`InboxDepth::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct InboxDepth {
    /// Events that wait to be worked or are being worked.
    pub waiting: u64,
    /// Dead letters.
    pub dead: u64,
    /// Parked events.
    pub parked: u64,
    /// When the event came in that has been due for the longest time, if one is.
    pub oldest: Option<UnixTime>,
    /// When this was so.
    pub at: UnixTime,
}

impl InboxDepth {
    /// Where counting ends: this many, or more.
    pub const MOST: u64 = 10_000;

    /// How long ago the event had come that has been due for the longest time, when this was so.
    #[must_use]
    pub fn oldest_age(&self) -> Option<Duration> {
        self.oldest.map(|oldest| self.at.since(oldest))
    }
}

/// With the age of the oldest in seconds.
impl Serialize for InboxDepth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut depth = serializer.serialize_struct("InboxDepth", 6)?;
        depth.serialize_field("waiting", &self.waiting)?;
        depth.serialize_field("dead", &self.dead)?;
        depth.serialize_field("parked", &self.parked)?;
        depth.serialize_field("oldest", &self.oldest.map(|oldest| oldest.to_string()))?;
        depth.serialize_field("oldest_age", &self.oldest_age().map(|age| age.as_secs()))?;
        depth.serialize_field("at", &self.at.to_string())?;
        depth.end()
    }
}
