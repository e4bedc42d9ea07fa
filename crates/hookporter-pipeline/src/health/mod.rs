//! Health: how an endpoint fares, for the person who is woken at night.
//!
//! [`Endpoint::health`](crate::Endpoint::health) says it at any moment; a [`HealthWatch`] tells of every change. Both frameworks'
//! adapters have a handler that shows it as JSON. What is counted costs an accepted request two atomic writes.
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
mod report;
mod vitals;
mod watch;

pub use alarm::{Alarm, Light};
pub use board::HealthBoard;
pub use report::{EndpointState, Health, KeyUse, LastError, LikelyCause, Totals};
pub(crate) use vitals::Vitals;
pub use watch::HealthWatch;
