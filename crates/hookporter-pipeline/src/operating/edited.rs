//! Events whose body somebody has replaced.

use bytes::Bytes;
use hookporter_core::{Coverage, UnixTime};

use crate::operating::State;

/// What became of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Edited {
    /// It is done.
    Done,
    /// There is no such event, or its body was swept.
    Absent,
    /// It is neither a dead letter nor parked.
    NotSetAside(State),
    /// Its contents are encrypted: a body in clear must not lie beside them.
    Encrypted,
    /// There is nothing to put back: it is as it came.
    AsItCame,
}

/// What came in, of an event that was edited since.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Original {
    /// The body, byte for byte as received.
    pub body: Bytes,
    /// What it says, where that is not the body itself.
    pub payload: Option<Bytes>,
    /// What the proof covered of it.
    pub coverage: Coverage,
    /// When it was edited last.
    pub edited_at: UnixTime,
    /// Whatever its editor said.
    pub reason: Option<String>,
}

impl std::fmt::Debug for Original {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = f.debug_struct("Original");
        debug.field("body_bytes", &self.body.len()).field("edited_at", &self.edited_at).finish_non_exhaustive()
    }
}
