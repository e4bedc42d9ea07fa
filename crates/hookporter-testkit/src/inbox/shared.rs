//! Makers of stores that several processes have at the same time, and of engines that fail.

use std::process::Command;
use std::time::Duration;

use hookporter_pipeline::BoxError;

use super::InboxBackend;

/// What the suites of several nodes run on: a maker of stores that several processes have at the same time. These suites work
/// events with workers, which go by the real time: so must the stores.
pub trait SharedBackend: InboxBackend {
    /// One more node with the events of this store: a store with connections of its own, as another process has it.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn node(&self, store: &Self::Store) -> impl Future<Output = Result<Self::Store, BoxError>>;

    /// How many events of this store wait or are being worked, as the engine itself says: asked beside the store, with the
    /// engine's own client.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn undone(&self, store: &Self::Store) -> impl Future<Output = Result<u64, BoxError>>;

    /// The ids of all events of this store, those included that are done, each as often as it is there; as the engine itself says.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn ids(&self, store: &Self::Store) -> impl Future<Output = Result<Vec<String>, BoxError>>;
}

/// What the crash suite runs on: nodes are processes of their own.
pub trait CrashBackend: SharedBackend {
    /// A program that has the events of this store and [lives](super::NodeLife) on it. Mostly the test's own program is run once
    /// more, and told by the environment where the engine is.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn program(&self, store: &Self::Store) -> Result<Command, BoxError>;

    /// How often a node is killed. Default: 8.
    fn kills(&self) -> usize {
        8
    }
}

/// What the outage suite runs on: an engine that can be killed and started again.
pub trait EngineBackend: SharedBackend {
    /// Kills the engine, as `kill -9` does: its memory is lost.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn kill(&self) -> Result<(), BoxError>;

    /// Ends it as an administrator does.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn stop(&self) -> Result<(), BoxError>;

    /// Starts it again at the same address, with what it has kept, and ends when it answers.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn start(&self) -> Result<(), BoxError>;

    /// How many deliveries wait in this process for the engine, and how many bytes they have.
    fn queued(&self, store: &Self::Store) -> (usize, usize);

    /// What senders must bear. Default: [`Patience::default`].
    fn patience(&self) -> Patience {
        Patience::default()
    }
}

/// What senders must bear when an engine is away, by a [`Stopwatch`](super::Stopwatch).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "said by tests")]
pub struct Patience {
    /// After how long most senders are refused once the store knows that the engine is away. Default: 200 ms.
    pub refused: Duration,
    /// The longest that any sender waits for an answer, whatever happens. Default: 2 s.
    pub longest: Duration,
    /// How many deliveries may wait in the process for an engine that is away. Default: none.
    pub queued: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { refused: Duration::from_millis(200), longest: Duration::from_secs(2), queued: 0 }
    }
}
