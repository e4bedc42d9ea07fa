//! The receiving pipeline of Hookporter: endpoints, hand-off, and the acknowledgement budget.
//!
//! Every adapter runs the same steps, in this order: door, papers, body, proof, labels, version gate, hand-off,
//! acknowledge. An adapter supplies three things and no decision: a view of the headers ([`hookporter_core::Headers`]),
//! a reader of the raw body ([`BodyReader`]), and the translation of a [`Reply`] into its framework's response.
//!
//! Most users want the crate `hookporter`, which re-exports this one and the adapters.

mod answered;
mod body;
mod challenge;
#[cfg(feature = "fetch")]
mod client;
mod dedupe;
mod endpoint;
mod event;
#[cfg(feature = "diagnosis")]
mod examinations;
#[cfg(feature = "diagnosis")]
mod examine;
mod exchange;
mod gate;
mod handoff;
mod handshake_secret;
pub mod health;
pub mod inbox;
pub mod journal;
mod kept;
mod keys;
mod memory;
#[cfg(feature = "metrics")]
mod metrics;
pub mod nodes;
pub mod operating;
mod outcome;
mod packed;
mod payload_error;
mod peek;
mod prove;
mod proxies;
mod public_url;
pub mod quarantine;
mod receive;
mod replay;
mod reply;
mod routes;
mod shown;
mod span;
mod subscription;
mod tenant;
mod ticket;
mod trace;
mod work;

pub use answered::Answered;
pub use body::{BodyBroken, BodyReader};
pub use endpoint::Endpoint;
pub use event::Event;
pub use handoff::{BoxError, BoxFuture, HandedOff, Handoff, HandoffError};
pub use handshake_secret::HandshakeSecret;
pub use keys::{KeyFinder, KeySource, Keys};
pub use memory::BodyMemory;
#[cfg(feature = "metrics")]
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
pub use metrics::describe_metrics;
pub use outcome::{NotAnOutcome, Observer, Outcome, Record, Refusal};
pub use packed::{PackedRecord, RecordTexts};
pub use payload_error::PayloadError;
pub use proxies::Proxies;
pub use receive::{Verdict, receive};
pub use replay::{Replay, ReplayAnswer};
pub use reply::{Content, Reply};
pub use subscription::Subscription;
pub use ticket::{Answer, Handled, Ticket};
pub use trace::{NotATraceId, TraceId};
pub use work::{Driver, Panicked, Spawn, TokioSpawn, WorkResult, Worked, drain};
