//! What waits to be written down of a request.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::UnixTime;

use super::{Brought, Keeping, Row};
use crate::answered::Answered;
use crate::outcome::Outcome;
use crate::packed::PackedRecord;
use crate::trace::TraceId;

/// For authors of stores: a note of one request.
#[derive(Debug)]
pub struct Note(pub(super) Form);

#[derive(Debug)]
pub(super) enum Form {
    /// All of it.
    Whole(Arc<PackedRecord>),
    /// Of one that brought a new event, and nothing else: what the event does not tell. As good as free: it takes no memory.
    Short(Short),
}

#[derive(Debug)]
pub(super) struct Short {
    trace: TraceId,
    at: UnixTime,
    endpoint: Arc<str>,
    provider: &'static str,
    tenant: Option<Arc<str>>,
    path: Path,
    outcome: Outcome,
    status: u16,
    body_bytes: usize,
    duration: Duration,
    report_only: bool,
    pub(super) brought: Brought,
}

impl Note {
    /// A short one of a request that brought this event, unless its path is long.
    pub(super) fn short(answered: &Answered<'_>, brought: Brought) -> Option<Self> {
        Some(Self(Form::Short(Short {
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
            brought,
        })))
    }

    /// What the log calls the request.
    #[must_use]
    pub fn trace(&self) -> TraceId {
        match &self.0 {
            Form::Whole(record) => record.trace,
            Form::Short(short) => short.trace,
        }
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match &self.0 {
            Form::Whole(record) => record.outcome,
            Form::Short(short) => short.outcome,
        }
    }

    /// The endpoint's name.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        match &self.0 {
            Form::Whole(record) => &record.endpoint,
            Form::Short(short) => &short.endpoint,
        }
    }

    /// The tenant, where the endpoint has tenants and this one is known.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        match &self.0 {
            Form::Whole(record) => record.tenant.as_deref(),
            Form::Short(short) => short.tenant.as_deref(),
        }
    }

    /// The event id, unless a new event tells it.
    #[must_use]
    pub fn event_id(&self) -> Option<&str> {
        match &self.0 {
            Form::Whole(record) => record.texts().event_id,
            Form::Short(_) => None,
        }
    }

    /// Its row, with what it [brought](super::Notes::take_brought). Where that is new, the row may lack what the event tells.
    #[must_use]
    pub fn row(&self, brought: Option<Brought>, keeping: &Keeping) -> Row<'_> {
        match &self.0 {
            Form::Whole(record) => Row::of(record, brought, keeping),
            Form::Short(short) => short.row(keeping),
        }
    }
}

impl Short {
    fn row(&self, keeping: &Keeping) -> Row<'_> {
        Row {
            at: self.at.as_millis(),
            trace: self.trace.to_bits().cast_signed(),
            endpoint: &self.endpoint,
            outcome: self.outcome.as_str(),
            status: self.status,
            event: Some(self.brought.event),
            reason: None,
            detail: None,
            provider: self.provider,
            tenant: self.tenant.as_deref(),
            method: "",
            // As in a whole one: what is encrypted in the event is not to stand in clear beside it.
            path: if keeping.sealed { "" } else { self.path.as_str() },
            headers: Cow::Borrowed(""),
            key_id: None,
            event_id: None,
            event_type: None,
            api_version: None,
            body_bytes: i64::try_from(self.body_bytes).unwrap_or(i64::MAX),
            body_digest: None,
            duration_us: i64::try_from(self.duration.as_micros()).unwrap_or(i64::MAX),
            report_only: self.report_only,
        }
    }
}

/// A short path, in place.
#[derive(Clone, Copy)]
struct Path {
    length: usize,
    bytes: [u8; Self::LONGEST],
}

impl Path {
    const LONGEST: usize = 56;

    fn new(path: &str) -> Option<Self> {
        let mut bytes = [0; Self::LONGEST];
        bytes.get_mut(..path.len())?.copy_from_slice(path.as_bytes());
        Some(Self { length: path.len(), bytes })
    }

    fn as_str(&self) -> &str {
        // It was text when it was put there.
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Notes;

    fn short(event: i64) -> Note {
        Note(Form::Short(Short {
            trace: TraceId::from_bits(1),
            at: UnixTime::from_secs(1),
            endpoint: Arc::from("github"),
            provider: "github",
            tenant: None,
            path: Path::new("/").unwrap(),
            outcome: Outcome::Accepted,
            status: 200,
            body_bytes: 7,
            duration: Duration::from_millis(1),
            report_only: false,
            brought: Brought { event, is_new: true },
        }))
    }

    #[test]
    fn what_changes_before_it_is_written_down_is_not_left_to_its_event() {
        let keeping = Keeping { waiting: 16, age: Duration::MAX, rows: 16, digests: false, sealed: false };
        let notes = Notes::new(keeping, || {});
        let new = || {
            let (taken, _) = notes.take(16);
            let brought = notes.take_brought(&taken);
            assert!(
                taken.iter().zip(&brought).all(|(note, brought)| note.row(*brought, &keeping).provider == "github")
            );
            brought
                .into_iter()
                .flatten()
                .filter(|brought| brought.is_new)
                .map(|brought| brought.event)
                .collect::<Vec<_>>()
        };
        notes.put_back(vec![short(1), short(2)], Vec::new());
        notes.changes(Some(2));
        assert_eq!(new(), [1]);
        notes.put_back(vec![short(3)], Vec::new());
        notes.changes(None);
        assert_eq!(new(), [0; 0]);
        notes.put_back(vec![short(4), short(5)], Vec::new());
        notes.erase(|_, event| event == Some(4));
        assert_eq!(new(), [5]);
    }

    #[test]
    fn a_path_comes_out_as_it_went_in_unless_it_is_long() {
        let longest = "ü".repeat(28);
        for path in ["", "/", "/webhooks/github", &longest] {
            assert_eq!(Path::new(path).unwrap().as_str(), path);
        }
        assert!(Path::new(&format!("{longest}/")).is_none());
    }
}
