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

    /// Whether only requests are wanted that were not accepted: a store may have these apart.
    #[must_use]
    pub fn is_of_others(&self) -> bool {
        !self.outcomes.is_empty() && !self.outcomes.contains(&Outcome::Accepted)
    }

    /// The first and the last trace, as numbers of a store, whose digits begin with the text; `None` where none does. The first
    /// digit has the sign, so that all of them lie on one side of zero.
    #[must_use]
    pub fn traces(&self) -> Option<(i64, i64)> {
        let text = self.text.as_deref()?;
        let is_hex = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        let digits = text.len();
        if !is_hex || !(1..=16).contains(&digits) {
            return None;
        }
        let rest = 16_usize.saturating_sub(digits);
        let end = |digit: &str| u64::from_str_radix(&format!("{text}{}", digit.repeat(rest)), 16);
        Some((end("0").ok()?.cast_signed(), end("f").ok()?.cast_signed()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_of_a_trace_is_a_range_on_one_side_of_zero() {
        let traces = |text| Query::new().text(text).traces();
        assert_eq!(traces("0"), Some((0, 0x0fff_ffff_ffff_ffff)));
        assert_eq!(traces("f"), Some((-0x1000_0000_0000_0000, -1)));
        assert_eq!(traces("00000000000000ff"), Some((255, 255)));
        for none in ["", "g", "00000000000000000", "+1", "ABC"] {
            assert_eq!(traces(none), None, "{none}");
        }
    }
}
