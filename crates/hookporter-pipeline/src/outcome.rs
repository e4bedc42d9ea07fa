//! What became of a request, and who is told.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{KeyId, Reason, Rejection, Stage, UnixTime};
use serde::{Serialize, Serializer};

use crate::answered::Answered;
use crate::health::LikelyCause;
use crate::packed::PackedRecord;
use crate::shown::{maybe_shown, shown};
use crate::trace::TraceId;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Handed off.
    Accepted,
    /// A further delivery of an event that was handed off before.
    Duplicate,
    /// Explicitly filtered out.
    Ignored,
    /// Kept until the code handles it.
    Parked,
    /// A challenge, answered.
    Handshake,
    /// Turned away for what the sender sent.
    Rejected,
    /// Not taken for reasons of ours; the sender is to come again.
    Unavailable,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Ignored,
        Self::Parked,
        Self::Handshake,
        Self::Rejected,
        Self::Unavailable,
    ];

    /// The outcome as a word: lower case, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Parked => "parked",
            Self::Handshake => "handshake",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl std::str::FromStr for Outcome {
    type Err = NotAnOutcome;

    fn from_str(word: &str) -> Result<Self, NotAnOutcome> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word).ok_or(NotAnOutcome)
    }
}

/// A word is no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotAnOutcome;

impl fmt::Display for NotAnOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no outcome")
    }
}

impl std::error::Error for NotAnOutcome {}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known of one request when it has been answered.
///
/// For people who troubleshoot: it holds no secret, no proof and no byte of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "made by stores, too")]
pub struct Record {
    /// What the log calls this request.
    #[serde(serialize_with = "shown")]
    pub trace: TraceId,
    /// When it arrived; for one that was turned away, when that was.
    #[serde(serialize_with = "shown")]
    pub at: UnixTime,
    /// The endpoint's name.
    #[serde(serialize_with = "shown")]
    pub endpoint: Arc<str>,
    /// The provider's id, or `custom`.
    pub provider: Cow<'static, str>,
    /// The tenant, where the endpoint has tenants and this one is known.
    #[serde(serialize_with = "maybe_shown")]
    pub tenant: Option<Arc<str>>,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The headers of the endpoint's allow-list, without proofs and credentials; bytes that are no text are replaced.
    pub headers: Vec<(String, String)>,
    /// What became of it.
    #[serde(serialize_with = "shown")]
    pub outcome: Outcome,
    /// The status that the sender was told.
    pub status: u16,
    /// Why it was not accepted.
    #[serde(serialize_with = "maybe_shown")]
    pub reason: Option<Reason>,
    /// The step of the pipeline that turned it away.
    #[serde(serialize_with = "maybe_shown")]
    pub stage: Option<Stage>,
    /// The reason with its evidence.
    pub detail: Option<String>,
    /// The id of the key that fitted.
    #[serde(serialize_with = "maybe_shown")]
    pub key_id: Option<KeyId>,
    /// The event id.
    pub event_id: Option<String>,
    /// The event type.
    pub event_type: Option<String>,
    /// The API version.
    pub api_version: Option<String>,
    /// How many bytes of body arrived.
    pub body_bytes: usize,
    /// The SHA-256 of the body, in hex, where it was proven and an observer [wants it](Observer::wants_digests).
    pub body_digest: Option<String>,
    /// From the head to the answer.
    #[serde(rename = "duration_us", serialize_with = "micros")]
    pub duration: Duration,
    /// Whether the endpoint only reports, so that a rejected request went through all the same.
    pub report_only: bool,
}

fn micros<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u128(duration.as_micros())
}

/// Is told of every request once it is answered.
///
/// Called on the request's own task: it must not block. A panic in it is caught.
pub trait Observer: Send + Sync + 'static {
    /// Takes note.
    fn observe(&self, record: &Record);

    /// Takes note, and may keep the record: for those that look at it later, or never. Default: as [`Observer::observe`].
    fn observe_packed(&self, record: &Arc<PackedRecord>) {
        self.observe(&record.open());
    }

    /// Takes note, and asks only for what it wants: this is what is called. Default: as [`Observer::observe_packed`].
    fn observe_answered(&self, answered: &Answered<'_>) {
        self.observe_packed(answered.record());
    }

    /// Takes note of what was found out about a refused request after it was answered. It may come long after its record.
    /// Default: nothing.
    fn explain(&self, trace: TraceId, cause: &LikelyCause) {
        let _ = (trace, cause);
    }

    /// Whether [`Record::body_digest`] is to be there: the body is hashed for it. Default: no.
    fn wants_digests(&self) -> bool {
        false
    }
}

impl<F: Fn(&Record) + Send + Sync + 'static> Observer for F {
    fn observe(&self, record: &Record) {
        self(record);
    }
}

/// Why a request was not taken, in the extensions of the response: for the user's own middleware, never for the sender.
#[derive(Debug, Clone)]
pub struct Refusal {
    outcome: Outcome,
    rejection: Rejection,
}

impl Refusal {
    pub(crate) fn new(outcome: Outcome, rejection: Rejection) -> Self {
        Self { outcome, rejection }
    }

    /// Whether it was turned away or could not be taken.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The reason, with evidence.
    #[must_use]
    pub const fn rejection(&self) -> &Rejection {
        &self.rejection
    }
}
