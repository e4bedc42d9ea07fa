//! What is looked for in a journal.

use hookporter_core::{Reason, UnixTime};

use crate::outcome::Outcome;
use crate::packed::PackedRecord;

/// Which entries of a journal are wanted; every setter narrows it. Default: all of them.
#[derive(Debug, Clone, Default)]
#[must_use]
#[non_exhaustive]
pub struct Query {
    /// Their endpoint's name.
    pub endpoint: Option<String>,
    /// Their outcome is one of these; none: any.
    pub outcomes: Vec<Outcome>,
    /// Their reason.
    pub reason: Option<Reason>,
    /// They came at this moment or later.
    pub since: Option<UnixTime>,
    /// They came before this moment.
    pub until: Option<UnixTime>,
    /// Trace id, path, event id, event type, tenant or digest begins with this.
    pub text: Option<String>,
    /// They told of the event of this number in their inbox.
    pub event: Option<i64>,
}

impl Query {
    /// Every entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of one endpoint.
    pub fn of(self, endpoint: &str) -> Self {
        Self { endpoint: Some(endpoint.to_owned()), ..self }
    }

    /// Those with this outcome, beside those already asked for.
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcomes.push(outcome);
        self
    }

    /// Those that were turned away for what the sender sent.
    pub fn rejected(self) -> Self {
        self.outcome(Outcome::Rejected)
    }

    /// Those with this reason.
    pub fn reason(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// Those of this moment and later.
    pub fn since(self, moment: UnixTime) -> Self {
        Self { since: Some(moment), ..self }
    }

    /// Those of before this moment.
    pub fn until(self, moment: UnixTime) -> Self {
        Self { until: Some(moment), ..self }
    }

    /// Those whose trace id, path, event id, event type, tenant or digest begins with this text.
    pub fn text(self, text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..self }
    }

    /// Those that told of the event of this number in their inbox: its first delivery, and its duplicates.
    pub fn event(self, number: i64) -> Self {
        Self { event: Some(number), ..self }
    }

    /// Whether a record of a journal that knows no event of an inbox is wanted. Nothing of it is copied: a journal may hold very
    /// many.
    pub(super) fn takes(&self, record: &PackedRecord) -> bool {
        self.event.is_none()
            && self.endpoint.as_ref().is_none_or(|endpoint| **endpoint == *record.endpoint)
            && (self.outcomes.is_empty() || self.outcomes.contains(&record.outcome))
            && (self.reason.is_none() || self.reason == record.reason)
            && self.since.is_none_or(|since| record.at >= since)
            && self.until.is_none_or(|until| record.at < until)
            && self.text.as_ref().is_none_or(|text| names(record, text))
    }
}

fn names(record: &PackedRecord, text: &str) -> bool {
    let texts = record.texts();
    let named = [texts.event_id, texts.event_type, texts.body_digest];
    texts.path.starts_with(text)
        || record.tenant.as_ref().is_some_and(|tenant| tenant.starts_with(text))
        || named.into_iter().flatten().any(|name| name.starts_with(text))
        || record.trace.to_string().starts_with(text)
}
