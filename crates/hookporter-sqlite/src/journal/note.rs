//! What waits to be written down of a request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::{Answered, Outcome, PackedRecord, TraceId};

/// A note of one request.
#[derive(Debug)]
pub(super) enum Note {
    /// All of it.
    Whole(Arc<PackedRecord>),
    /// Of one that brought a new event, and nothing else: what the event does not tell.
    Short(Short),
}

/// What an event does not tell of the request that brought it; made without taking memory, and as good as free.
#[derive(Debug)]
pub(super) struct Short {
    pub(super) trace: TraceId,
    pub(super) at: UnixTime,
    pub(super) endpoint: Arc<str>,
    pub(super) provider: &'static str,
    pub(super) tenant: Option<Arc<str>>,
    pub(super) path: Path,
    pub(super) outcome: Outcome,
    pub(super) status: u16,
    pub(super) body_bytes: usize,
    pub(super) duration: Duration,
    pub(super) report_only: bool,
    pub(super) event: i64,
    /// Whether the event is as it came.
    pub(super) is_new: bool,
}

impl Note {
    /// A short one of a request that brought the event of this number, unless its path is long.
    pub(super) fn short(answered: &Answered<'_>, event: i64) -> Option<Self> {
        Some(Self::Short(Short {
            trace: answered.trace(),
            at: answered.at(),
            endpoint: answered.endpoint().clone(),
            provider: answered.provider(),
            tenant: answered.tenant().cloned(),
            path: Path::new(answered.path())?,
            outcome: answered.outcome(),
            status: answered.status(),
            body_bytes: answered.body_bytes(),
            duration: answered.duration(),
            report_only: answered.report_only(),
            event,
            is_new: true,
        }))
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Whole(record) => record.outcome,
            Self::Short(short) => short.outcome,
        }
    }

    pub(super) fn endpoint(&self) -> &str {
        match self {
            Self::Whole(record) => &record.endpoint,
            Self::Short(short) => &short.endpoint,
        }
    }

    pub(super) fn tenant(&self) -> Option<&str> {
        match self {
            Self::Whole(record) => record.tenant.as_deref(),
            Self::Short(short) => short.tenant.as_deref(),
        }
    }

    /// The id of the event; a short one leaves it to the event itself.
    pub(super) fn event_id(&self) -> Option<&str> {
        match self {
            Self::Whole(record) => record.texts().event_id,
            Self::Short(_) => None,
        }
    }
}

/// A short path, in place.
#[derive(Clone, Copy)]
pub(super) struct Path {
    length: usize,
    bytes: [u8; Self::LONGEST],
}

impl Path {
    const LONGEST: usize = 56;

    pub(super) fn new(path: &str) -> Option<Self> {
        let mut bytes = [0; Self::LONGEST];
        bytes.get_mut(..path.len())?.copy_from_slice(path.as_bytes());
        Some(Self { length: path.len(), bytes })
    }

    pub(super) fn as_str(&self) -> &str {
        // It was text when it was put there.
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}
