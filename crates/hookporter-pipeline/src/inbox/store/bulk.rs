//! What people change of many events: in bounded steps, so that nobody waits for all of them.

use hookporter_core::UnixTime;

use crate::operating::Selection;

/// What is done with each of many events.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "a store handles each or does not compile")]
pub enum Doing {
    /// It is worked again, with all of its attempts.
    Requeue,
    /// A parked one is due at once.
    Release,
    /// What is set aside counts as done, at this moment.
    GiveUp(UnixTime),
    /// It is worked again, to compare.
    Replay {
        /// The number of the replay, once it has an event.
        run: Option<i64>,
        /// Why.
        reason: Option<String>,
        /// When it began.
        now: UnixTime,
    },
}

impl Doing {
    /// A replay that has no event yet.
    #[must_use]
    pub const fn replay(reason: Option<String>, now: UnixTime) -> Self {
        Self::Replay { run: None, reason, now }
    }
}

/// A change to many events, and how far it got. Each step is a transaction of its own, and no event has two.
///
/// ```
/// # use hookporter_pipeline::inbox::store::{Bulk, Doing};
/// # use hookporter_pipeline::operating::Selection;
/// let mut bulk = Bulk::new(Selection::all(), Doing::Requeue);
/// // Of events up to number 7, the step looked at those up to 5, chose two of them, and could change one.
/// bulk.begin(7);
/// bulk.pass(5, &[2, 3], 1);
/// assert_eq!((bulk.after(), bulk.done(), bulk.is_over()), (5, 1, false));
/// bulk.pass(7, &[], 0);
/// assert!(bulk.is_over());
/// ```
#[derive(Debug, Clone)]
pub struct Bulk {
    selection: Selection,
    doing: Doing,
    after: i64,
    upto: Option<i64>,
    done: usize,
    is_over: bool,
}

impl Bulk {
    /// How many events one step changes at the most: a few milliseconds.
    pub const ROWS: i64 = 200;
    /// How many rows one step looks at: where few are chosen, it must not go through a whole store in one turn.
    pub const LOOKED_AT: i64 = 20_000;

    /// A change that has done nothing yet.
    #[must_use]
    pub fn new(selection: Selection, doing: Doing) -> Self {
        // Where numbers are named, only the rows between them are looked at.
        let numbers = selection.numbers.as_deref();
        let after = numbers.and_then(|numbers| numbers.iter().min()).map_or(0, |first| first.saturating_sub(1).max(0));
        let upto = numbers.map(|numbers| numbers.iter().max().copied().unwrap_or(0));
        Self { selection, doing, after, upto, done: 0, is_over: false }
    }

    /// Which events.
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// What is done with them.
    #[must_use]
    pub const fn doing(&self) -> &Doing {
        &self.doing
    }

    /// The same, for a replay to note its number in.
    #[must_use]
    pub const fn doing_mut(&mut self) -> &mut Doing {
        &mut self.doing
    }

    /// The number of the replay, if it is one and has an event.
    #[must_use]
    pub const fn run(&self) -> Option<i64> {
        match self.doing {
            Doing::Replay { run, .. } => run,
            _ => None,
        }
    }

    /// Every event up to this number is dealt with.
    #[must_use]
    pub const fn after(&self) -> i64 {
        self.after
    }

    /// The number of the last event that is looked at; `None` before [`Bulk::begin`], unless numbers are named.
    #[must_use]
    pub const fn upto(&self) -> Option<i64> {
        self.upto
    }

    /// Notes which event is the newest: what comes in meanwhile is not chosen.
    pub const fn begin(&mut self, newest: i64) {
        self.upto = Some(newest);
    }

    /// Notes a step: it looked at the rows up to this number, and chose these, at most [`Bulk::ROWS`] in their order; so many
    /// of them it could change.
    pub fn pass(&mut self, looked_at: i64, chosen: &[i64], done: usize) {
        self.done = self.done.saturating_add(done);
        let is_full = i64::try_from(chosen.len()).unwrap_or(Self::ROWS) >= Self::ROWS;
        self.after = chosen.last().copied().filter(|_| is_full).unwrap_or(looked_at);
        self.is_over = self.upto.is_none_or(|upto| self.after >= upto);
    }

    /// Notes that there is no row left to look at.
    pub const fn end(&mut self) {
        self.is_over = true;
    }

    /// How many events it has changed.
    #[must_use]
    pub const fn done(&self) -> usize {
        self.done
    }

    /// Whether it has looked at all.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_step_goes_on_behind_the_last_that_it_chose() {
        let mut bulk = Bulk::new(Selection::all(), Doing::Requeue);
        bulk.begin(20_000);
        let chosen: Vec<i64> = (1..=Bulk::ROWS).collect();
        bulk.pass(20_000, &chosen, 150);
        assert_eq!((bulk.after(), bulk.done(), bulk.is_over()), (Bulk::ROWS, 150, false));
        bulk.pass(20_000, &chosen[1..], 1);
        assert_eq!((bulk.after(), bulk.done(), bulk.is_over()), (20_000, 151, true));
    }

    #[test]
    fn of_named_numbers_only_those_between_are_looked_at() {
        let of = |numbers: &[i64]| Bulk::new(Selection::all().numbers(numbers.to_vec()), Doing::Release);
        assert_eq!((of(&[9, 4, 7]).after(), of(&[9, 4, 7]).upto()), (3, Some(9)));
        assert_eq!((of(&[]).after(), of(&[]).upto()), (0, Some(0)));
        assert_eq!(of(&[i64::MIN]).after(), 0);
        assert_eq!(Bulk::new(Selection::all(), Doing::Release).upto(), None);
    }
}
