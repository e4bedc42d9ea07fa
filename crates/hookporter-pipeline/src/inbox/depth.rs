//! How much waits in a store.

use hookporter_core::UnixTime;
use serde::Serialize;

use crate::shown::{maybe_shown, shown};

/// How much waits in a store, from a few seconds ago. Counting ends at [`InboxDepth::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct InboxDepth {
    /// Events that wait to be worked or are being worked.
    pub waiting: u64,
    /// Dead letters.
    pub dead: u64,
    /// Parked events.
    pub parked: u64,
    /// When the event came in that has been due for the longest time, if one is.
    #[serde(serialize_with = "maybe_shown")]
    pub oldest: Option<UnixTime>,
    /// When this was so.
    #[serde(serialize_with = "shown")]
    pub at: UnixTime,
}

impl InboxDepth {
    /// Where counting ends: this many, or more.
    pub const MOST: u64 = 10_000;
}
