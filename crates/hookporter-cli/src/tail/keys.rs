//! What keys do: a choice among the lines, a filter, a pause.

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::follow::Shared;
use super::line;
use crate::style::Style;

/// So many requests are remembered.
const MOST: usize = 2000;

/// What a screen shows.
#[derive(Default)]
pub(super) struct View {
    entries: VecDeque<Shared>,
    /// The number of the chosen request: it stays the same one whatever comes meanwhile.
    pub(super) chosen: Option<u64>,
    pub(super) is_paused: bool,
    filter: String,
    /// What is being typed: a filter, or an event's number.
    typed: Option<Typed>,
    pub(super) message: String,
}

enum Typed {
    Filter(String),
    Number(String),
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Nothing,
    Replay(i64),
    Quit,
}

impl View {
    pub(super) fn add(&mut self, new: impl IntoIterator<Item = Shared>) {
        self.entries.extend(new);
        let surplus = self.entries.len().saturating_sub(MOST);
        self.entries.drain(..surplus);
    }

    /// The requests that the filter lets through, the oldest first.
    pub(super) fn shown(&self) -> Vec<&Shared> {
        let wanted = self.filter.to_lowercase();
        let fits = |entry: &&Shared| {
            wanted.is_empty() || line::request(entry, Style::plain()).to_lowercase().contains(&wanted)
        };
        self.entries.iter().filter(fits).collect()
    }

    /// The line below.
    pub(super) fn footer(&self) -> String {
        match &self.typed {
            Some(Typed::Filter(text)) => return format!("/{text}"),
            Some(Typed::Number(text)) => return format!("event {text}"),
            None => {}
        }
        let paused = if self.is_paused { "paused  " } else { "" };
        let filter = if self.filter.is_empty() { String::new() } else { format!("/{}  ", self.filter) };
        let said = if self.message.is_empty() {
            "up/down or an event's number: choose   r: replay   p: pause   /: filter   q: quit"
        } else {
            &self.message
        };
        format!("{paused}{filter}{said}")
    }

    /// A key was pressed.
    pub(super) fn press(&mut self, key: KeyEvent) -> Wish {
        if key.kind == KeyEventKind::Release {
            return Wish::Nothing;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return if key.code == KeyCode::Char('c') { Wish::Quit } else { Wish::Nothing };
        }
        self.message.clear();
        match self.typed.take() {
            Some(typed) => self.type_on(typed, key.code),
            None => return self.command(key.code),
        }
        Wish::Nothing
    }

    fn command(&mut self, code: KeyCode) -> Wish {
        match code {
            KeyCode::Char('q') => return Wish::Quit,
            KeyCode::Char('p') => self.is_paused = !self.is_paused,
            KeyCode::Char('/') => self.typed = Some(Typed::Filter(String::new())),
            KeyCode::Char(digit) if digit.is_ascii_digit() => self.typed = Some(Typed::Number(digit.to_string())),
            KeyCode::Up | KeyCode::Char('k') => self.step(false),
            KeyCode::Down | KeyCode::Char('j') => self.step(true),
            KeyCode::Esc => {
                self.chosen = None;
                self.filter.clear();
            }
            KeyCode::Char('r') => return self.replay(),
            _ => {}
        }
        Wish::Nothing
    }

    fn type_on(&mut self, typed: Typed, code: KeyCode) {
        match (typed, code) {
            (Typed::Filter(text), KeyCode::Enter) => self.filter = text,
            (Typed::Number(text), KeyCode::Enter) => {
                let number = text.parse::<i64>().ok();
                let found = self.entries.iter().rev().find(|entry| number.is_some() && entry.event == number);
                self.chosen = found.map(|entry| entry.number);
                if self.chosen.is_none() {
                    self.message = format!("no request here told of event {text}");
                }
            }
            (Typed::Filter(mut text), KeyCode::Char(typed)) => {
                text.push(typed);
                self.typed = Some(Typed::Filter(text));
            }
            (Typed::Number(mut text), KeyCode::Char(digit)) if digit.is_ascii_digit() && text.len() < 18 => {
                text.push(digit);
                self.typed = Some(Typed::Number(text));
            }
            (_, KeyCode::Esc) => {}
            (Typed::Filter(mut text), KeyCode::Backspace) => {
                text.pop();
                self.typed = Some(Typed::Filter(text));
            }
            (Typed::Number(mut text), KeyCode::Backspace) => {
                text.pop();
                self.typed = Some(Typed::Number(text));
            }
            (typed, _) => self.typed = Some(typed),
        }
    }

    /// From no choice to the newest; it stays within what is shown.
    fn step(&mut self, down: bool) {
        let shown: Vec<_> = self.shown().iter().map(|entry| entry.number).collect();
        let at = self.chosen.and_then(|chosen| shown.iter().position(|number| *number == chosen));
        let last = shown.len().saturating_sub(1);
        let next = match at {
            None => last,
            Some(at) if down => at.saturating_add(1).min(last),
            Some(at) => at.saturating_sub(1),
        };
        self.chosen = shown.get(next).copied();
    }

    fn replay(&mut self) -> Wish {
        let shown = self.shown();
        let Some(entry) = shown.iter().find(|entry| Some(entry.number) == self.chosen) else {
            self.message = "choose a request first: up, or the number of its event".to_owned();
            return Wish::Nothing;
        };
        if let Some(event) = entry.event {
            return Wish::Replay(event);
        }
        self.message = "this request brought no event that could be replayed".to_owned();
        Wish::Nothing
    }
}
