//! What users of Hookporter test their own receivers with: signed requests, their forgeries, and a clock to set.
//!
//! Every sender that Hookporter knows has a function here, and [`custom`] takes a scheme of your own. Each gives a
//! [`RequestMaker`]; what it builds is signed by the core itself, byte for byte as the sender would.
//!
//! ```
//! let secret = "whsec_of_the_test";
//! let request = hookporter_testkit::stripe(secret).event("invoice.paid").event_id("evt_1").build();
//! assert_eq!(request.method(), "POST");
//! assert!(request.header("stripe-signature").is_some());
//! ```
//!
//! # Requests that must be refused
//!
//! A receiver that accepts every request passes a test with good ones only. [`RequestMaker::mutations`] makes the
//! forgeries: each is a good request with one thing wrong, and says for which reason it must be refused, so that a
//! test cannot pass for another.
//!
//! ```
//! use hookporter_core::{Keyring, Provider, Secret, UnixTime};
//!
//! let now = UnixTime::from_secs(1_700_000_000);
//! let maker = hookporter_testkit::github("a secret that is long enough").event("push").at(now);
//!
//! let verifier = Provider::by_id("github")?.verifier()?;
//! let keys = verifier.prepare(&Keyring::from(Secret::new("a secret that is long enough")))?;
//! assert!(maker.build().check(&verifier, &keys, now).is_ok());
//! for forgery in maker.mutations() {
//!     let refused = forgery.request.check(&verifier, &keys, now).unwrap_err();
//!     assert_eq!(refused.kind(), forgery.expected, "{}", forgery.name);
//! }
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```
//!
//! # Over a socket, or in process
//!
//! [`SignedRequest::into_http`] gives an `http::Request` for a tower service, [`SignedRequest::to_http1`] the bytes to
//! write to a socket, and the getters whatever another client wants.
//!
//! # Time
//!
//! [`ManualClock`] is a clock that a test moves. With the system clock, [`RequestMaker::stale`] and
//! [`RequestMaker::future`] sign a request that is out of date already.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod build;
mod clock;
mod convert;
mod forge;
#[cfg(feature = "inbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "inbox")))]
pub mod inbox;
mod keys;
mod maker;
mod member;
mod mutation;
mod place;
mod process;
mod profile;
mod request;
mod secret;
mod senders;
mod target;
#[cfg(any(test, feature = "vectors"))]
#[cfg_attr(docsrs, doc(cfg(feature = "vectors")))]
pub mod vectors;

pub use clock::ManualClock;
pub use keys::{TestKeys, keys};
#[cfg(feature = "ed25519")]
pub use keys::{discord_keys, standard_webhooks_v1a_keys};
pub use maker::RequestMaker;
pub use mutation::Mutation;
pub use process::{free_address, signal};
pub use request::SignedRequest;
pub use secret::SenderSecret;
pub use senders::*;

#[cfg(test)]
mod tests;
