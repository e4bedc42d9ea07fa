//! Whether the wall clock was set while the process ran.

use std::sync::Mutex;
use std::time::Duration;

use hookporter_core::UnixTime;
use tokio::time::Instant;

/// A smaller difference is the clock being adjusted, as it should be.
const STEP: Duration = Duration::from_secs(5);
/// How long a step is told of.
const TOLD_FOR: Duration = Duration::from_secs(600);

/// Compares the wall clock with one that nobody sets.
#[derive(Debug, Default)]
pub(crate) struct ClockSteps {
    state: Mutex<Option<Compared>>,
}

#[derive(Debug, Clone, Copy)]
struct Compared {
    wall: UnixTime,
    steady: Instant,
    /// The last step, in milliseconds, forward or back, and when it was seen.
    step: Option<(i64, Instant)>,
}

impl ClockSteps {
    /// Looks at both clocks; the step that the wall clock made of late, in milliseconds, if it made one.
    pub(super) fn look(&self, wall: UnixTime) -> Option<i64> {
        let steady = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let before = state.unwrap_or(Compared { wall, steady, step: None });
        let expected = before.wall.plus(steady.saturating_duration_since(before.steady));
        let off = wall.as_millis().saturating_sub(expected.as_millis());
        let is_step = off.unsigned_abs() >= u64::try_from(STEP.as_millis()).unwrap_or(u64::MAX);
        let step = if is_step { Some((off, steady)) } else { before.step };
        let step = step.filter(|(_, seen)| steady.saturating_duration_since(*seen) < TOLD_FOR);
        *state = Some(Compared { wall, steady, step });
        step.map(|(off, _)| off)
    }
}
