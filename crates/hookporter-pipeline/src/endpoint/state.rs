//! What an endpoint has seen and whether it takes requests, shared by its clones.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::Endpoint;
use crate::outcome::Outcome;

/// Counts and switches.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) paused: AtomicBool,
    pub(crate) shutting_down: AtomicBool,
    /// Whether it was said that the server does not tell who is at the other end.
    pub(crate) peer_unknown: AtomicBool,
    counts: [AtomicU64; Outcome::ALL.len()],
}

impl State {
    pub(crate) fn count(&self, outcome: Outcome) {
        if let Some(count) = self.counts.get(outcome.index()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Endpoint {
    /// Takes no request for now: the sender is told 503 and comes again.
    pub fn pause(&self) {
        self.state.paused.store(true, Ordering::Relaxed);
    }

    /// Takes requests again.
    pub fn resume(&self) {
        self.state.paused.store(false, Ordering::Relaxed);
    }

    /// Takes no request any more, for a process that is about to end: the sender is told 503.
    pub fn shut_down(&self) {
        self.state.shutting_down.store(true, Ordering::Relaxed);
    }

    /// How many requests ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.state.counts.get(outcome.index()).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// How many events were forgotten before their time because too many came; a replay of one is taken again.
    #[must_use]
    pub fn forgotten_events(&self) -> u64 {
        self.dedupe.as_ref().map_or(0, |dedupe| dedupe.evictions())
    }
}
