//! The durable inbox of Hookporter on PostgreSQL: receivers and workers on any number of nodes, one database.
//!
//! The sender is told 2xx once its event is committed. A worker, on the same node or another, gives the event to an async
//! function until it succeeds; see [`Worker`](hookporter_pipeline::inbox::Worker) for leases, backoff and dead letters.
//!
//! # What it promises
//!
//! - **Durable**: synced ([`Durability::Synced`](hookporter_pipeline::inbox::Durability::Synced)), as an endpoint demands. A
//!   connection on which `synchronous_commit` or `fsync` is off is refused, and what it was found with is pinned for the session.
//!   The server's own disk is meant: what is to survive the loss of that machine needs a standby in
//!   `synchronous_standby_names`, for which the commit then waits unless `synchronous_commit` is `local`. Leave `full_page_writes`
//!   on, unless the file system tears no page: without it a test that cuts the power finds one disk in ten damaged. A commit
//!   whose answer is lost is not acknowledged: the sender's next try is a duplicate, or the first.
//! - **One row for an event**, by endpoint, tenant and what identifies the event there, for 45 days unless set, whichever nodes
//!   its copies reach.
//! - **Bounded.** What waits for the commit is bounded in number and bytes; one more is told 503. One task of a process gathers
//!   what waits into one statement, so that all of it shares a sync.
//! - **One worker at a time**, by leases: claims pass by what others are just claiming, each raises the event's epoch, and a
//!   word of an older epoch counts for nothing. A node that dies gives its events back when their leases run out.
//! - **In order per lane**, on all nodes together: of a lane one event at the most is due, which a unique index holds.
//! - **At least once, or exactly once.** A worker's function may run again after it has done its work; one of
//!   [`Inbox::transactional_worker`], whose work is SQL in the same database, has its effect exactly once.
//! - **Awake at once**: nodes tell each other by `NOTIFY` what is due, and look by themselves every second, so that one that is
//!   not heard, as behind some poolers, delays an event by a second at the most.
//! - **Back by itself.** While the server is away senders are told 503 at once; within a second of its return the inbox is there.
//!
//! - **Agreed**: what is said of an endpoint for every node (pausing it, revoking a key) holds on all of them within a second, and
//!   after restarts; each node tells how it fares. See [`nodes`](hookporter_pipeline::nodes).
//!
//! # Beside your own tables
//!
//! Everything is in a schema of its own, `hookporter` unless [`Settings::schema`] says otherwise, and made at the first start,
//! under a lock, by whichever node comes first. A role that may not make schemas is given one: `CREATE SCHEMA hookporter
//! AUTHORIZATION shop`. [`Inbox::with_pool`] takes your pool: effects have its transactions. Beside it a process has one
//! connection for what comes in, one for what nodes agree on, and where it works up to five more.
//!
//! A pool is of one release of sqlx. This crate takes 0.8.6 and later and 0.9; Cargo gives it the newest one even where you have
//! another, as by sea-orm 1. Then tell it once: `cargo update sqlx@0.9.0 --precise 0.8.6`, and both are the same.
//!
//! Sessions of the inbox's own have settings, such as timeouts: a pooler between must keep sessions apart (PgBouncer's `session`
//! mode). Outside of a lane, numbers of events that nodes accept at the same moment may show themselves in another order.
//!
//! By hand, too: `INSERT INTO hookporter.paused (endpoint) VALUES ('stripe')` pauses an endpoint everywhere, `DELETE` resumes it, and
//! `revoked_keys` has the ids of keys that count no more (never a key).
//!
//! For people: `SELECT * FROM hookporter.journal`, and [`Inbox::desk`], which is safe beside any number of nodes. What is erased is gone from every query at once; its bytes leave the
//! server's files with the next vacuum, and its log and backups when these go.
//!
//! Bodies stand in the database as they came: who can read it can read them. With the feature `seal` and a key of yours
//! (`Settings::seal`) they are encrypted, and headers, target and peer with them. Who can write to the database can make events. A zero byte in a text, which PostgreSQL cannot have, stands there as `␛0`.
//!
//! # Times
//!
//! Leases and due times go by the database's clock: a node whose clock is wrong takes no event from another. Of the moments that a
//! worker tells, only the distance from its own present counts.

mod accept;
mod accepting;
mod aside;
mod batch;
mod claim;
mod completions;
mod connect;
mod depth;
mod desk;
mod fault;
mod inbox;
mod journal;
mod lane;
mod listen;
mod mend;
mod moving;
mod nodes;
mod open_error;
mod opening;
mod operated;
mod refused;
mod row;
mod schema;
mod settings;
mod settle;
mod sql;
mod statements;
mod sweep;
mod text;
mod transactional;
mod working;
mod writer;

pub use inbox::Inbox;
pub use open_error::OpenError;
pub use operated::Desk;
pub use settings::Settings;
/// The driver that this crate is built with, for pools and for functions of [`Inbox::transactional_worker`].
pub use sqlx;
pub use transactional::Effect;
