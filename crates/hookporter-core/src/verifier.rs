//! A verifier: a scheme made ready, and the tolerance that it judges time with.

use std::borrow::Cow;

use crate::algorithm::{Algorithm, Material};
use crate::check::{Check, Unkeyed};
use crate::key_parts::KeyParts;
use crate::keyring::Prepared;
use crate::papers::{self, Candidates, query};
use crate::scheme::{Compiled, Plan, Scheme};
use crate::{
    ConfigError, DEFAULT_BODY_LIMIT, Head, KeyName, KeyNaming, Keyring, LabelSources, Occurrence, PreparedKeyring,
    Rejection, Secret, Tolerance, UnixTime,
};

/// Checks requests against one scheme.
///
/// The steps are types: [`Verifier::begin`] judges the headers and gives a [`Check`], only that can take the body and
/// finish into a [`Delivery`](crate::Delivery).
///
/// ```
/// use bytes::Bytes;
/// use hookporter_core::{Head, Keyring, Scheme, Header, Secret, UnixTime, Verifier};
///
/// let verifier = Verifier::new(
///     Scheme::hmac_sha256().signature(Header::new("x-hub-signature-256").prefix("sha256=").hex()),
/// )?;
/// let keys = verifier.prepare(&Keyring::from(Secret::new("It's a Secret to Everybody")))?;
///
/// let headers = vec![(
///     "X-Hub-Signature-256",
///     "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
/// )];
/// let head = Head::new("POST", "/webhooks/github", &headers);
/// let mut check = verifier.begin(&head, &keys, UnixTime::from_secs(1_700_000_000))?;
/// check.push(Bytes::from_static(b"Hello, World!"))?;
/// let delivery = check.finish()?;
/// assert_eq!(delivery.body(), "Hello, World!");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    pub(crate) scheme: Compiled,
    source: Scheme,
    pub(crate) tolerance: Option<Tolerance>,
    body_limit: usize,
    labels: LabelSources,
}

impl Verifier {
    /// A verifier for `scheme`. Default: [`Tolerance::DEFAULT`], bodies up to [`DEFAULT_BODY_LIMIT`], no labels.
    ///
    /// # Errors
    /// [`ConfigError::Scheme`] if the scheme contradicts itself.
    pub fn new(scheme: Scheme) -> Result<Self, ConfigError> {
        Ok(Self {
            scheme: Compiled::new(&scheme)?,
            tolerance: Some(Tolerance::DEFAULT),
            body_limit: DEFAULT_BODY_LIMIT,
            labels: scheme.labels.clone(),
            source: scheme,
        })
    }

    /// Replaces the tolerance.
    #[must_use]
    pub fn with_tolerance(self, tolerance: Tolerance) -> Self {
        Self { tolerance: Some(tolerance), ..self }
    }

    /// Accepts a timestamp of any age. A captured request then stays valid for ever; say so to whoever relies on it.
    #[must_use]
    pub fn no_freshness(self) -> Self {
        Self { tolerance: None, ..self }
    }

    /// Replaces the largest body, in bytes.
    #[must_use]
    pub fn with_body_limit(self, bytes: usize) -> Self {
        Self { body_limit: bytes, ..self }
    }

    /// The tolerance, unless freshness is switched off or the scheme has no timestamp to judge.
    #[must_use]
    pub fn tolerance(&self) -> Option<Tolerance> {
        self.tolerance.filter(|_| self.scheme.has_timestamp())
    }

    /// The largest body, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// Whether the public URL of a request takes part in its proof, so that one must be configured.
    #[must_use]
    pub fn needs_url(&self) -> bool {
        self.source.needs_url || self.scheme.needs_url()
    }

    /// The scheme that it was made from.
    #[cfg(feature = "diagnosis")]
    pub(crate) fn scheme(&self) -> &Scheme {
        &self.source
    }

    #[cfg(feature = "sign")]
    pub(crate) fn key_rule(&self) -> &crate::KeyRule {
        &self.source.key_rule
    }

    /// A keyring that fits nothing anybody is to be trusted for: a request of an unknown tenant is checked against it,
    /// so that it costs what a known tenant's costs. Whoever uses it refuses whatever the check says.
    ///
    /// `None` for asymmetric schemes, whose keys are public.
    #[must_use]
    pub fn decoy(&self) -> Option<PreparedKeyring> {
        let keyring = Keyring::from(Secret::new("decoy").named("decoy"));
        PreparedKeyring::new(&keyring, |secret| {
            let material = match self.algorithm() {
                Some(algorithm) if algorithm.is_asymmetric() => Err("is asymmetric"),
                Some(algorithm) => Material::new(algorithm, &[0x5a; 32]),
                None => Ok(Material::static_token(&[0x5a; 32])),
            };
            let material = material.map_err(|problem| self.source.key_rule.refusal(secret, problem))?;
            Ok(Prepared { material, parts: KeyParts::default(), warning: None, expires: None, public_part: None })
        })
        .ok()
    }

    /// The algorithm; `None` for a static token.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        match &self.scheme.plan {
            Plan::StaticToken => None,
            Plan::Stream { algorithm, .. } | Plan::Whole { algorithm, .. } => Some(*algorithm),
            Plan::Function { algorithm, .. } => *algorithm,
            #[cfg(feature = "jwt")]
            Plan::Token(token) => Some(token.algorithm()),
            #[cfg(feature = "http-signatures")]
            Plan::Message(message) => Some(message.algorithm()),
        }
    }

    /// Whether nothing separates the URL from what stands beside it in the signed bytes, so that its query must be the
    /// configured one: bytes of a body could be moved into it.
    #[must_use]
    pub fn has_fixed_url(&self) -> bool {
        self.scheme.plan.runs_url_together()
    }

    /// Whether the proof covers what the labels are read from.
    pub(crate) fn covers_payload(&self) -> bool {
        self.scheme.plan.covers_payload()
    }

    /// Where the labels of a delivery are.
    #[must_use]
    pub fn labels(&self) -> &LabelSources {
        &self.labels
    }

    /// Makes a keyring ready: decodes every key, refuses impossible ones, keys the MAC states once.
    ///
    /// # Errors
    /// [`ConfigError::NoKey`], [`ConfigError::DuplicateKeyId`], or [`ConfigError::Key`] with what is wrong with a key
    /// and what a right one looks like.
    pub fn prepare(&self, keyring: &Keyring) -> Result<PreparedKeyring, ConfigError> {
        let rule = &self.source.key_rule;
        let keyring = Keyring::from(rule.apart(keyring.secrets())?);
        PreparedKeyring::new(&keyring, |secret| {
            let opened = rule.open(secret)?;
            let bytes = rule.opened_bytes(secret, &opened.text)?;
            let material = match &self.scheme.plan {
                #[cfg(feature = "jwt")]
                Plan::Token(token) => token.algorithm_of(&bytes).and_then(|algorithm| Material::new(algorithm, &bytes)),
                _ => match self.algorithm() {
                    Some(algorithm) => Material::new(algorithm, &bytes),
                    None => Ok(Material::static_token(&bytes)),
                },
            };
            let material = material.map_err(|problem| rule.refusal(secret, problem))?;
            let warning = rule.warning(secret, &opened);
            #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
            let expires = match &material {
                Material::Public(_) => crate::algorithm::public::jwk::expiry(&bytes),
                _ => None,
            };
            #[cfg(not(any(feature = "ed25519", feature = "ecdsa", feature = "rsa")))]
            let expires = None;
            let public_part = rule.public_part_of(secret);
            Ok(Prepared { material, parts: opened.parts, warning, expires, public_part })
        })
    }

    /// The names, in lower case, of the headers that carry the proof.
    pub fn proof_header_names(&self) -> impl Iterator<Item = &str> {
        self.scheme
            .sets
            .iter()
            .filter_map(|set| set.signature.as_deref().map(AsRef::as_ref))
            .chain(self.scheme.token_header())
    }

    /// Whether the signature's header may stand several times ([`Header::repeatable`](crate::Header::repeatable)).
    #[must_use]
    pub fn takes_repeated_signatures(&self) -> bool {
        self.scheme.signature.as_ref().is_some_and(|spec| spec.repeats)
    }

    /// Whether a header of this name, in lower case, carries a proof.
    #[must_use]
    pub fn is_proof_header(&self, name: &str) -> bool {
        let more = self.scheme.signature.as_ref().and_then(|spec| spec.more.as_deref());
        self.proof_header_names().any(|proof| proof == name) || more.is_some_and(|more| more.has(name))
    }

    /// Whether a request offers a proof, good or bad, where this scheme has it in the head.
    #[must_use]
    pub fn offers_proof(&self, head: &Head<'_>) -> bool {
        if self.scheme.query.as_ref().is_some_and(|parameter| query::is_there(head.target(), parameter)) {
            return true;
        }
        self.proof_header_names().any(|name| is_there(head, name))
    }

    /// The target of a request without a secret that stands in its query as the proof.
    #[must_use]
    pub fn target_without_proof<'t>(&self, target: &'t str) -> Cow<'t, str> {
        self.scheme.query.as_ref().map_or(Cow::Borrowed(target), |parameter| query::without(target, parameter))
    }

    /// Judges what needs no key: every required header exactly once, well formed, fresh.
    ///
    /// For callers whose keys come from afar; [`Verifier::begin`] judges the same again.
    ///
    /// # Errors
    /// The [`Rejection`] that the request has earned.
    pub fn judge_papers(&self, head: &Head<'_>, now: UnixTime) -> Result<(), Rejection> {
        papers::read(&self.scheme, self.tolerance, head, now, &mut Candidates::new())?;
        self.scheme.judge_proof_in_head(head)
    }

    /// Judges the headers: every required one exactly once, well formed, fresh. Reads no body.
    ///
    /// # Errors
    /// The [`Rejection`] that the request has earned.
    #[inline]
    pub fn begin<'a>(
        &'a self,
        head: &Head<'a>,
        keys: &'a PreparedKeyring,
        now: UnixTime,
    ) -> Result<Check<'a>, Rejection> {
        Check::start(self, head, Some(keys), now)
    }

    /// When a request's key is known by name, for callers that look keys up.
    #[must_use]
    pub fn key_naming(&self) -> KeyNaming {
        self.scheme.key_naming()
    }

    /// The names of what must come with every key of this scheme ([`Secret::with_part`]).
    #[must_use]
    pub fn key_parts(&self) -> &'static [&'static str] {
        self.source.key_rule.parts()
    }

    /// The name by which the head asks for its key; `None` unless [`Verifier::key_naming`] says [`KeyNaming::Head`].
    /// Nothing is proven yet.
    ///
    /// # Errors
    /// The [`Rejection`] that the request has earned: [`Reason::UntrustedCertUrl`](crate::Reason::UntrustedCertUrl), or
    /// what is wrong with a token that names no key.
    pub fn key_name(&self, head: &Head<'_>) -> Result<Option<KeyName>, Rejection> {
        self.scheme.key_name_in_head(head)
    }

    /// As [`Verifier::begin`], for a request whose body names its key.
    ///
    /// # Errors
    /// The [`Rejection`] that the request has earned.
    pub fn begin_unkeyed<'a>(&'a self, head: &Head<'a>, now: UnixTime) -> Result<Unkeyed<'a>, Rejection> {
        Check::start(self, head, None, now).map(Unkeyed)
    }
}

fn is_there(head: &Head<'_>, name: &str) -> bool {
    head.headers().occurrence(name) != Occurrence::Absent
}
