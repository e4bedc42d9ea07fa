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
mod draft;
pub(crate) mod encoding;
mod function;
pub(crate) mod header;
mod key_rule;
#[cfg(feature = "sign")]
mod sign;
pub(crate) mod template;
pub(crate) mod timestamp;

#[cfg(feature = "sign")]
pub use draft::ProofDraft;
pub use encoding::Encoding;
pub use function::{SignedBytes, SignedInput, SignedMessage};
pub use header::{Header, SignatureSource, TimestampSource};
pub use key_rule::{KeyDecoding, KeyRule};
#[cfg(feature = "sign")]
pub use sign::{Signable, Signed};
pub use template::Part;
pub use timestamp::TimeUnit;

pub(crate) use compile::{Compiled, HeaderSet, Plan, SignatureSpec, TimestampPlace, TimestampSpec};
pub(crate) use function::SignedFunction;

use crate::algorithm::Algorithm;
use crate::labels::{Identity, LabelSource, LabelSources};

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
    pub(crate) body_timestamp: Option<TimeUnit>,
    pub(crate) id: Option<Header>,
    pub(crate) alternative: Option<(String, String)>,
    pub(crate) key_rule: KeyRule,
    pub(crate) needs_url: bool,
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
            body_timestamp: None,
            id: None,
            alternative: None,
            needs_url: false,
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

    /// A JSON web token.
    #[cfg(feature = "jwt")]
    pub fn token(token: crate::jwt::TokenScheme) -> Self {
        let key_rule = KeyRule::for_algorithm(token.algorithm());
        Self { proof: Proof::Token(token), key_rule, ..Self::hmac_sha256() }
    }

    /// The signed bytes, as a template: text and the parts `{timestamp}`, `{id}`, `{method}`, `{url}`, `{path}`,
    /// `{header:NAME}`, `{body}`, `{field:/POINTER}`, `{sorted-form}`. Default: `{body}`.
    pub fn signed(mut self, template: &str) -> Self {
        if let Proof::Template(_, text) = &mut self.proof {
            template.clone_into(text);
        }
        self
    }

    /// The signed bytes, from a function: for senders whose rules no template can say.
    ///
    /// The function sees the request and its whole body and returns the bytes that were signed, or several variants
    /// of them; key, algorithm and comparison stay with the core.
    pub fn signed_by(
        mut self,
        function: impl Fn(&SignedInput<'_>) -> Result<SignedBytes, crate::Rejection> + Send + Sync + 'static,
    ) -> Self {
        if let Some(algorithm) = self.proof.algorithm() {
            self.proof = Proof::Function(Some(algorithm), SignedFunction::new(function, false));
        }
        self
    }

    /// The signed bytes and their signatures, from a function: for senders whose proof stands in the body. No header
    /// carries a signature then.
    ///
    /// The function reads what it must to find them ([`SignedMessage`]); key, algorithm and comparison stay with the
    /// core, and so does the judgement of a timestamp ([`Scheme::body_timestamp`]).
    pub fn proof_found_by(
        mut self,
        function: impl Fn(&SignedInput<'_>) -> Result<SignedBytes, crate::Rejection> + Send + Sync + 'static,
    ) -> Self {
        if let Some(algorithm) = self.proof.algorithm() {
            self.proof = Proof::Function(Some(algorithm), SignedFunction::new(function, true));
        }
        self
    }

    /// The secret itself where a function finds it in the body ([`SignedMessage::token`]). It proves origin to whoever
    /// trusts the transport, and covers no byte of the body.
    pub fn static_token_found_by(
        function: impl Fn(&SignedInput<'_>) -> Result<SignedBytes, crate::Rejection> + Send + Sync + 'static,
    ) -> Self {
        Self { proof: Proof::Function(None, SignedFunction::new(function, true)), ..Self::hmac_sha256() }
    }

    /// How a proof is put into a body: the counterpart of [`Scheme::proof_found_by`], for test kits and tools.
    #[cfg(feature = "sign")]
    pub fn proof_written_by(
        mut self,
        function: impl Fn(&ProofDraft<'_>) -> Result<Vec<u8>, crate::ConfigError> + Send + Sync + 'static,
    ) -> Self {
        if let Proof::Function(_, known) = &mut self.proof {
            known.write = Some(std::sync::Arc::new(function));
        }
        self
    }

    /// States that the bytes of a function cover these headers wherever a request has them. Default: none.
    pub fn covering_headers(mut self, names: &[&str]) -> Self {
        if let Proof::Function(_, function) = &mut self.proof {
            function.headers = names.iter().map(|name| name.to_ascii_lowercase().into()).collect();
        }
        self
    }

    /// Where the signatures are.
    pub fn signature(self, source: SignatureSource) -> Self {
        Self { signature: Some(source), ..self }
    }

    /// Where the timestamp is. It must be among the signed bytes: a timestamp that no signature covers proves nothing.
    pub fn timestamp(self, source: TimestampSource) -> Self {
        Self { timestamp: Some(source), ..self }
    }

    /// The unit of the timestamp that the function of [`Scheme::proof_found_by`] finds in the body
    /// ([`SignedBytes::sent`]); a body without one is refused. It is judged once the proof holds. Default: none is
    /// looked for.
    pub fn body_timestamp(self, unit: TimeUnit) -> Self {
        Self { body_timestamp: Some(unit), ..self }
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

    /// What a right key looks like and how it becomes key bytes. Default: the text as it is, at least 16 bytes.
    pub fn key_rule(self, rule: KeyRule) -> Self {
        Self { key_rule: rule, ..self }
    }

    /// States that a function of the signed bytes reads the public URL, so that an endpoint without one does not build.
    pub fn needs_url(self) -> Self {
        Self { needs_url: true, ..self }
    }

    /// Where the event id is. Unless [`Scheme::identity`] says otherwise, a signed id identifies the event, an
    /// unsigned one does so together with a digest.
    pub fn event_id(mut self, source: impl Into<LabelSource>) -> Self {
        self.labels.id = source.into();
        self
    }

    /// Where the event type is.
    pub fn event_type(mut self, source: impl Into<LabelSource>) -> Self {
        self.labels.kind = source.into();
        self
    }

    /// Where the API version is.
    pub fn api_version(mut self, source: impl Into<LabelSource>) -> Self {
        self.labels.version = source.into();
        self
    }

    /// What identifies an event.
    pub fn identity(mut self, identity: Identity) -> Self {
        self.labels.identity = Some(identity);
        self
    }
}
