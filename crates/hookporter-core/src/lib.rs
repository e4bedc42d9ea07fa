//! Framework-agnostic webhook verification: no IO, no runtime, no framework type.
//!
//! A [`Scheme`] says, as data, how a sender proves origin; a [`Verifier`] checks requests against it in three steps
//! that are types, so that none can be left out: papers ([`Verifier::begin`]), body ([`Check::push`]), proof
//! ([`Check::finish`]). What comes out is a [`Delivery`], and holding one is the proof.
//!
//! Most users want the crate `hookporter`, which adds endpoints, hand-off and the axum and actix-web adapters.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod algorithm;
mod body;
mod check;
mod clock;
mod config_error;
mod delivery;
#[cfg(feature = "diagnosis")]
#[cfg_attr(docsrs, doc(cfg(feature = "diagnosis")))]
pub mod diagnosis;
mod freshness;
mod head;
mod headers;
#[cfg(feature = "gzip")]
mod inflate;
#[cfg(feature = "jwt")]
pub mod jwt;
mod keepable;
mod key_name;
mod key_parts;
mod keyring;
mod labels;
#[cfg(feature = "http-signatures")]
#[cfg_attr(docsrs, doc(cfg(feature = "http-signatures")))]
pub mod message_signature;
mod papers;
pub mod provider;
mod reason;
mod rejection;
mod scheme;
#[cfg(feature = "seal")]
mod sealing;
mod secret;
mod stage;
mod verifier;
mod version;

pub use algorithm::{Algorithm, KeyPlace};
pub use body::{BodyBuffer, DEFAULT_BODY_LIMIT, body_digest};
pub use check::{Check, Unkeyed};
pub use clock::{Clock, FrozenClock, NotAMoment, SystemClock, UnixTime};
pub use config_error::ConfigError;
pub use delivery::{Coverage, Delivery, Refused};
pub use freshness::Tolerance;
pub use head::Head;
pub use headers::{HeaderVisitor, Headers, NameMarks, Occurrence};
pub use keepable::carries_credentials;
pub use key_name::{KeyName, KeyNaming, KeyUrl, KeyUrlSource};
pub use keyring::{Keyring, PreparedKeyring};
pub use labels::{EventKey, Form, Identity, Json, Label, LabelSource, LabelSources, Labels};
pub use provider::Provider;
pub use reason::Reason;
pub use rejection::{Evidence, Rejection};
pub use scheme::{
    Encoding, Gzip, Header, KeyDecoding, KeyRule, Part, Scheme, SignatureSource, SignedBytes, SignedInput,
    SignedMessage, TimeUnit, TimestampSource,
};
#[cfg(feature = "sign")]
pub use scheme::{ProofDraft, Signable, Signed};
#[cfg(feature = "seal")]
#[cfg_attr(docsrs, doc(cfg(feature = "seal")))]
pub use sealing::SealingKey;
pub use secret::{KeyId, Secret};
pub use stage::Stage;
pub use verifier::Verifier;
pub use version::{VersionGate, VersionRule};
