//! Events on their way from one store to another.

use hookporter_core::UnixTime;

use crate::handoff::BoxFuture;
use crate::inbox::{EventRecord, InboxError};
use crate::operating::{Attempted, Listed, Original};

/// An event with all that a store keeps of it, to be kept by another store.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores, and by what reads an export")]
pub struct Moved {
    /// As a list has it.
    pub listed: Listed,
    /// What is kept of its request; of one whose contents were swept only what tells it from others, and its labels. Labels
    /// stand as the proof covered them when it came, also where it was edited since. Encrypted contents stay encrypted.
    pub record: EventRecord,
    /// Whether the contents are there: method, target, headers, body.
    pub has_contents: bool,
    /// How often it was lent to a worker.
    pub claims: u64,
    /// The attempts to work it, in order; of many only the latest.
    pub attempts: Vec<Attempted>,
    /// What came in, where it was edited since.
    pub original: Option<Original>,
}

impl Moved {
    /// How many bytes it has: what bounds count.
    #[must_use]
    pub fn weight(&self) -> usize {
        let original = self.original.as_ref().map_or(0, |original| original.body.len());
        self.record.weight().saturating_add(original)
    }
}

/// Its body is not for logs.
impl std::fmt::Debug for Moved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moved").field("listed", &self.listed).field("record", &self.record).finish_non_exhaustive()
    }
}

/// What became of an event that a store was to take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever moves events says something of every case or does not compile")]
pub enum TakenOver {
    /// It is kept, under its own number.
    Kept,
    /// It is kept under this number, since another event has its own. In a lane it comes after what was there.
    Renumbered(i64),
    /// The store has it already, and its word counts.
    Known,
    /// The store had it as one that waits and was not worked since: it is done now, as it is where it comes from.
    Finished,
    /// Another event has its number, and nothing else tells it from others: it is not kept, or a second try would keep it twice.
    NumberTaken,
}

/// Gives events to another store, and takes them over from one.
///
/// No method has a default body: that nothing is lost on the way, and nothing worked twice, rests on them.
pub trait MovingSide: Send + Sync + 'static {
    /// All that is kept of an event, as it is at one moment; `None` if there is none of this number.
    fn moved(&self, number: i64) -> BoxFuture<'static, Result<Option<Moved>, InboxError>>;

    /// Takes these events over, all of them or none, and ends when they are durable: one answer for each, in their order.
    ///
    /// It can be asked again with the same ones, however it ended before: what is there already is known, by what identifies the
    /// event within endpoint and tenant, else by number and moment of arrival. An event keeps its number, its state, its times and
    /// its attempts, but for one that a worker had, whose lease is not taken over: it waits, and is due at once. One that waits
    /// here and was done there since is done here, too. Of a lane the lowest number is worked first, whether it
    /// was taken over or accepted here. What is accepted from here on has numbers above those taken over, by `reserve` and more.
    fn take_over(
        &self,
        events: Vec<Moved>,
        reserve: u32,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<Vec<TakenOver>, InboxError>>;
}
