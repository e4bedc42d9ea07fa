//! What people see of events and do with them.

use bytes::Bytes;
use hookporter_core::UnixTime;

use crate::handoff::BoxFuture;
use crate::inbox::{EventRecord, InboxError};
use crate::operating::{Attempted, Edited, Listed, Original, Replay, Replayed, Selection, Stats};

/// Where a page of a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store handles every case or does not compile")]
pub enum Page {
    /// In ascending order, behind this number; 0 is the first page.
    After(i64),
    /// In descending order, before this number; `i64::MAX` is the first page.
    Before(i64),
}

/// What people see of events and do with them, through the console and the command line.
///
/// Every future owns what it needs. What is changed is durable when its call ends, and a server that has the store open takes it
/// up within a second. Changes to many events are made a few at a time, so that no sender waits for all of them; what fails
/// midway is done up to there.
pub trait OperatingSide: Send + Sync + 'static {
    /// Those of these events that the page is about, at most so many.
    fn select(&self, which: Selection, page: Page, most: usize) -> BoxFuture<'static, Result<Vec<Listed>, InboxError>>;

    /// How many events these are. It may look at every one.
    fn count(&self, which: Selection) -> BoxFuture<'static, Result<u64, InboxError>>;

    /// All that is kept of an event, body included; `None` if there is no such event, or its body was swept.
    fn inspect(&self, number: i64) -> BoxFuture<'static, Result<Option<(Listed, EventRecord)>, InboxError>>;

    /// The attempts to work an event, in order.
    fn attempts(&self, number: i64) -> BoxFuture<'static, Result<Vec<Attempted>, InboxError>>;

    /// What came in, of an event that was edited since; `None` for one that is as it came.
    fn original(&self, number: i64) -> BoxFuture<'static, Result<Option<Original>, InboxError>>;

    /// How much the store holds. It may count every row: for a page that somebody opens, not for every second.
    fn stats(&self) -> BoxFuture<'static, Result<Stats, InboxError>>;

    /// Has events worked again: dead letters, such as are done, and such as wait for their next attempt. How many.
    fn requeue(&self, which: Selection) -> BoxFuture<'static, Result<usize, InboxError>>;

    /// Releases those of these events that are parked. How many.
    fn release(&self, which: Selection) -> BoxFuture<'static, Result<usize, InboxError>>;

    /// Gives up on those of these events that are dead letters or parked: they count as done. How many.
    fn give_up(&self, which: Selection, now: UnixTime) -> BoxFuture<'static, Result<usize, InboxError>>;

    /// Has events worked again, to compare. The number of the replay; `None` if none of these can be replayed.
    fn replay(
        &self,
        which: Selection,
        reason: Option<String>,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<Option<i64>, InboxError>>;

    /// How many events [`Self::replay`] would have worked again. It may look at every one.
    fn count_to_replay(&self, which: Selection) -> BoxFuture<'static, Result<u64, InboxError>>;

    /// The replays, the latest first, at most so many.
    fn replays(&self, most: usize) -> BoxFuture<'static, Result<Vec<Replay>, InboxError>>;

    /// How the events of a replay go, by number, at most `most` of those behind the number `after`; begin with 0.
    fn verdicts(&self, replay: i64, after: i64, most: usize) -> BoxFuture<'static, Result<Vec<Replayed>, InboxError>>;

    /// Replaces the body of a dead letter or a parked event, and with it what it says.
    fn edit(
        &self,
        number: i64,
        body: Bytes,
        reason: Option<String>,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<Edited, InboxError>>;

    /// Puts back what came in, of an event that was edited.
    fn restore(&self, number: i64) -> BoxFuture<'static, Result<Edited, InboxError>>;

    /// Erases an event with all that was kept of it. Whether there was one.
    fn erase(&self, number: i64) -> BoxFuture<'static, Result<bool, InboxError>>;
}
