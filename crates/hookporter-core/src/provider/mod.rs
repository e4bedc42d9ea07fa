//! Providers: named presets, a scheme plus what is known of its sender.
//!
//! A preset is data: it says where its facts come from, how well they are confirmed ([`EvidenceLevel`]), and what a
//! replay of a captured request can still do.

mod acknowledgement;
mod answer_headers;
mod handshake;
mod presets;
mod subscription;

pub use acknowledgement::{Acknowledgement, AnswerBody, SuccessStatus};
pub use answer_headers::AnswerHeaders;
pub use handshake::{Challenge, Handshake};
pub use subscription::{Confirmation, SubscriptionRule};

use std::borrow::Cow;
use std::fmt;

use handshake::{HandshakeRule, Source};

use crate::papers::query;
use crate::{ConfigError, Scheme, Tolerance, Verifier};

/// A named preset: a scheme, and what is known of its sender.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) documentation: &'static str,
    pub(crate) evidence: EvidenceLevel,
    pub(crate) unverified: &'static str,
    pub(crate) scheme: fn() -> Scheme,
    pub(crate) proof: &'static str,
    pub(crate) tolerance: Option<Tolerance>,
    pub(crate) body_limit: usize,
    pub(crate) methods: &'static [&'static str],
    pub(crate) acknowledgement: Acknowledgement,
    pub(crate) refusal_status: u16,
    /// Why the sender must be refused a wrong proof, and not told to come again.
    pub(crate) needs_refusal: Option<&'static str>,
    pub(crate) handshakes: &'static [HandshakeRule],
    pub(crate) subscription: Option<SubscriptionRule>,
    pub(crate) labels: [&'static str; 3],
    pub(crate) replay: &'static str,
    pub(crate) event_headers: &'static [&'static str],
}

/// How well a preset's facts are confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvidenceLevel {
    /// Official documentation or the sender's own code.
    Official,
    /// The sender's official SDK verifies so.
    Sdk,
    /// Official text, seen as quoted.
    Quoted,
    /// Third-party code only.
    ThirdParty,
    /// Nobody confirmed it.
    Unverified,
}

impl fmt::Display for EvidenceLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Official => "official",
            Self::Sdk => "official SDK",
            Self::Quoted => "quoted",
            Self::ThirdParty => "third party",
            Self::Unverified => "unverified",
        })
    }
}

impl Provider {
    /// What a preset says unless it says otherwise.
    pub(crate) const BASE: Self = Self {
        id: "",
        name: "",
        documentation: "",
        evidence: EvidenceLevel::Unverified,
        unverified: "",
        scheme: Scheme::hmac_sha256,
        proof: "",
        tolerance: None,
        body_limit: crate::DEFAULT_BODY_LIMIT,
        methods: &["POST"],
        acknowledgement: Acknowledgement::BASE,
        refusal_status: 401,
        needs_refusal: None,
        handshakes: &[],
        subscription: None,
        labels: ["", "", ""],
        replay: "",
        event_headers: &[],
    };

    /// Every preset that is compiled in.
    #[must_use]
    pub fn all() -> &'static [&'static Self] {
        &presets::ALL
    }

    /// The preset of this id, such as `stripe`.
    ///
    /// # Errors
    /// [`ConfigError::UnknownProvider`] if there is none, or its feature is off.
    pub fn by_id(id: &str) -> Result<&'static Self, ConfigError> {
        presets::ALL
            .iter()
            .copied()
            .find(|provider| provider.id == id)
            .ok_or_else(|| ConfigError::UnknownProvider { name: id.to_owned() })
    }

    /// A verifier with this preset's scheme, tolerance and body limit.
    ///
    /// # Errors
    /// [`ConfigError::Scheme`] for a preset that contradicts itself, which a test rules out for every preset here.
    pub fn verifier(&self) -> Result<Verifier, ConfigError> {
        self.verifier_with(|scheme| scheme)
    }

    /// A verifier as [`Provider::verifier`] gives, with the scheme changed: other headers, other labels.
    ///
    /// # Errors
    /// [`ConfigError::Scheme`] if the change contradicts the rest.
    pub fn verifier_with(&self, change: impl FnOnce(Scheme) -> Scheme) -> Result<Verifier, ConfigError> {
        let verifier = Verifier::new(change((self.scheme)()))?.with_body_limit(self.body_limit);
        Ok(match self.tolerance {
            Some(tolerance) => verifier.with_tolerance(tolerance),
            None => verifier,
        })
    }

    /// The preset's id: lower case, stable.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The sender's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Where the sender documents its webhooks.
    #[must_use]
    pub const fn documentation(&self) -> &'static str {
        self.documentation
    }

    /// How well the preset's facts are confirmed.
    #[must_use]
    pub const fn evidence(&self) -> EvidenceLevel {
        self.evidence
    }

    /// What of it nobody confirmed; empty where everything is.
    #[must_use]
    pub const fn unverified(&self) -> &'static str {
        self.unverified
    }

    /// The proof, in a few words.
    #[must_use]
    pub const fn proof(&self) -> &'static str {
        self.proof
    }

    /// The tolerance, where the sender signs a timestamp.
    #[must_use]
    pub const fn tolerance(&self) -> Option<Tolerance> {
        self.tolerance
    }

    /// The largest body, in bytes.
    #[must_use]
    pub const fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// The methods that the sender uses.
    #[must_use]
    pub const fn methods(&self) -> &'static [&'static str] {
        self.methods
    }

    /// How the sender wants to be answered.
    #[must_use]
    pub const fn acknowledgement(&self) -> &Acknowledgement {
        &self.acknowledgement
    }

    /// The status for a proof that does not hold: 401 unless the sender's documentation demands another.
    #[must_use]
    pub const fn refusal_status(&self) -> u16 {
        self.refusal_status
    }

    /// Why this sender must be refused a proof that does not hold, and never told to come again, in words; `None` where either
    /// will do.
    #[must_use]
    pub const fn needs_refusal(&self) -> Option<&'static str> {
        self.needs_refusal
    }

    /// Where event id, event type and API version are, in words.
    #[must_use]
    pub const fn label_sources(&self) -> [&'static str; 3] {
        self.labels
    }

    /// What a replay of a captured request can still do.
    #[must_use]
    pub const fn replay(&self) -> &'static str {
        self.replay
    }

    /// The headers, beside the common ones, that an event keeps for its worker. None of them carries a proof.
    #[must_use]
    pub const fn event_headers(&self) -> &'static [&'static str] {
        self.event_headers
    }

    /// Whether a challenge of the sender's must say a token that the user chose.
    #[must_use]
    pub fn uses_verify_token(&self) -> bool {
        self.handshakes.iter().any(|rule| rule.verify_token.is_some())
    }

    /// A target without the parameters of its query that say a verify token, whatever the request is that has them.
    #[must_use]
    pub fn target_without_verify_token<'t>(&self, target: &'t str) -> Cow<'t, str> {
        let mut rest = Cow::Borrowed(target);
        for rule in self.handshakes {
            if let Some(Source::Query(parameter)) = rule.verify_token {
                rest = match rest {
                    Cow::Borrowed(target) => query::without(target, parameter),
                    Cow::Owned(target) => Cow::Owned(query::without(&target, parameter).into_owned()),
                };
            }
        }
        rest
    }

    /// How the sender asks for a subscription to be confirmed, where a URL is to be called for it.
    #[must_use]
    pub const fn subscription(&self) -> Option<&SubscriptionRule> {
        self.subscription.as_ref()
    }

    /// Whether the sender proves that you own the URL by a challenge.
    #[must_use]
    pub const fn has_handshake(&self) -> bool {
        !self.handshakes.is_empty()
    }
}
