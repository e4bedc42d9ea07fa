//! Endpoints: one configured route, with its name, scheme, keys and policy.

mod everywhere;
mod handshakes;
mod inbox;
mod presets;
mod presets_at;
mod settings;
mod state;
#[cfg(test)]
mod tests;
mod url;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::provider::AnswerBody;
use hookporter_core::{
    Clock, ConfigError, Identity, PreparedKeyring, Provider, Scheme, Secret, SystemClock, Verifier, VersionGate,
};
use tokio::sync::Semaphore;

pub(crate) use state::State;

use crate::dedupe::Dedupe;
use crate::handoff::Handoff;
use crate::handshake_secret::SecretHook;
use crate::inbox::{InboxHandoff, Keeping};
use crate::kept::KeptHeaders;
use crate::keys::{KeyStore, Keys};
use crate::memory::BodyMemory;
use crate::outcome::Observer;
use crate::proxies::Proxies;
use crate::public_url::PublicUrl;
use crate::routes::{Handler, Routes};
use crate::tenant::TenantRule;

/// One configured route: a name, a provider or custom scheme, its keys, and its policy.
///
/// Built by a preset ([`Endpoint::stripe`] and its likes) or from a scheme of your own ([`Endpoint::custom`]), set up
/// with the consuming setters, and given to an adapter. Clones share what was seen: state, counts and duplicates.
///
/// ```
/// use hookporter_pipeline::Endpoint;
/// use hookporter_core::Secret;
///
/// let endpoint = Endpoint::stripe(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))?
///     .accept_versions(["train:basil"])?
///     .background(1_000);
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Endpoint {
    pub(crate) name: Arc<str>,
    pub(crate) provider: Option<&'static Provider>,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) keys: Arc<KeyStore>,
    /// What refusals are examined with.
    #[cfg(feature = "diagnosis")]
    pub(crate) examiner: Arc<crate::examine::Examiner>,
    /// What a request of an unknown tenant is checked against, so that it costs what a known one costs.
    pub(crate) decoy: Option<Arc<PreparedKeyring>>,
    pub(crate) tenant: Option<TenantRule>,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) proxies: Option<Proxies>,
    pub(crate) gate: Option<VersionGate>,
    /// Whether the sender is told 503 for versions that are not handled, although an inbox could keep such events.
    pub(crate) refuse_unhandled: bool,
    pub(crate) only_types: Option<Arc<[String]>>,
    pub(crate) routes: Routes,
    pub(crate) mode: Mode,
    /// How an inbox is to keep the events.
    pub(crate) keeping: Keeping,
    pub(crate) dedupe: Option<Arc<Dedupe>>,
    pub(crate) budget: Duration,
    pub(crate) body_deadline: Duration,
    pub(crate) ack_status: u16,
    pub(crate) refusal_status: u16,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) memory: BodyMemory,
    pub(crate) report_only: bool,
    /// Longer without an accepted event is an alarm.
    pub(crate) silence: Option<Duration>,
    /// How long ago the event may have come that has been due in the inbox for the longest time.
    pub(crate) backlog: Duration,
    /// What becomes of refused requests.
    pub(crate) quarantine: crate::quarantine::Quarantine,
    pub(crate) verbatim: bool,
    /// What the sender must know when it asks for a challenge's answer, where it asks so.
    pub(crate) verify_token: Option<Secret>,
    pub(crate) on_secret: Option<SecretHook>,
    /// What confirms subscriptions, and the type of the events that ask for it.
    pub(crate) confirmer: Option<(&'static str, Handler)>,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    pub(crate) kept_headers: KeptHeaders,
    pub(crate) state: Arc<State>,
}

/// What happens to an event that no route of the endpoint takes.
#[derive(Clone)]
pub(crate) enum Mode {
    /// The wrapped handler runs, and its answer is the answer.
    Inline,
    /// The wrapped handler runs as a bounded background task.
    Background(Arc<Semaphore>),
    /// A hand-off takes it.
    Handoff(Arc<dyn Handoff>),
    /// A durable inbox takes it.
    Inbox(InboxHandoff),
}

/// What a hand-off gets although a slow upload has used the sender's patience up: the event may still be taken.
const LEAST_BUDGET: Duration = Duration::from_millis(250);
/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

impl Endpoint {
    /// An endpoint for a scheme of your own.
    ///
    /// # Errors
    /// [`ConfigError`] for a scheme that contradicts itself, one that signs the URL (see [`Endpoint::custom_at`]), or
    /// a key that cannot be right.
    pub fn custom(name: &str, scheme: Scheme, keys: impl Into<Keys>) -> Result<Self, ConfigError> {
        Self::build(name, None, Verifier::new(scheme)?, keys.into(), None)
    }

    /// An endpoint for a scheme of your own that signs the public URL.
    ///
    /// # Errors
    /// As [`Endpoint::custom`], and [`ConfigError::PublicUrl`] for a URL that cannot be a webhook's.
    pub fn custom_at(name: &str, scheme: Scheme, keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::build(name, None, Verifier::new(scheme)?, keys.into(), Some(PublicUrl::full(url)?))
    }

    /// An endpoint for the preset of this id, chosen at run time.
    ///
    /// # Errors
    /// [`ConfigError::UnknownProvider`], or as for the preset's own function.
    pub fn provider(id: &str, keys: impl Into<Keys>) -> Result<Self, ConfigError> {
        Self::preset(Provider::by_id(id)?, keys.into(), None)
    }

    /// An endpoint for the preset of this id, with the public URL that the sender calls.
    ///
    /// # Errors
    /// As [`Endpoint::provider`], and [`ConfigError::PublicUrl`] for a URL that cannot be a webhook's.
    pub fn provider_at(id: &str, keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::preset(Provider::by_id(id)?, keys.into(), Some(PublicUrl::full(url)?))
    }

    /// An endpoint for the preset of this id with its scheme changed: a header that a gateway renamed, labels of your own.
    /// Everything else of the preset stays, and what the change makes wrong in its descriptions is yours to know.
    ///
    /// ```
    /// use hookporter_core::{Json, Secret};
    /// use hookporter_pipeline::Endpoint;
    ///
    /// let by_object = Endpoint::provider_with("stripe", Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), |scheme| {
    ///     scheme.event_type(Json::pointer("/data/object/object"))
    /// })?;
    /// # Ok::<(), hookporter_core::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Endpoint::provider`], and [`ConfigError::Scheme`] if the change contradicts the rest of the scheme.
    pub fn provider_with(
        id: &str,
        keys: impl Into<Keys>,
        change: impl FnOnce(Scheme) -> Scheme,
    ) -> Result<Self, ConfigError> {
        let provider = Provider::by_id(id)?;
        Self::build(provider.id(), Some(provider), provider.verifier_with(change)?, keys.into(), None)
    }

    fn preset(provider: &'static Provider, keys: Keys, url: Option<PublicUrl>) -> Result<Self, ConfigError> {
        Self::build(provider.id(), Some(provider), provider.verifier()?, keys, url)
    }

    fn build(
        name: &str,
        provider: Option<&'static Provider>,
        verifier: Verifier,
        keys: Keys,
        public_url: Option<PublicUrl>,
    ) -> Result<Self, ConfigError> {
        if verifier.needs_url() && public_url.is_none() {
            return Err(ConfigError::Setting {
                setting: "public_url",
                problem: "this sender signs the public URL; build the endpoint with the one that it calls".to_owned(),
            });
        }
        #[cfg(feature = "diagnosis")]
        let examiner = Arc::new(keys.examiner());
        let keys = KeyStore::new(keys, &verifier, name)?;
        Ok(Self {
            name: name.into(),
            decoy: verifier.decoy().map(Arc::new),
            dedupe: (verifier.identity() != Identity::Distinct).then(|| Dedupe::usual(&verifier, provider)),
            keys: Arc::new(keys),
            #[cfg(feature = "diagnosis")]
            examiner,
            tenant: None,
            public_url,
            proxies: None,
            gate: None,
            refuse_unhandled: false,
            only_types: None,
            routes: Routes::default(),
            mode: Mode::Inline,
            keeping: Keeping::default(),
            budget: provider.map_or(Duration::from_secs(2), |provider| provider.acknowledgement().budget()),
            body_deadline: BODY_DEADLINE,
            ack_status: provider.map_or(200, |provider| provider.acknowledgement().status),
            refusal_status: provider.map_or(401, Provider::refusal_status),
            clock: Arc::new(SystemClock),
            memory: BodyMemory::process(),
            report_only: false,
            silence: None,
            backlog: Duration::from_secs(15 * 60),
            quarantine: crate::quarantine::Quarantine::default(),
            verbatim: false,
            verify_token: None,
            on_secret: None,
            confirmer: None,
            observers: Vec::new(),
            kept_headers: KeptHeaders::of(provider, &verifier),
            state: Arc::new(State::default()),
            verifier: Arc::new(verifier),
            provider,
        })
    }

    /// The endpoint's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether events go to a hand-off or a handler of the endpoint's own, so that no wrapped handler is needed.
    #[must_use]
    pub fn stands_alone(&self) -> bool {
        matches!(self.mode, Mode::Handoff(_) | Mode::Inbox(_)) || !self.routes.is_empty()
    }

    /// Whether every event goes to a hand-off or an inbox of the endpoint's own, so that a wrapped handler is called for
    /// [replays](crate::Replay) only.
    #[must_use]
    pub const fn takes_every_event(&self) -> bool {
        matches!(self.mode, Mode::Handoff(_) | Mode::Inbox(_)) && !self.report_only
    }

    /// Whether the endpoint only reports what it would have refused.
    #[must_use]
    pub const fn is_report_only(&self) -> bool {
        self.report_only
    }

    /// How long a hand-off may take when the upload took `upload`: of a known time limit, what the upload left.
    pub(crate) fn budget_after(&self, upload: Duration) -> Duration {
        let limit = self.provider.and_then(|provider| provider.acknowledgement().time_limit);
        let Some(limit) = limit else { return self.budget };
        let left = limit.saturating_sub(upload).saturating_mul(3).checked_div(5).unwrap_or_default();
        self.budget.min(left.max(LEAST_BUDGET))
    }

    pub(crate) fn provider_id(&self) -> &'static str {
        self.provider.map_or("custom", Provider::id)
    }

    pub(crate) fn methods(&self) -> &'static [&'static str] {
        self.provider.map_or(&["POST"], Provider::methods)
    }

    /// Whether the sender demands a body, or that there is none, so that a handler's own is not passed on.
    pub(crate) fn demands_a_body(&self) -> bool {
        self.provider.is_some_and(|provider| provider.acknowledgement().body != AnswerBody::Free)
    }

    /// Whether the sender takes `status` as success.
    pub(crate) fn is_success(&self, status: u16) -> bool {
        self.provider
            .map_or_else(|| (200..300).contains(&status), |provider| provider.acknowledgement().success.takes(status))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name)
            .field("provider", &self.provider_id())
            .field("keys", &self.keys)
            .field("report_only", &self.report_only)
            .finish_non_exhaustive()
    }
}
