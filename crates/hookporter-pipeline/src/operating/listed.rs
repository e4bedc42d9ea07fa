//! Events in lists, and how many there are: nothing here has a byte of a body.

use hookporter_core::UnixTime;

use crate::operating::State;

/// An event in a list. It holds no byte of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Listed {
    /// Its number: ascending in the order of acceptance.
    pub number: i64,
    /// Its state.
    pub state: State,
    /// The endpoint's name.
    pub endpoint: String,
    /// The tenant, where the endpoint has tenants.
    pub tenant: Option<String>,
    /// The event id.
    pub event_id: Option<String>,
    /// The event type.
    pub event_type: Option<String>,
    /// When it came in.
    pub received_at: UnixTime,
    /// When it is due, or when its lease ends.
    pub due_at: Option<UnixTime>,
    /// When it was done, a dead letter, or given up on.
    pub finished_at: Option<UnixTime>,
    /// How many attempts it had since it was accepted or requeued.
    pub attempts: u32,
    /// The last error, one line.
    pub last_error: Option<String>,
}

/// An attempt to work an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Attempted {
    /// When it began.
    pub started_at: UnixTime,
    /// When it ended, unless it is still under way.
    pub ended_at: Option<UnixTime>,
    /// How it ended: `worked`, `failed`, or `lost` where its process died or it hung.
    pub outcome: Option<String>,
    /// Its error, one line.
    pub error: Option<String>,
}

/// How much an inbox holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Stats {
    /// Events that wait to be worked.
    pub waiting: u64,
    /// Events that workers have.
    pub working: u64,
    /// Events that are worked and remembered.
    pub done: u64,
    /// Dead letters.
    pub dead: u64,
    /// Parked events.
    pub parked: u64,
    /// When the oldest event came in that is not worked yet, parked ones and dead letters aside.
    pub oldest_undone: Option<UnixTime>,
    /// The size of the file, in bytes, without its log: what is used, and what is free.
    pub file_bytes: u64,
    /// How many bytes of the file are used.
    pub used_bytes: u64,
    /// How many bytes of the file are free: they are used again, or go back to the file system with the next sweep.
    pub free_bytes: u64,
    /// The size of the log beside the file, in bytes: some 64 MiB at most by default, unless another program reads the file in a long
    /// transaction.
    pub log_bytes: u64,
}

impl Stats {
    /// Sets how many events are in this state.
    pub const fn set(&mut self, state: State, count: u64) {
        match state {
            State::Waiting => self.waiting = count,
            State::Working => self.working = count,
            State::Done => self.done = count,
            State::Dead => self.dead = count,
            State::Parked => self.parked = count,
        }
    }
}
