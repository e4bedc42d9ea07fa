//! The journal: what came in, accepted or not, for people who troubleshoot.
//!
//! ```
//! use hookporter_core::Secret;
//! use hookporter_pipeline::Endpoint;
//! use hookporter_pipeline::journal::{Journal, Query};
//!
//! let journal = Journal::in_memory(10_000);
//! let github = Endpoint::github(Secret::new("a long and random secret"))?.observer(journal.clone());
//! // … later, on a page behind your own authentication:
//! for entry in journal.entries(&Query::new().rejected().of("github"), 50) {
//!     println!("{} {} {:?}", entry.record.at, entry.record.outcome, entry.record.detail);
//! }
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```
//!
//! # For authors of stores
//!
//! A store that writes requests down gives [`Notes`] to its endpoints, takes them when it sees fit, and keeps each [`Note`] as a [`Row`];
//! [`Findings`] come later, by their traces.

mod findings;
mod note;
mod notes;
mod numbers;
mod query;
mod ring;
mod row;

pub use findings::Findings;
pub use note::Note;
pub use notes::{Found, Keeping, Notes};
pub use numbers::Brought;
pub use query::Query;
pub use ring::{Entry, Journal};
pub use row::Row;
