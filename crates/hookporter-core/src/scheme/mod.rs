//! Schemes: how a sender proves origin, as data.
//!
//! A scheme says which bytes are signed, with what, and where the proof, the time and the id are. A sender that no
//! preset covers takes a few lines:
//!
//! ```
//! use hookporter_core::{Header, Scheme, Verifier};
//!
//! let scheme = Scheme::hmac_sha256()
//!     .signed("{timestamp}.{body}")
//!     .signature(Header::new("x-acme-signature").prefix("sha256=").hex())
//!     .timestamp(Header::new("x-acme-time").unix_seconds());
//! let verifier = Verifier::new(scheme)?;
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```

mod compile;
#[cfg(feature = "sign")]
mod dated;
pub(crate) mod digits;
#[cfg(feature = "sign")]
mod draft;
pub(crate) mod encoding;
mod fixed;
mod found;
mod function;
mod gzip;
pub(crate) mod header;
mod key_decoding;
mod key_header;
mod key_rule;
mod labels;
mod naming;
mod plan;
mod set;
#[cfg(feature = "sign")]
mod sign;
pub(crate) mod template;
#[cfg(test)]
#[cfg(feature = "sign")]
mod tests;
pub(crate) mod timestamp;

#[cfg(feature = "sign")]
pub use draft::ProofDraft;
pub use encoding::Encoding;
pub use function::{SignedBytes, SignedInput, SignedMessage};
pub use gzip::Gzip;
pub use header::{Header, SignatureSource};
pub use key_decoding::KeyDecoding;
pub use key_rule::KeyRule;
#[cfg(feature = "sign")]
pub use sign::{Signable, Signed};
pub use template::Part;
pub use timestamp::{TimeUnit, TimestampSource};

pub(crate) use compile::{Compiled, SignatureSpec, TimestampPlace, TimestampSpec};
pub(crate) use fixed::FixedHeader;
pub(crate) use function::{MAX_MESSAGES, SignedFunction};
pub(crate) use key_header::KeyHeader;
pub(crate) use plan::Plan;
pub(crate) use set::HeaderSet;

use crate::algorithm::Algorithm;
use crate::key_name::{KeyUrl, KeyUrlRule, KeyUrlSource};
use crate::labels::LabelSources;

/// How a sender proves origin: an algorithm, the bytes it covers, and where the request carries the proof.
///
/// Built with the setters below and made ready by [`Verifier::new`](crate::Verifier::new), which refuses a scheme that
/// contradicts itself.
#[derive(Debug, Clone)]
#[must_use]
pub struct Scheme {
    pub(crate) proof: Proof,
    pub(crate) signature: Option<SignatureSource>,
    pub(crate) timestamp: Option<TimestampSource>,
    pub(crate) id: Option<Header>,
    pub(crate) alternative: Option<(String, String)>,
    pub(crate) key_header: Option<KeyHeader>,
    pub(crate) fixed: Vec<FixedHeader>,
    pub(crate) key_rule: KeyRule,
    pub(crate) needs_url: bool,
    pub(crate) key_url: Option<KeyUrlRule>,
    /// The parameter of the query that may be the proof in place of a header.
    pub(crate) query: Option<String>,
    pub(crate) gzip: Option<Gzip>,
    pub(crate) labels: LabelSources,
}

/// What proves origin.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// A signature over a template.
    Template(Algorithm, String),
    /// A signature over bytes that a function puts together; with no algorithm, the secret itself where it finds it.
    Function(Option<Algorithm>, SignedFunction),
    /// The secret itself.
    StaticToken,
    /// A JSON web token.
    #[cfg(feature = "jwt")]
    Token(crate::jwt::TokenScheme),
    /// An HTTP Message Signature.
    #[cfg(feature = "http-signatures")]
    Message(crate::message_signature::MessageScheme),
}

impl Proof {
    /// The algorithm, where bytes are signed.
    const fn algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Template(algorithm, _) => Some(*algorithm),
            Self::Function(algorithm, _) => *algorithm,
            _ => None,
        }
    }
}

impl Scheme {
    /// A signature with `algorithm`. Default: over the raw body.
    pub fn new(algorithm: Algorithm) -> Self {
        Self {
            key_rule: KeyRule::for_algorithm(algorithm),
            proof: Proof::Template(algorithm, "{body}".to_owned()),
            signature: None,
            timestamp: None,
            id: None,
            alternative: None,
            key_header: None,
            fixed: Vec::new(),
            needs_url: false,
            key_url: None,
            query: None,
            gzip: None,
            labels: LabelSources::default(),
        }
    }

    /// HMAC with SHA-256: what most senders use.
    pub fn hmac_sha256() -> Self {
        Self::new(Algorithm::HmacSha256)
    }

    /// HMAC with SHA-1, for senders that know nothing better.
    pub fn hmac_sha1() -> Self {
        Self::new(Algorithm::HmacSha1)
    }

    /// HMAC with SHA-512.
    pub fn hmac_sha512() -> Self {
        Self::new(Algorithm::HmacSha512)
    }

    /// The secret itself in a header. It proves origin to whoever trusts the transport, and covers no byte of the body.
    pub fn static_token(header: &str) -> Self {
        let scheme = Self::new(Algorithm::HmacSha256).signature(Header::new(header).plain());
        Self { proof: Proof::StaticToken, ..scheme }
    }

    /// A user and a password by HTTP's Basic authentication. As with a static token, no byte of the body is covered.
    ///
    /// The scheme is the word `Basic` in this spelling, as senders write it.
    pub fn basic_authentication() -> Self {
        let source = Header::new("authorization").prefix("Basic ").base64();
        let expected = "the user and password as `user:password`";
        Self::static_token("authorization").signature(source).key_rule(KeyRule::decoded(
            KeyDecoding::Credentials,
            8,
            expected,
        ))
    }

    /// The secret itself as a parameter of the query, for senders that can only be given a URL. It covers what
    /// [`Scheme::static_token`] covers, and is weaker: a URL is written into the logs of whatever it passes. An event
    /// keeps its target without the parameter.
    pub fn static_token_in_query(parameter: &str) -> Self {
        let scheme = Self::static_token("");
        Self { signature: None, ..scheme.or_query(parameter) }
    }

    /// A static token may also be this parameter of the query, for senders whose clients choose where they put it. Both at
    /// once are refused. A URL is written into the logs of whatever it passes; an event keeps its target without the
    /// parameter. Default: the token is in its header.
    pub fn or_query(self, parameter: &str) -> Self {
        Self { query: Some(parameter.to_owned()), ..self }
    }

    /// A JSON web token.
    #[cfg(feature = "jwt")]
    pub fn token(token: crate::jwt::TokenScheme) -> Self {
        let key_rule = KeyRule::for_algorithm(token.algorithm());
        Self { proof: Proof::Token(token), key_rule, ..Self::hmac_sha256() }
    }

    /// An HTTP Message Signature (RFC 9421).
    #[cfg(feature = "http-signatures")]
    pub fn message_signature(message: crate::message_signature::MessageScheme) -> Self {
        let scheme = Self::new(message.algorithm()).signature(Header::new("signature").base64());
        Self { proof: Proof::Message(message), ..scheme }
    }

    /// The signed bytes, as a template: text and the parts `{timestamp}`, `{id}`, `{method}`, `{url}`, `{path}`,
    /// `{header:NAME}`, `{body}`, `{crc32}`, `{key:NAME}`, `{field:/POINTER}`, `{sorted-form}`. Default: `{body}`.
    pub fn signed(mut self, template: &str) -> Self {
        if let Proof::Template(_, text) = &mut self.proof {
            template.clone_into(text);
        }
        self
    }

    /// Where the signatures are.
    pub fn signature(self, source: SignatureSource) -> Self {
        Self { signature: Some(source), ..self }
    }

    /// Where the timestamp is: in a header, or in the body ([`Json::pointer`](crate::Json::pointer)). It must be among
    /// the signed bytes: a timestamp that no signature covers proves nothing.
    pub fn timestamp(self, source: TimestampSource) -> Self {
        Self { timestamp: Some(source), ..self }
    }

    /// The header with the delivery id that takes part in the signed bytes (`{id}`).
    pub fn id(self, header: Header) -> Self {
        Self { id: Some(header), ..self }
    }

    /// A second set of proof headers under other names: each name with `prefix` replaced by `other`, as Svix sends
    /// `svix-id` where Standard Webhooks says `webhook-id`. One whole set counts; sets that disagree are refused.
    pub fn or_prefix(self, prefix: &str, other: &str) -> Self {
        Self { alternative: Some((prefix.to_ascii_lowercase(), other.to_ascii_lowercase())), ..self }
    }

    /// A header that every request has exactly once and with exactly this value, such as the version of the scheme.
    /// Another value is a malformed header.
    pub fn fixed_header(self, name: &str, value: &str) -> Self {
        self.with_fixed(FixedHeader::new(name, value, crate::Reason::MalformedHeader))
    }

    /// The header that names the algorithm, and the only name that it may say. Another one is an unsupported algorithm.
    pub fn algorithm_header(self, name: &str, value: &str) -> Self {
        self.with_fixed(FixedHeader::new(name, value, crate::Reason::UnsupportedAlgorithm))
    }

    /// A header that a request need not have; where it has one, it stands once and has this value. Another value is a
    /// malformed header.
    pub fn optional_header(self, name: &str, value: &str) -> Self {
        self.with_fixed(FixedHeader::new(name, value, crate::Reason::MalformedHeader).optional())
    }

    fn with_fixed(mut self, header: FixedHeader) -> Self {
        self.fixed.push(header);
        self
    }

    /// What a right key looks like and how it becomes key bytes. Default: the text as it is, at least 16 bytes.
    pub fn key_rule(self, rule: KeyRule) -> Self {
        Self { key_rule: rule, ..self }
    }

    /// A header that states a part of the key ([`KeyRule::compound`]), such as its public name: a key fits only where the
    /// request states its part. Default: none.
    pub fn key_header(self, name: &str, part: &str) -> Self {
        let name = name.to_ascii_lowercase().into();
        Self { key_header: Some(KeyHeader { name, part: part.to_owned() }), ..self }
    }

    /// Where the URL of the key's certificate is, a header or a member of a JSON body, and which URLs are the sender's.
    /// Every other URL is refused, also where the key is fixed and nobody is asked for it. Default: requests name no key.
    pub fn key_url(self, at: impl Into<KeyUrlSource>, url: KeyUrl) -> Self {
        Self { key_url: Some(KeyUrlRule { at: at.into(), url }), ..self }
    }

    /// States that a function of the signed bytes reads the public URL, so that an endpoint without one does not build.
    pub fn needs_url(self) -> Self {
        Self { needs_url: true, ..self }
    }

    /// The sender may compress its bodies with gzip; says what the proof is over then. What is inflated is bounded as every
    /// body is, and [`Delivery::payload`](crate::Delivery::payload) gives it; [`Delivery::body`](crate::Delivery::body) stays
    /// the bytes that were received. Other encodings are refused.
    ///
    /// Default: every encoded body is refused; so it is, too, where the feature `gzip` is off.
    pub fn gzip(self, signed: Gzip) -> Self {
        Self { gzip: Some(signed), ..self }
    }
}
