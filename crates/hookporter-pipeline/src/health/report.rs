//! The health of an endpoint at one moment.

use std::borrow::Cow;
use std::sync::Arc;

use hookporter_core::{KeyId, Reason, UnixTime};
use serde::{Deserialize, Serialize};

use crate::Endpoint;
use crate::health::{Alarm, Light};
use crate::inbox::{Durability, InboxDepth, InboxHandoff};
use crate::nodes::{Reach, RevokedKey};
use crate::outcome::Outcome;
use crate::shown::{maybe_shown, shown};

/// So many events in a row that were told 503 are no accident.
const UNAVAILABLE: u64 = 5;
/// How many revoked keys are shown.
const MOST_REVOKED: usize = 100;

/// What an endpoint is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EndpointState {
    /// No request has come since the start.
    Unknown,
    /// It takes requests.
    Active,
    /// It was paused, or the process is about to end.
    Stopped,
    /// It takes requests, and has turned away too many in a row.
    TooManyErrors,
}

/// How an endpoint fares. It holds no secret, and nothing of a body.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// The endpoint's name.
    #[serde(serialize_with = "shown")]
    pub endpoint: Arc<str>,
    /// The provider's id, or `custom`.
    pub provider: &'static str,
    /// What it is doing.
    pub state: EndpointState,
    /// The worst of the alarms.
    pub light: Light,
    /// What is wrong, the worst first.
    pub alarms: Vec<Alarm>,
    /// Requests since the start.
    pub totals: Totals,
    /// Errors since the last event that was accepted, parked, filtered out or known already, whoever caused them. Alarms have
    /// counts of their own.
    pub errors_in_a_row: u64,
    /// The last error.
    pub last_error: Option<LastError>,
    /// What may be behind the refusals since a proof last held, where the feature `diagnosis` is on and something is found. A
    /// proof that holds takes it away.
    pub likely_cause: Option<LikelyCause>,
    /// When an event was last accepted, or known already.
    #[serde(serialize_with = "maybe_shown")]
    pub last_accepted: Option<UnixTime>,
    /// How long ago that was, in seconds.
    pub last_accepted_age: Option<u64>,
    /// How much waits in the endpoint's inbox, where it has one that knows; of all endpoints that share it.
    pub inbox: Option<InboxDepth>,
    /// What events survive in the endpoint's inbox that the sender was told 2xx for, where it has one.
    pub durability: Option<Durability>,
    /// When each key last fitted, since the start: one that has long been idle can go.
    pub keys: Vec<KeyUse>,
    /// Whether it is paused, and how far that reaches.
    pub paused: Option<Reach>,
    /// How far it reaches to pause it everywhere, or to revoke a key of it.
    pub reach: Reach,
    /// The keys that count no more, a hundred of them at the most.
    pub revoked_keys: Vec<RevokedKey>,
    /// Whether tenants have keys of their own: then an idle one says nothing of a rotation.
    pub has_tenants: bool,
}

/// How many requests ended in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Totals {
    /// All of them.
    pub calls: u64,
    /// Those that were rejected, or told to come again.
    pub errors: u64,
    /// Handed off.
    pub accepted: u64,
    /// Known already.
    pub duplicate: u64,
    /// Filtered out.
    pub ignored: u64,
    /// Kept until the code handles them.
    pub parked: u64,
    /// Challenges.
    pub handshake: u64,
    /// Turned away for what the sender sent.
    pub rejected: u64,
    /// Not taken for reasons of ours.
    pub unavailable: u64,
}

/// The last error of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LastError {
    /// When it was.
    #[serde(serialize_with = "shown")]
    pub at: UnixTime,
    /// `rejected` or `unavailable`.
    #[serde(serialize_with = "shown")]
    pub outcome: Outcome,
    /// What the sender was told.
    pub status: u16,
    /// Why.
    #[serde(serialize_with = "shown")]
    pub reason: Reason,
    /// The reason with its evidence.
    pub detail: String,
}

/// What may be wrong with an endpoint that refuses proofs, from the last refused request that was examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "made by stores, too")]
pub struct LikelyCause {
    /// When that request came.
    #[serde(serialize_with = "shown")]
    pub at: UnixTime,
    /// The cause as a word.
    pub cause: Cow<'static, str>,
    /// Whether the bytes prove it: with this one thing changed, the proof of the request holds.
    pub is_proven: bool,
    /// The cause in words.
    pub message: String,
}

/// When a key last fitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyUse {
    /// The key's id.
    #[serde(serialize_with = "shown")]
    pub id: KeyId,
    /// When it last fitted.
    #[serde(serialize_with = "shown")]
    pub last_used: UnixTime,
}

impl Endpoint {
    /// How the endpoint fares at this moment, since the process started.
    #[must_use]
    pub fn health(&self) -> Health {
        let now = self.clock.now();
        let vitals = &self.state.vitals;
        let totals = self.totals();
        let last_accepted = vitals.last_accepted();
        let inbox = self.inbox_depth();
        let mut alarms = self.alarms(now, last_accepted);
        alarms.extend(inbox.and_then(|depth| self.backlog(&depth)));
        alarms.sort_by_key(|alarm| std::cmp::Reverse(alarm.light()));
        Health {
            endpoint: self.name.clone(),
            provider: self.provider_id(),
            state: self.doing(&totals, &alarms),
            light: alarms.first().map_or(Light::Green, Alarm::light),
            alarms,
            totals,
            errors_in_a_row: vitals.errors_in_a_row(),
            last_error: vitals.refusals().last.clone(),
            likely_cause: self.likely_cause(),
            last_accepted,
            last_accepted_age: last_accepted.map(|at| now.since(at).as_secs()),
            inbox,
            durability: self.inbox_handoff().map(InboxHandoff::durability),
            keys: vitals.keys(),
            paused: self.paused(),
            reach: self.reach(),
            revoked_keys: self.revoked_keys().into_iter().take(MOST_REVOKED).collect(),
            has_tenants: self.tenant.is_some(),
        }
    }

    /// How much waits in its inbox; the recorder of metrics learns it, too.
    fn inbox_depth(&self) -> Option<InboxDepth> {
        let depth = self.inbox_handoff()?.depth()?;
        #[cfg(feature = "metrics")]
        crate::metrics::inbox(&self.name, &depth);
        Some(depth)
    }

    /// As of when it was looked at: the clock may be another one's.
    fn backlog(&self, depth: &InboxDepth) -> Option<Alarm> {
        let oldest = depth.oldest_age()?;
        (oldest > self.backlog).then_some(Alarm::Backlog { oldest, waiting: depth.waiting })
    }

    #[cfg(feature = "diagnosis")]
    pub(super) fn likely_cause(&self) -> Option<LikelyCause> {
        self.state.examinations.found(self.state.vitals.mended())
    }

    #[cfg(not(feature = "diagnosis"))]
    #[expect(clippy::unused_self, clippy::missing_const_for_fn, reason = "as with the feature")]
    pub(super) fn likely_cause(&self) -> Option<LikelyCause> {
        None
    }

    fn totals(&self) -> Totals {
        let of = |outcome| self.count(outcome);
        let (rejected, unavailable) = (of(Outcome::Rejected), of(Outcome::Unavailable));
        Totals {
            calls: Outcome::ALL.into_iter().map(of).fold(0, u64::saturating_add),
            errors: rejected.saturating_add(unavailable),
            accepted: of(Outcome::Accepted),
            duplicate: of(Outcome::Duplicate),
            ignored: of(Outcome::Ignored),
            parked: of(Outcome::Parked),
            handshake: of(Outcome::Handshake),
            rejected,
            unavailable,
        }
    }

    fn doing(&self, totals: &Totals, alarms: &[Alarm]) -> EndpointState {
        if !self.takes_requests() {
            EndpointState::Stopped
        } else if totals.calls == 0 {
            EndpointState::Unknown
        } else if alarms.iter().any(|alarm| alarm.light() == Light::Red) {
            EndpointState::TooManyErrors
        } else {
            EndpointState::Active
        }
    }

    fn alarms(&self, now: UnixTime, last_accepted: Option<UnixTime>) -> Vec<Alarm> {
        let vitals = &self.state.vitals;
        let mut alarms = Vec::new();
        alarms.extend(self.too_weak().map(|(is, demanded)| Alarm::WeakInbox { is, demanded }));
        alarms.extend(self.likely_cause().and_then(|cause| self.fault(cause)));
        alarms.extend(self.refusals(now, last_accepted));
        let untaken = vitals.untaken().filter(|(errors, _)| *errors >= UNAVAILABLE);
        alarms.extend(untaken.map(|(errors, reason)| Alarm::Unavailable { errors, reason }));
        if let Some(usual) = self.silence {
            let since = vitals.last_new().unwrap_or_else(|| self.state.started(now));
            let silent_for = now.since(since);
            if silent_for > usual && self.takes_requests() {
                alarms.push(Alarm::Silent { silent_for });
            }
        }
        let tenants = self.keys.broken();
        if tenants > 0 {
            alarms.push(Alarm::BrokenKeys { tenants });
        }
        if self.report_only {
            alarms.push(Alarm::NotProtecting);
        }
        alarms.extend(vitals.clock.look(now).map(|millis| Alarm::ClockStepped { millis }));
        alarms
    }
}
