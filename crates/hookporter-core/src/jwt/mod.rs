//! JSON web tokens, in a strict envelope.
//!
//! A token scheme pins the algorithm; a token never chooses. What is taken is a compact JWS of exactly three segments in
//! canonical base64url, whose header names that algorithm and nothing that would change how the token is read
//! (`crit`, `b64`, `jwk`, `jku`, `x5u`, `x5c`, `zip`, `enc`, nested tokens). The signature is checked before the
//! payload is looked at, and the payload's claims are held against a [`ClaimsPolicy`].
//!
//! A signed token is not a secret one: whoever sees the request reads its payload.
//!
//! ```
//! use hookporter_core::jwt::{ClaimsPolicy, TokenScheme};
//! use hookporter_core::{Encoding, Header, Scheme, Verifier};
//!
//! // The body is `{"data": "<token>"}`, and the token's payload is what it says.
//! let in_body = Scheme::token(TokenScheme::hs256().in_body("data"));
//!
//! // The token is in a header and binds the body by its hash.
//! let in_header = Scheme::token(
//!     TokenScheme::hs256()
//!         .in_header(Header::new("x-webhook-signature"))
//!         .body_hash("sha256", Encoding::Hex)
//!         .claims(ClaimsPolicy::new().issuer("netlify")),
//! );
//! # Verifier::new(in_body)?;
//! # Verifier::new(in_header)?;
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```

mod body_hash;
mod by_key;
mod claims;
mod envelope;
mod expected;
mod header;
mod object;
mod payload;
mod place;
mod policy;
mod scheme;
#[cfg(feature = "sign")]
mod sign;

pub use policy::ClaimsPolicy;
pub use scheme::TokenScheme;

#[cfg(test)]
mod tests;
