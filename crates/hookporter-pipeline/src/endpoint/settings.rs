//! The settings of an endpoint; each says its default.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Clock, ConfigError, Tolerance, Verifier, VersionGate};
use tokio::sync::{Semaphore, mpsc};

use crate::dedupe::Dedupe;
use crate::endpoint::Mode;
use crate::handoff::{BoxError, Handoff};
use crate::memory::BodyMemory;
use crate::outcome::Observer;
use crate::routes::{Handler, Otherwise};
use crate::tenant::TenantRule;
use crate::{Endpoint, Event};

/// Hand-off.
impl Endpoint {
    /// Acknowledges at once and runs the wrapped handler as a background task, at most `capacity` at a time; one more
    /// is told 503. What runs or waits is lost when the process dies, at most `capacity` events.
    ///
    /// Default: inline, the handler's answer is the answer.
    pub fn background(self, capacity: usize) -> Self {
        let capacity = capacity.clamp(1, Semaphore::MAX_PERMITS);
        Self { mode: Mode::Background(Arc::new(Semaphore::new(capacity))), ..self }
    }

    /// Acknowledges once the event is in a channel of `capacity`; full is told 503. Events in the channel are lost when
    /// the process dies.
    pub fn channel(self, capacity: usize) -> (Self, mpsc::Receiver<Event>) {
        let (sender, receiver) = mpsc::channel(capacity.max(1));
        (self.handoff(sender), receiver)
    }

    /// Gives events to a hand-off of your own; the sender is told 2xx once it succeeded.
    pub fn handoff(self, handoff: impl Handoff) -> Self {
        Self { mode: Mode::Handoff(Arc::new(handoff)), ..self }
    }

    /// Gives events of one type to an async function. Types without one go to the wrapped handler or hand-off; where
    /// there is none, the sender is told 503, unless [`Endpoint::otherwise`] or [`Endpoint::ignore_other_types`] says
    /// what becomes of them.
    ///
    /// The function runs before the sender is told 2xx, and keeps its type out of an [inbox](Endpoint::inbox). For functions
    /// by type behind an inbox, give its worker a [`ByType`](crate::inbox::ByType).
    pub fn on<F, R, E>(mut self, event_type: &str, handler: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.routes.add(event_type, Handler::new(handler));
        self
    }

    /// Gives events of types that no [`Endpoint::on`] names to an async function.
    pub fn otherwise<F, R, E>(mut self, handler: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.routes.set_otherwise(Otherwise::Handler(Handler::new(handler)));
        self
    }

    /// Acknowledges events of types that no [`Endpoint::on`] names, and drops them.
    pub fn ignore_other_types(mut self) -> Self {
        self.routes.set_otherwise(Otherwise::Ignore);
        self
    }

    /// Acknowledges and drops every event whose type is not one of these. Default: every type is handed off.
    pub fn only_types<S: Into<String>>(self, types: impl IntoIterator<Item = S>) -> Self {
        Self { only_types: Some(types.into_iter().map(Into::into).collect()), ..self }
    }
}

/// Versions, time and identity.
impl Endpoint {
    /// Hands off only events of these API versions. Others, and events without one, are told 503, which a deploy can
    /// mend; with an [inbox](Endpoint::inbox) they are parked. Rules: `=2025-08-27.basil`, `2025-08*`, `train:basil`, `2024-06-20..2025-01-01`. Default: every version.
    ///
    /// # Errors
    /// [`ConfigError::VersionRule`] for a rule that cannot be read.
    pub fn accept_versions<S: AsRef<str>>(self, rules: impl IntoIterator<Item = S>) -> Result<Self, ConfigError> {
        Ok(self.version_gate(VersionGate::new(rules)?))
    }

    /// Sets a version gate, for rules that are functions and for events without a version.
    pub fn version_gate(self, gate: VersionGate) -> Self {
        Self { gate: Some(gate), ..self }
    }

    /// Replaces how old, and how far ahead, a signed timestamp may be. Default: the preset's, else 300 s each.
    ///
    /// # Errors
    /// [`ConfigError::Tolerance`] for zero or more than seven days.
    pub fn tolerance(self, past: Duration, future: Duration) -> Result<Self, ConfigError> {
        let tolerance = Tolerance::new(past, future)?;
        // A replay that is still fresh must still be remembered, whichever of the two was set first.
        let dedupe = self.dedupe.as_ref().map(|dedupe| dedupe.remembering_for(tolerance.window()));
        Ok(Self { dedupe, ..self }.map_verifier(|verifier| verifier.with_tolerance(tolerance)))
    }

    /// Accepts signed timestamps of any age: a captured request stays valid for ever. Default: off.
    pub fn no_freshness(self) -> Self {
        self.map_verifier(Verifier::no_freshness)
    }

    /// Replaces the clock. Default: the system's.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Remembers handed-off events for `retention`, at least the last `capacity` of them, and at most twice as many. Default: 3
    /// days, 100,000 events.
    pub fn dedupe(self, retention: Duration, capacity: usize) -> Self {
        let window = self.verifier.tolerance().map_or(Duration::ZERO, Tolerance::window);
        // Shorter than the window in which a captured request is fresh would make a replay an event.
        Self { dedupe: Some(Dedupe::new(retention.max(window), capacity.max(1))), ..self }
    }

    /// Hands off every delivery, also one of an event that was handed off before: for work that is idempotent by
    /// itself. Default: off.
    pub fn no_dedupe(self) -> Self {
        Self { dedupe: None, ..self }
    }
}

/// Where requests come from, and limits.
impl Endpoint {
    /// Replaces the name: what journal, metrics and health call this endpoint. Default: the provider's id.
    ///
    /// In an [inbox](Endpoint::inbox) the name is what duplicates and replays go by: an event is one event per name, tenant and
    /// identity, and a worker's request is let through by the endpoint of the event's name alone. So two endpoints of one sender
    /// on one inbox need two names, and once an inbox has events, the endpoint keeps its name, or they find it no more.
    ///
    /// ```
    /// # use hookporter_core::{ConfigError, Secret};
    /// # use hookporter_pipeline::{Endpoint, inbox::AcceptingSide};
    /// # fn example(inbox: &(impl AcceptingSide + Clone)) -> Result<(Endpoint, Endpoint), ConfigError> {
    /// // The same push comes to both, and each works it.
    /// let ci = Endpoint::github(Secret::env("CI_SECRET")?)?.named("ci").inbox(inbox);
    /// let deploy = Endpoint::github(Secret::env("DEPLOY_SECRET")?)?.named("deploy").inbox(inbox);
    /// # Ok((ci, deploy))
    /// # }
    /// ```
    pub fn named(self, name: &str) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Reads the tenant from the path: `/webhooks/{tenant}`. Default: no tenants.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for a template without exactly one whole segment `{tenant}`.
    pub fn tenant_from_path(self, template: &str) -> Result<Self, ConfigError> {
        Ok(Self { tenant: Some(TenantRule::path(template)?), ..self })
    }

    /// Reads the tenant from a header. Whoever sends it chooses whose keys are tried, no more. Default: no tenants.
    pub fn tenant_from_header(self, name: &str) -> Self {
        Self { tenant: Some(TenantRule::Header(name.to_ascii_lowercase())), ..self }
    }

    /// Replaces the largest body, in bytes. Default: 1 MiB, unless the preset says more (GitHub: 25 MiB).
    pub fn body_limit(self, bytes: usize) -> Self {
        self.map_verifier(|verifier| verifier.with_body_limit(bytes))
    }

    /// Replaces how long a body may take to arrive. Default: 10 s.
    pub fn body_deadline(self, longest: Duration) -> Self {
        Self { body_deadline: longest, ..self }
    }

    /// Replaces how long a hand-off may take before the sender is told 503. Default: 2 s, at most three fifths of what
    /// the sender waits.
    pub fn budget(self, longest: Duration) -> Self {
        Self { budget: longest, ..self }
    }

    /// Replaces the budget of body bytes in flight. Default: the process's, 64 MiB.
    pub fn body_memory(self, memory: BodyMemory) -> Self {
        Self { memory, ..self }
    }
}

/// Answers and observation.
impl Endpoint {
    /// Replaces the status of an acknowledgement. Default: the preset's, else 200.
    ///
    /// # Errors
    /// [`ConfigError::AckStatus`] for one that the sender does not take as success, or that is not 200, 201, 202 or 204.
    pub fn ack_status(self, status: u16) -> Result<Self, ConfigError> {
        if matches!(status, 200 | 201 | 202 | 204) && self.is_success(status) {
            return Ok(Self { ack_status: status, ..self });
        }
        let accepted = self.provider.map_or_else(
            || "200, 201, 202 or 204".to_owned(),
            |provider| provider.acknowledgement().success.to_string(),
        );
        Err(ConfigError::AckStatus { status, accepted })
    }

    /// Replaces the status for a proof that does not hold. Default: the preset's, else 401.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for one that is not 400, 401, 403 or 498: at others senders unsubscribe, or take the
    /// request for accepted.
    pub fn refusal_status(self, status: u16) -> Result<Self, ConfigError> {
        if matches!(status, 400 | 401 | 403 | 498) {
            return Ok(Self { refusal_status: status, ..self });
        }
        let problem = format!("{status} is not 400, 401, 403 or 498");
        Err(ConfigError::Setting { setting: "refusal_status", problem })
    }

    /// Passes the wrapped handler's answer on whatever its status. Default: a 2xx is made one that the sender takes,
    /// and 3xx, 406, 410 and 5xx, at which senders give up or unsubscribe, become 503.
    pub fn verbatim(self) -> Self {
        Self { verbatim: true, ..self }
    }

    /// Watches and records what it would have refused, and lets everything through: for adoption on a live route.
    /// **It protects nothing.** Default: off.
    pub fn report_only(self) -> Self {
        tracing::warn!(target: "hookporter", endpoint = &*self.name, "report-only: this endpoint is NOT protected");
        Self { report_only: true, ..self }
    }

    /// Says how often new events usually come at least: a longer silence is an alarm in its [health](crate::health), since a sender
    /// that was switched off tells nobody. Duplicates, and what is filtered out, do not break it: they may be replays of what
    /// somebody has captured. Default: no silence is an alarm.
    pub fn expect_every(self, longest: Duration) -> Self {
        Self { silence: Some(longest), ..self }
    }

    /// Adds an observer: it is told of every request once it is answered. Default: none.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Keeps more headers with the event, lower case; never one that carries a proof or a credential.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for such a header.
    pub fn keep_headers(mut self, names: &[&'static str]) -> Result<Self, ConfigError> {
        const NEVER: [&str; 5] =
            ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-github-encoded-secret"];
        for &name in names {
            if NEVER.contains(&name) || self.verifier.is_proof_header(name) {
                return Err(ConfigError::Setting {
                    setting: "keep_headers",
                    problem: format!("`{name}` carries a proof or a credential"),
                });
            }
            self.kept_headers.add(name);
        }
        Ok(self)
    }

    fn map_verifier(self, change: impl FnOnce(Verifier) -> Verifier) -> Self {
        Self { verifier: Arc::new(change((*self.verifier).clone())), ..self }
    }
}
