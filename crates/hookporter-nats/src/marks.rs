//! What is written on a message beside the record in it.

use async_nats::{HeaderMap, HeaderValue};
use hookporter_core::UnixTime;

const NUMBER: &str = "Hookporter-Number";
const ATTEMPTS: &str = "Hookporter-Attempts";
const REQUEUED: &str = "Hookporter-Requeued";
const DUE: &str = "Hookporter-Due";
const PARKED: &str = "Hookporter-Parked";
const EVENT: &str = "Hookporter-Event";
const ERROR: &str = "Hookporter-Error";

/// Headers of a message: numbers, and one text that no server's decision depends on. Everything that a sender says is in the
/// record, which is the message's payload: some servers look for their own headers within the values of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The event's number, where it is not the message's own: it was written anew since.
    pub(crate) number: Option<i64>,
    /// How many attempts it had before it was written anew.
    pub(crate) attempts: u32,
    /// How often its sender brought it back from the dead letters.
    pub(crate) requeued: u32,
    /// It was held, and is not due before this moment.
    pub(crate) due: Option<UnixTime>,
    /// It came in parked.
    pub(crate) parked: bool,
    /// Of a dead letter and of a parked event: which message it was among the events.
    pub(crate) event: Option<u64>,
    /// Of these: why.
    pub(crate) error: Option<String>,
}

impl Marks {
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let number = self.number.map(|number| number.to_string());
        let count = |count: u32| (count > 0).then(|| count.to_string());
        let (attempts, requeued) = (count(self.attempts), count(self.requeued));
        let due = self.due.map(|due| due.as_millis().to_string());
        let parked = self.parked.then(|| "1".to_owned());
        let event = self.event.map(|event| event.to_string());
        let marks = [(NUMBER, number), (ATTEMPTS, attempts), (REQUEUED, requeued), (DUE, due), (PARKED, parked)];
        for (name, value) in marks.into_iter().chain([(EVENT, event), (ERROR, self.error.clone())]) {
            // What holds the end of a line is none: the pipeline escapes such.
            if let Some(value) = value.and_then(|value| value.parse::<HeaderValue>().ok()) {
                headers.insert(name, value);
            }
        }
        headers
    }

    pub(crate) fn read(headers: Option<&HeaderMap>) -> Self {
        let text = |name: &str| headers.and_then(|headers| headers.get(name)).map(HeaderValue::as_str);
        Self {
            number: text(NUMBER).and_then(|number| number.parse().ok()),
            attempts: text(ATTEMPTS).and_then(|attempts| attempts.parse().ok()).unwrap_or(0),
            requeued: text(REQUEUED).and_then(|requeued| requeued.parse().ok()).unwrap_or(0),
            due: text(DUE).and_then(|due| due.parse().ok()).map(UnixTime::from_millis),
            parked: text(PARKED).is_some(),
            event: text(EVENT).and_then(|event| event.parse().ok()),
            error: text(ERROR).map(str::to_owned),
        }
    }

    /// Which attempt it is when the server gives the message out for this time, counted from 1.
    ///
    /// One that is held is given out once before it is due, by when nobody works it. Where no worker was there until it was due,
    /// that does not happen, and it has one attempt more than it should.
    pub(crate) fn attempt(&self, delivered: i64) -> u32 {
        let given = u32::try_from(delivered).unwrap_or(1).max(1);
        let counted = if self.due.is_some() { given.saturating_sub(1).max(1) } else { given };
        self.attempts.saturating_add(counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_comes_back() {
        let all = Marks {
            number: Some(7),
            attempts: 3,
            requeued: 5,
            due: Some(UnixTime::from_millis(1_700_000_000_123)),
            parked: true,
            event: Some(9),
            error: Some("the server said: nö".to_owned()),
        };
        for marks in [all, Marks::default()] {
            assert_eq!(Marks::read(Some(&marks.headers())), marks);
        }
        assert_eq!(Marks::read(None), Marks::default());
        let split = Marks { error: Some("a\r\nNats-Rollup: all".to_owned()), ..Marks::default() };
        assert_eq!(Marks::read(Some(&split.headers())), Marks::default(), "no header is made by a text");
    }

    #[test]
    fn the_giving_out_before_it_is_due_is_no_attempt() {
        let held = Marks { attempts: 2, due: Some(UnixTime::from_millis(1)), ..Marks::default() };
        assert_eq!([1, 2, 3].map(|delivered| held.attempt(delivered)), [3, 3, 4]);
        assert_eq!([1, 2].map(|delivered| Marks::default().attempt(delivered)), [1, 2]);
    }
}
