//! Hookporter stands at a webhook's door: he checks the papers of every delivery, signs for it at once, and carries it
//! to the people who will do the work.
//!
//! - [`Endpoint`]: one configured route. A preset per sender ([`Endpoint::stripe`], [`Endpoint::github`], …), or a
//!   [`Scheme`] of your own.
//! - `axum` (feature `axum`, or `tower` for other tower servers) and `actix` (feature `actix`): the adapters.
//! - [`Event`]: what your code is given, once everything about the request held.
//!
//! # Deployment
//!
//! What stands in front of your server can break a proof; each of these shows as a refusal with its reason:
//!
//! - **A proxy that touches the body** (re-encodes JSON, changes the charset, inflates gzip): `invalid-signature`. The
//!   bytes must arrive as they were sent.
//! - **A proxy that merges or repeats headers**: `repeated-header` or `malformed-header`.
//! - **A proxy that strips headers it does not know**: `missing-header`.
//! - **A public URL that is not what you configured**, for senders that sign it (Twilio): `invalid-signature`. Configure
//!   the URL that the sender calls; `Host` and forwarded headers are not believed.
//! - **A clock that is off** by more than the tolerance: `timestamp-too-old` or `timestamp-too-new`, with the number of
//!   seconds. Run NTP.
//! - **A server without timeouts**: neither framework bounds a slow head by itself (axum) or a stalled body (both). The
//!   pipeline bounds the body; the `serve` helpers bound the head and the shutdown. Behind a plain `axum::serve`, put a
//!   proxy that does.
//!
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use hookporter_core as core;
#[cfg(feature = "jwt")]
pub use hookporter_core::jwt;
pub use hookporter_core::provider;
pub use hookporter_core::{
    Algorithm, Clock, ConfigError, Coverage, Encoding, Evidence, Form, FrozenClock, Header, Identity, Json,
    KeyDecoding, KeyId, KeyPlace, KeyRule, Keyring, Provider, Reason, Rejection, Scheme, Secret, SignedBytes,
    SignedInput, SystemClock, TimeUnit, Tolerance, UnixTime, VersionGate, VersionRule,
};
pub use hookporter_pipeline::{
    BodyMemory, BoxError, BoxFuture, Endpoint, Event, HandedOff, Handoff, HandoffError, KeySource, Keys, Observer,
    Outcome, PayloadError, Record, Refusal, drain,
};

#[cfg(feature = "tower")]
pub use hookporter_tower as tower;

/// The axum adapter: [`EndpointLayer`](hookporter_tower::EndpointLayer),
/// [`EndpointService`](hookporter_tower::EndpointService), the extractors, and
/// [`serve`](hookporter_tower::serve).
#[cfg(feature = "axum")]
pub mod axum {
    pub use hookporter_tower::{
        EndpointLayer, EndpointService, NotVerified, Server, Verified, VerifiedJson, VerifiedJsonRejection, serve,
    };
}

#[cfg(feature = "actix")]
pub use hookporter_actix as actix;

/// The README's code, compiled.
#[cfg(all(doctest, feature = "axum", feature = "actix"))]
#[doc = include_str!("../../../README.md")]
#[derive(Debug)]
struct Readme;
