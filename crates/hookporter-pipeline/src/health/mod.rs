//! Health: how an endpoint fares, for the person who is woken at night.
//!
//! [`Endpoint::health`](crate::Endpoint::health) says it at any moment; a [`HealthWatch`] tells of every change. Both frameworks'
//! adapters have a handler that shows it as JSON. What is counted costs an accepted request a few atomic writes, and a lock once
//! a second for each key.
//!
//! What strangers make up shows in the counts. It turns one light red: five refused proofs within a minute, and not one that
//! held since, are [`Alarm::RejectsEverything`], for a quarter of an hour. The other red ones need a request that a key has
//! signed ([`Alarm::OwnFault`], [`Alarm::Unavailable`]), or a source of keys that fails. And it puts none out: a proof that holds
//! ends the alarms about refusals, be it of a captured request that is sent again, and an event that is handed off or parked, which
//! a duplicate is not, ends [`Alarm::Unavailable`] and [`Alarm::Silent`].
//!
//! With the feature `diagnosis` refused requests are examined beside the path of requests: two a second of an endpoint at the
//! most (one that reached the proof, and one that did not, chosen among all that came meanwhile), one at a time in the process,
//! and none whose body is over 1 MiB.
//!
//! ```
//! use hookporter_core::Secret;
//! use hookporter_pipeline::Endpoint;
//! use hookporter_pipeline::health::{EndpointState, Light};
//!
//! let stripe = Endpoint::stripe(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))?;
//! let health = stripe.health();
//! assert_eq!((health.state, health.light), (EndpointState::Unknown, Light::Green));
//! stripe.pause();
//! assert_eq!(stripe.health().state, EndpointState::Stopped);
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```

mod alarm;
mod board;
mod clock_steps;
mod key_uses;
mod own_fault;
mod report;
mod vitals;
mod watch;

pub use alarm::{Alarm, Light};
pub use board::HealthBoard;
pub(crate) use own_fault::OwnFault;
pub use report::{EndpointState, Health, KeyUse, LastError, LikelyCause, Totals};
pub(crate) use vitals::{Vitals, may_be_our_own_fault};
pub use watch::HealthWatch;
