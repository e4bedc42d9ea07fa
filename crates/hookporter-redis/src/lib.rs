//! The durable inbox of Hookporter on Redis Streams, for fleets that run a Redis already: receivers and workers on any number of
//! nodes, one server.
//!
//! The sender is told 2xx once the server has confirmed its event. A worker, on the same node or another, gives the event to an
//! async function until it succeeds; see [`Worker`](hookporter_pipeline::inbox::Worker) for leases, backoff and dead letters.
//!
//! # What the server must be
//!
//! Redis 7.0 or newer, or Valkey. **On its defaults Redis keeps nothing on disk at once, and an endpoint refuses it.** The inbox
//! asks the server when it connects, and once a second, and [declares](hookporter_pipeline::inbox::Durability) what it finds:
//!
//! | `redis.conf` | declared | what is lost of that which was acknowledged |
//! |---|---|---|
//! | `appendonly yes`, `appendfsync always`, `no-appendfsync-on-rewrite no` | `Synced` | nothing: the answer goes out after the sync |
//! | `appendonly yes`, `appendfsync no` | `Written` | on a loss of power, about half a minute; nothing with the process alone |
//! | `appendonly yes`, `appendfsync everysec` | `Memory` | on a loss of power, a second or two. With the process alone what came while a sync was under way: the server does not write meanwhile, for up to two seconds on a slow disk |
//! | `appendfsync always` with `no-appendfsync-on-rewrite yes` | `Memory` | as with `everysec`, and worse: while the file is rewritten nothing is synced |
//! | `appendonly no`, with or without snapshots | `Memory` | everything since the last snapshot |
//!
//! A server that becomes weaker than it was found is refused until it is mended: senders are told 503. Where `CONFIG` is forbidden,
//! as on managed servers, only you can know: [`Settings::declare`].
//!
//! `maxmemory-policy` must be `noeviction` where `maxmemory` is set: any other one drops markers, or events, once memory is full.
//! Such a server is refused. With `noeviction` a full server refuses what comes in, senders are told 503, and nothing is lost.
//!
//! # What it promises
//!
//! - **Confirmed and told apart in one step.** One script takes the records of a request, all or none: the marker that tells its
//!   copies, the contents, and the entry in the stream. What waits goes as one call of it, which the server syncs once, where it
//!   syncs a row of commands every 16 KB or so. A connection that is cut before the answer acknowledges nobody; the sender's next try is
//!   a duplicate, or the first.
//! - **One event**, by endpoint, tenant and what identifies it there, whichever nodes its copies reach: for as long as it is
//!   not done, and 45 days from then unless set. Contents of what is done go after 30 days. Nothing is trimmed that was not worked:
//!   dead letters and parked events stay until somebody [requeues](Inbox::requeue) or [drops](Inbox::give_up) them.
//! - **Bounded.** What waits for the server is bounded in number and bytes; one more is told 503. While the server is away
//!   senders are told 503 at once; within a second of its return the inbox is there.
//! - **One worker at a time**, by leases of the server's clock: each claim raises the event's epoch, and a word of an older epoch
//!   counts for nothing. A node that dies gives its events back when their leases run out. Attempts are counted before the work.
//! - **In order per lane**, on all nodes together, and backoff that outlives restarts.
//! - **At least once.** There is no effect in the same transaction: make the work such that doing it again does no harm.
//!
//! It passes the whole acceptance suite of `hookporter-testkit`.
//!
//! # What it does not promise
//!
//! - **Failover may lose acknowledged events.** Replicas follow later. [`Settings::replicas`] has every acknowledgement wait until so
//!   many of them have it in memory (`WAIT`), which makes a loss less likely, and no more: it is no consensus, and a replica that
//!   lacks the event may be promoted all the same. Whatever was lost comes again as new if its sender delivers it again.
//! - **No undo.** Leases and states go with the data: a restored backup works events again that were done since. Numbers of events
//!   begin with the server's time, so that none is given again then.
//! - **Room is memory.** All that waits, 30 days of contents and 45 days of markers are in the server's memory: about 150 bytes for a
//!   marker, and its contents, twice the size of its headers at worst, for an event; a state of 200 bytes from its first attempt on.
//! - **One thread of the server does it all**: some 10 µs for each event of 1 KiB that is accepted, and as much again, or twice, for
//!   its work. See `tests/bench/README.md` for what that makes beside a bare loop of `XADD`.
//!
//! Sentinel is not asked: give a name that leads to the master. In a cluster all keys of an inbox are in one slot, by the hash
//! tag in their names, on one master; the inbox asks whichever node you name and follows to that one, also when it has moved.
//! One inbox does not spread over several: give endpoints inboxes of different names for that. Stop receivers and workers while you
//! move that slot to another master: a step that finds half of its keys gone can leave an event that does not know its copies.
//!
//! # For people
//!
//! Keys begin with `{hookporter}:`, or [`Settings::name`]. `XRANGE {hookporter}:dead - +` and `XRANGE {hookporter}:parked - +` list dead
//! letters and what is parked, `XPENDING {hookporter}:events workers` what is lent and to whom, `HGETALL {hookporter}:e:7` shows how
//! event 7 fares, from its first attempt on; until then it is an entry of `{hookporter}:events`, and no more. There is no journal, no quarantine and no console of events on Redis yet.
//!
//! A role needs `+@read +@write +@scripting +@connection +info +time +config|get +wait +publish +subscribe ~{hookporter}:* &{hookporter}:*`.
//! Bodies stand in the server, its files and its replicas as they came, unless they are sealed with a key of yours (feature `seal`).
//! Who can write to the server can make events.

mod accept;
mod claim;
mod connect;
mod depth;
mod fault;
mod inbox;
mod judgement;
mod keys;
mod listen;
mod open_error;
mod opening;
mod scripts;
mod settings;
mod settle;
mod wire;
mod writer;

pub use inbox::Inbox;
pub use open_error::OpenError;
/// The client that this crate is built with, for connections of yours.
pub use redis;
pub use settings::Settings;
