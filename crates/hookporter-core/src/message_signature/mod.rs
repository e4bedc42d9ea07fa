//! HTTP Message Signatures (RFC 9421).
//!
//! The sender names what it signed in `Signature-Input` and puts the signature into `Signature`. What a request names is
//! its own word, so the endpoint says what must be among it: a signature that covers less is refused, however good it
//! is. The endpoint pins the algorithm too; an `alg` that contradicts it is refused.
//!
//! - *The body* is bound by a covered `Content-Digest` ([`ContentDigest`]), or not at all.
//! - *The URL* (`@target-uri`, `@path`, …) is the endpoint's public URL, never what `Host` and forwarded headers say.
//! - *Time* is `created`, which every signature must have, and `expires` where it has one.
//! - *Several signatures*: the one whose label the endpoint names, else the only one that fits what it demands.
//! - *What is not supported is refused, never passed over*: component parameters other than `name`, derived components of
//!   responses, unknown signature parameters, and other spellings than the canonical one.
//!
//! ```
//! use hookporter_core::message_signature::MessageScheme;
//! use hookporter_core::{Scheme, Verifier};
//!
//! // Default: `content-digest`, `@method`, and `@target-uri` or `@path`.
//! let generic = Scheme::message_signature(MessageScheme::hmac_sha256());
//!
//! let narrow = Scheme::message_signature(
//!     MessageScheme::hmac_sha256().with_required(["content-digest", "x-acme-event"]).label("acme"),
//! );
//! # Verifier::new(generic)?;
//! # Verifier::new(narrow)?;
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```

mod base;
mod choose;
mod component;
mod digest;
mod input;
mod names;
mod open;
mod scheme;
#[cfg(feature = "sign")]
mod sign;
mod structured;
mod url;

pub use digest::ContentDigest;
pub use scheme::MessageScheme;

pub(crate) use open::Opened;

#[cfg(test)]
mod tests;
