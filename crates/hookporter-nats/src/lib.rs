//! The durable inbox of Hookporter on NATS JetStream, for fleets that run one already.
//!
//! The sender is told 2xx once the stream has confirmed its event. A worker, on the same node or another, gives the event to an
//! async function until it succeeds; see [`Worker`](hookporter_pipeline::inbox::Worker) for leases, backoff and dead letters.
//!
//! # What it promises
//!
//! - **As durable as the server is set.** On its default a server syncs every two minutes: what it confirmed survives the death of
//!   every process, and not a loss of power. An endpoint refuses that unless it says that it is enough. Give every server
//!   `sync_interval: always` (NATS 2.10 and newer) and say so with [`Settings::server_syncs_always`]: a client cannot ask for it.
//!   What even that leaves open is said [below](#a-loss-of-power).
//! - **One event, however often it comes**, for as long as it is remembered: 45 days unless set. Each event has a subject of its own,
//!   named by a digest of endpoint, tenant and what identifies it there, and is published on the condition that nothing is on that
//!   subject: one step of the server's, and one confirmed message for an event. The stream's own duplicate window, two minutes by
//!   default, is not needed, and senders that try again for days meet the same answer.
//! - **Bounded.** What is on its way to the stream is bounded in number and bytes; one more is told 503. A full stream refuses, and
//!   forgets nothing; with a bound in bytes ([`Settings::most_bytes`]) that takes a server of 2.10 or newer, and an older one is refused.
//! - **One worker at a time**, by leases: the consumer's `ack_wait` is the lease, `in progress` renews it, and a process that dies
//!   gives its events back when it runs out. Once its lease is over a process says nothing more of an event.
//! - **At least once.** An attempt is over when the server has confirmed its end; a server that is killed may forget the last ends
//!   that it confirmed, and the work is done again.
//! - **Never lost from sight.** An event whose attempts are spent is first published to the stream of dead letters, with its
//!   last error, and then taken from the workers. Its sender's next delivery, or [`Inbox::requeue_dead_letters`], has it worked again.
//! - **Back by itself.** While the server is away senders are told 503 at once; within two seconds of its return the inbox is there.
//!
//! # What it does not promise
//!
//! These parts of what the SQLite and PostgreSQL inboxes promise are not kept here, since the server has no step for them:
//!
//! - **Order per lane.** A consumer cannot hold events of one key back while another one of it is worked. Events with a lane
//!   (`Endpoint::in_order_by`) are refused: such an endpoint does not mount on this inbox, and is answered 503 where it does.
//! - **All events of a request, or none.** A request that tells of many events is acknowledged when all of them are confirmed. Where
//!   that fails in the middle, some are kept and will be worked; the sender's next try finds those as duplicates, if they have
//!   something that identifies them.
//! - **Moments by the caller's clock, and `next_due`.** Leases and waits go by the server's clock; a worker looks for what became
//!   due every second.
//! - **A lease that the server watches.** It takes a word on an event from whoever says it. That a worker whose lease is over says
//!   nothing is kept by this side, by its own clock: a process that is frozen between its look at the clock and its word may
//!   settle what another one has.
//! - **Attempts written down before the work.** The server counts how often it gives an event out, and when it is killed it may forget
//!   the last few counts. An event that was held back for a key that is not there may have one attempt more than set.
//! - **Bodies that go earlier than events.** The message is what tells a duplicate, so body and event are forgotten together.
//! - **The journal, the quarantine and the desk** of the other inboxes.
//!
//! # A loss of power
//!
//! The tests cut the power in many moments of a recorded life of a server 2.15.1. On its default it loses all that it has
//! confirmed. With `sync_interval: always` nothing that was acknowledged is missing, but for one case, which only the server can
//! mend; replicas on machines that do not lose their power together are what helps. Every few megabytes it begins a new file, and
//! never syncs the directory that the file is in. A file system that may lose the name of a synced file loses what was confirmed
//! since. Ext4, XFS and btrfs do not; POSIX would let them.
//!
//! Each of the streams holds one message that is no event, its marker. A stream that was empty when its server was last stopped
//! in peace, and whose file ends in zeros after a loss of power, is taken for the empty one that the server remembers, with all
//! that it was given since. Files end so where a file system writes down that a file has grown before it has what it has grown by.
//! An inbox puts a marker into its streams whenever it is opened, and when it has forgotten what is old.
//!
//! # In the server
//!
//! Three streams are made where they are not there: `hookporter` (subjects `hookporter.event.*`), `hookporter_dead`
//! (`hookporter.dead.*`) and `hookporter_parked` (`hookporter.parked.*`), or by the name of [`Settings::stream`]; and one durable
//! pull consumer, `workers`. The last word of a marker's subject is `marker`. Nodes wake each other on `hookporter.wake`. Streams of yours by these names are taken if they are
//! fit: retention `limits`, discard `new`, no `max_age`, one message per subject, direct access. Who deletes the consumer
//! has every event that is remembered worked again.
//!
//! With `sync_interval: always` a server syncs each message by itself, not many together: it takes about as many events a second as
//! its disk has syncs, a thousand or a few. More takes a disk that syncs faster, or streams on several servers.
//!
//! A message is at most as large as the server's `max_payload`, 1 MiB on its default: an event that is larger is told 503. Set it to
//! the endpoint's body limit and 64 KiB more. The server keeps the subject of every event in memory, some hundred bytes each.
//!
//! A dead letter has the headers `Hookporter-Event` (the number of its message among the events), `Hookporter-Attempts` and
//! `Hookporter-Error`. Contents stand in the streams as they came; with the feature `seal` and a key of yours they are encrypted.
//! Who can publish to these subjects can make events.

mod accept;
mod claim;
mod common;
mod depth;
mod encryption;
mod inbox;
mod kept;
mod leases;
mod link;
mod marker;
mod marks;
mod names;
mod open_error;
mod opening;
mod outlasting;
mod publish;
mod room;
mod settings;
mod settle;
mod sweep;
mod wake;

/// The client that this crate is built with, for [`Settings::connect_with`] and [`Settings::with_client`].
pub use async_nats;
pub use inbox::Inbox;
pub use open_error::OpenError;
pub use settings::Settings;
