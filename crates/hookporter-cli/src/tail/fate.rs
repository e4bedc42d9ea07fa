//! What becomes of the events that requests told of.

use std::collections::VecDeque;

use hookporter::journal::Entry;
use hookporter::operating::{Listed, Page, Selection, State};
use hookporter::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::store::Store;
use crate::style::{Paint, Style};
use crate::{moment, output};

/// So many events are watched; of older ones nothing is said any more.
const MOST: usize = 500;

/// Watches events, if that is asked for.
pub(super) struct Fates {
    is_on: bool,
    watched: VecDeque<Watched>,
}

struct Watched {
    number: i64,
    state: State,
    attempts: u32,
}

/// What has become of an event.
pub(super) struct Fate {
    word: &'static str,
    event: Listed,
}

impl Fates {
    pub(super) const fn new(is_on: bool) -> Self {
        Self { is_on, watched: VecDeque::new() }
    }

    pub(super) const fn is_on(&self) -> bool {
        self.is_on
    }

    /// Watches the event of a request.
    pub(super) fn watch(&mut self, entry: &Entry) {
        let Some(number) = entry.event.filter(|_| self.is_on) else { return };
        if self.watched.iter().any(|watched| watched.number == number) {
            return;
        }
        self.watched.push_back(Watched { number, state: State::Waiting, attempts: 0 });
        if self.watched.len() > MOST {
            self.watched.pop_front();
        }
    }

    /// What has changed of those that are watched.
    pub(super) fn changed(&mut self, store: &Store) -> Vec<Fate> {
        if self.watched.is_empty() {
            return Vec::new();
        }
        let which = Selection::all().numbers(self.watched.iter().map(|watched| watched.number));
        // What cannot be read now may be read at the next look.
        let Ok(events) = store.wait(store.events().select(which, Page::After(0), MOST)) else { return Vec::new() };
        let mut fates = Vec::new();
        for event in events {
            let Some(watched) = self.watched.iter_mut().find(|watched| watched.number == event.number) else {
                continue;
            };
            if let Some(word) = watched.word(&event) {
                fates.push(Fate { word, event });
            }
        }
        // It is settled, unless somebody replays it, which has a request of its own to choose it by.
        self.watched.retain(|watched| watched.state != State::Done);
        fates
    }
}

impl Watched {
    /// What is to be said of it now, if anything.
    fn word(&mut self, event: &Listed) -> Option<&'static str> {
        let is_other = self.state != event.state;
        let has_failed = event.attempts > self.attempts && event.last_error.is_some();
        (self.state, self.attempts) = (event.state, event.attempts);
        match event.state {
            State::Done if is_other => Some("worked"),
            State::Dead if is_other => Some("dead"),
            State::Parked if is_other => Some("parked"),
            State::Waiting if has_failed => Some("failed"),
            _ => None,
        }
    }
}

impl Fate {
    pub(super) fn json(&self) -> Value {
        let Self { word, event } = self;
        json!({
            "fate": word, "event": event.number, "endpoint": event.endpoint, "event_id": event.event_id,
            "event_type": event.event_type, "attempts": event.attempts, "last_error": event.last_error,
        })
    }

    pub(super) fn human(&self, style: Style) -> String {
        let Self { word, event } = self;
        let paint = match *word {
            "worked" => Paint::Good,
            "dead" => Paint::Bad,
            _ => Paint::Warning,
        };
        let error = event.last_error.as_ref().filter(|_| *word != "worked");
        let what: Vec<_> = error.into_iter().chain(&event.event_type).chain(&event.event_id).cloned().collect();
        let line = format!(
            "{:<20}  {:<16}  {}  {:<6}  {:>7}  attempt {}  {}",
            moment::shown(SystemClock.now()),
            output::escaped(&event.endpoint),
            style.paint(paint, &format!("{word:<11}")),
            "",
            event.number,
            event.attempts,
            output::escaped(&what.join("  "))
        );
        line.trim_end().to_owned()
    }
}
