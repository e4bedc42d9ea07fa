//! The durable inbox of Hookporter in one SQLite file: no server, one file, one line of code.
//!
//! The sender is told 2xx once its event is committed and synced. A worker gives the event to an async function until it
//! succeeds; see [`Worker`](hookporter_pipeline::inbox::Worker) for leases, backoff and dead letters.
//!
//! # What it promises
//!
//! - **Durable**: synced ([`Durability::Synced`](hookporter_pipeline::inbox::Durability::Synced)), as an endpoint demands.
//!   Write-ahead log, `synchronous=FULL`, both read back when the file is opened. One thread writes; deliveries
//!   that wait share a transaction and its one sync. When a commit or a sync fails nobody is acknowledged, the file is
//!   closed, opened again and looked through, and senders are told 503 meanwhile.
//! - **One row for an event**, by endpoint, tenant and what identifies the event there, for 45 days unless set.
//! - **Bounded.** What waits for the commit is bounded in number and bytes; one more is told 503.
//! - **At least once, or exactly once.** A worker's function may run again after it has done its work; one of
//!   [`Inbox::transactional_worker`], whose work is SQL in the same file, has its effect exactly once.
//! - **One process, or one for each side.** A second one that opens the file is refused. Where the work is to have a process of
//!   its own, one opens an [`AcceptingInbox`] and one a [`WorkingInbox`]: either may die, hang or be replaced without the other,
//!   and nothing is worked by two at once. That takes SQLite 3.51.3 or newer, which `rusqlite` brings along since 0.39; with older ones
//!   it is refused. The locks are files of their own, `hooks.db.lock` and `hooks.db.work.lock`, which the system unlocks when
//!   the process dies, however it dies. Put the file on a local disk: network file systems lock badly.
//! - **Looked after from outside.** What a tool changes beside the server is taken up within a second.
//! - **A damaged file** is set aside under another name, with an error in the log, and a new one takes its place: at a start,
//!   and while it is open once it can no longer be written or its list of events is hit. A body that cannot be read while it
//!   is open is a dead letter, and the others are worked. The whole file is looked through after an end that was not clean;
//!   after a clean one only the list of events is, so that a start takes no longer for what is kept.
//! - **Bounded in size**, where you say so: [`Settings::keep_bytes`], [`Settings::file_limit`].
//! - **Readable**: `sqlite3 -readonly hooks.db 'SELECT * FROM journal'` shows what happened, while the server runs.
//!
//! Bodies stand in the file as they came: who can read the file can read them. With the feature `seal` and a key of yours
//! (`Settings::seal`) they are encrypted, and headers, target and peer with them. Who can write to the file can make events.
//!
//! # Journal
//!
//! Every request of an endpoint with an inbox leaves a row in the same file, accepted or not, with its trace, what the sender was
//! told and why, and the number of its event: `SELECT * FROM requests_journal`, [`Reader::entries`], or the console. It holds no
//! proof, no credential and no body. Rows are written when nobody waits for the writer, half a second late at the most unless
//! senders keep it busy, and without a sync of their own: a loss of power may take the last ones. No request waits for its row;
//! what cannot be written is counted ([`Inbox::lost_requests`]). Rows go after 30 days, and when there are more than a million
//! ([`Settings::keep_requests`], [`Settings::most_requests`]); strangers' requests have a tenth of that, and push out nothing but
//! their like. An erasure takes the rows of the event along. Where contents are sealed the journal has no headers and no
//! path, whether a key has proven the request or not; what is in clear in the events (endpoint, tenant, id, type, version) is so here, too.
//!
//! # Mending
//!
//! [`Mender`] works beside a running server, from another process: what it changed is durable when its call ends, and the
//! server takes it up within a second. [`Inbox`] has the same for the server itself, and a [`Desk`] has all of it for a console,
//! in either process. Dead letters and what is done are
//! requeued, parked events released, others given up; a replay remembers how each event had gone, for a [`Verdict`]. An
//! edited body is never taken for what the sender signed: [`Edited`].
//!
//! # Times
//!
//! Work is due by the wall clock. When it is set back, events that wait for a retry wait longer by as much.
//! When it is set forward by more than a lease, the leases of events that are being worked run out at once: they are lent once
//! more while their first attempts still run, and what these report is not taken any more.

mod accept;
mod accepting;
mod aside;
mod backfill;
mod bulk;
mod cancel;
mod change;
mod claim;
mod commit;
mod damage;
mod depth;
mod desk;
#[cfg(test)]
#[expect(dead_code, reason = "the tests of the whole inbox need more of it")]
#[path = "../tests/inbox/directory.rs"]
mod directory;
mod edit;
mod effect;
mod emptying;
mod erased;
mod file;
mod guest;
mod hand;
mod inbox;
mod job;
mod journal;
mod lane;
mod lock;
mod log;
mod look;
mod mend;
mod mender;
mod moving;
mod open_error;
mod opening;
mod operated;
mod patience;
mod queue;
mod reader;
mod readers;
mod refused;
mod replay;
mod role;
mod row;
mod schema;
mod selection;
mod settings;
mod settle;
mod sides;
mod size;
mod sound;
mod store;
mod sweep;
mod transactional;
mod writer;

pub use desk::Desk;
pub use erased::Erased;
pub use hookporter_pipeline::operating::{
    Attempted, Edited, Listed, Original, Page, Replay, Replayed, Selection, State, Stats, Verdict,
};
pub use inbox::Inbox;
pub use mender::Mender;
pub use open_error::OpenError;
pub use reader::Reader;
/// The SQLite library that this crate is built with, for functions of [`Inbox::transactional_worker`]: a program links one.
pub use rusqlite;
pub use settings::Settings;
pub use sides::{AcceptingInbox, WorkingInbox};
