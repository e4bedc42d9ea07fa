//! Which events: numbers, filters, a page of a list.

use clap::{Args, ValueEnum};
use hookporter::UnixTime;
use hookporter::operating::{Selection, State};

use crate::failure::Failure;
use crate::moment;

/// Which events. Every part that is given must fit.
#[derive(Debug, Args)]
pub(super) struct Part {
    /// Only events of these numbers
    #[arg(value_name = "NUMBER")]
    numbers: Vec<i64>,
    /// Only events of this endpoint; `receive` names it after its sender
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Only events of this tenant
    #[arg(long)]
    tenant: Option<String>,
    /// Only events of this type, letter for letter
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// Only events that came in at this moment or later: `90m`, `2h`, `7d` (so long ago), `2026-11-26`,
    /// `2026-11-26T08:30:00Z`, or Unix seconds
    #[arg(long, value_name = "WHEN", value_parser = moment::parse)]
    since: Option<UnixTime>,
    /// Only events that came in before this moment
    #[arg(long, value_name = "WHEN", value_parser = moment::parse)]
    until: Option<UnixTime>,
}

/// Which events, and in which state.
#[derive(Debug, Args)]
pub(super) struct Filter {
    #[command(flatten)]
    pub(super) part: Part,
    /// Only those in this state
    #[arg(long, value_enum)]
    state: Option<Wanted>,
}

/// A part of a list.
#[derive(Debug, Args)]
pub(super) struct Page {
    /// Begin behind the event of this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(super) after: i64,
    /// Show at most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(super) most: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Wanted {
    Waiting,
    Working,
    Done,
    Dead,
    Parked,
}

impl Wanted {
    const fn state(self) -> State {
        match self {
            Self::Waiting => State::Waiting,
            Self::Working => State::Working,
            Self::Done => State::Done,
            Self::Dead => State::Dead,
            Self::Parked => State::Parked,
        }
    }
}

impl Part {
    pub(super) fn selection(&self) -> Selection {
        let mut which = Selection::all();
        if !self.numbers.is_empty() {
            which = which.numbers(self.numbers.iter().copied());
        }
        if let Some(endpoint) = &self.endpoint {
            which = which.endpoint(endpoint);
        }
        if let Some(tenant) = &self.tenant {
            which = which.tenant(tenant);
        }
        if let Some(kind) = &self.event_type {
            which = which.event_type(kind);
        }
        if let Some(since) = self.since {
            which = which.since(since);
        }
        if let Some(until) = self.until {
            which = which.until(until);
        }
        which
    }

    /// The numbers that were named, each once.
    pub(super) fn numbers(&self) -> Vec<i64> {
        let mut numbers = self.numbers.clone();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.numbers.is_empty()
            && self.endpoint.is_none()
            && self.tenant.is_none()
            && self.event_type.is_none()
            && self.since.is_none()
            && self.until.is_none()
    }

    /// Nothing is changed of everything because a filter was forgotten.
    pub(super) fn deliberate(&self, all: bool) -> Result<Selection, Failure> {
        if self.is_empty() && !all {
            return Err(Failure::usage("name events by number or by a filter, or say --all"));
        }
        Ok(self.selection())
    }
}

impl Filter {
    pub(super) const fn state(&self) -> Option<State> {
        match self.state {
            Some(wanted) => Some(wanted.state()),
            None => None,
        }
    }

    pub(super) fn selection(&self) -> Selection {
        self.in_state(self.part.selection())
    }

    /// As [`Part::deliberate`].
    pub(super) fn deliberate(&self, all: bool) -> Result<Selection, Failure> {
        if self.state.is_some() {
            return Ok(self.selection());
        }
        self.part.deliberate(all)
    }

    fn in_state(&self, which: Selection) -> Selection {
        self.state().into_iter().fold(which, Selection::state)
    }
}
