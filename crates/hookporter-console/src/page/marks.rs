//! States as marks: a shape and a word each, so that nobody needs the colour.

use hookporter_core::Reason;
use hookporter_pipeline::Outcome;
use hookporter_pipeline::health::{EndpointState, Light};
use hookporter_pipeline::operating::{State, Verdict};
use maud::{Markup, html};

use crate::page::text;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Good,
    Bad,
    Odd,
    Busy,
    Quiet,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "mark good",
            Self::Bad => "mark bad",
            Self::Odd => "mark odd",
            Self::Busy => "mark busy",
            Self::Quiet => "mark quiet",
        }
    }
}

fn mark(tone: Tone, shape: &str, word: &str) -> Markup {
    html! { span class=(tone.class()) { span aria-hidden="true" { (shape) } " " (word) } }
}

pub(crate) fn light(light: Light) -> Markup {
    match light {
        Light::Red => mark(Tone::Bad, "■", "Red"),
        Light::Amber => mark(Tone::Odd, "▲", "Amber"),
        Light::Green => mark(Tone::Good, "●", "Green"),
        other => mark(Tone::Odd, "▲", other.as_str()),
    }
}

/// What an endpoint is doing.
pub(crate) const fn doing(state: EndpointState) -> &'static str {
    match state {
        EndpointState::Unknown => "no request yet",
        EndpointState::Active => "active",
        EndpointState::Stopped => "stopped",
        EndpointState::TooManyErrors => "too many errors",
        _ => "in a state that this release does not know",
    }
}

pub(crate) fn state(state: State) -> Markup {
    match state {
        State::Waiting => mark(Tone::Busy, "◷", "waiting"),
        State::Working => mark(Tone::Busy, "▶", "working"),
        State::Done => mark(Tone::Good, "✓", "done"),
        State::Dead => mark(Tone::Bad, "✗", "dead letter"),
        State::Parked => mark(Tone::Odd, "❙❙", "parked"),
    }
}

pub(crate) fn outcome(outcome: Outcome) -> Markup {
    match outcome {
        Outcome::Accepted => mark(Tone::Good, "✓", "accepted"),
        Outcome::Rejected => mark(Tone::Bad, "✗", "rejected"),
        Outcome::Unavailable => mark(Tone::Bad, "■", "unavailable"),
        Outcome::Parked => mark(Tone::Odd, "❙❙", "parked"),
        other => mark(Tone::Quiet, "○", other.as_str()),
    }
}

pub(crate) fn verdict(verdict: Verdict) -> Markup {
    match verdict {
        Verdict::Fixed => mark(Tone::Good, "✓", "fixed"),
        Verdict::StillPassing => mark(Tone::Good, "●", "still passing"),
        Verdict::StillFailing => mark(Tone::Bad, "✗", "still failing"),
        Verdict::Regressed => mark(Tone::Bad, "▼", "regressed"),
        Verdict::Pending => mark(Tone::Busy, "◷", "pending"),
        other => mark(Tone::Quiet, "○", other.as_str()),
    }
}

/// How an attempt ended.
pub(crate) fn attempt(outcome: Option<&str>) -> Markup {
    match outcome {
        Some("worked") => mark(Tone::Good, "✓", "worked"),
        Some("failed") => mark(Tone::Bad, "✗", "failed"),
        Some("lost") => mark(Tone::Bad, "?", "lost"),
        Some(_) => mark(Tone::Quiet, "○", "unknown"),
        None => mark(Tone::Busy, "▶", "under way"),
    }
}

/// A proof that holds.
pub(crate) fn holds() -> Markup {
    mark(Tone::Good, "✓", "holds now")
}

/// Something that a reader should know before anything else.
pub(crate) fn caution(word: &str) -> Markup {
    mark(Tone::Odd, "▲", word)
}

/// A reason with its evidence, which begins with the reason's word or is nothing more.
pub(crate) fn why(reason: Reason, detail: &str) -> Markup {
    let evidence = detail.strip_prefix(reason.as_str()).unwrap_or(detail).trim_start_matches([':', ' ']);
    html! {
        code { (reason.as_str()) }
        @if !evidence.is_empty() { ": " (text::prose(evidence, 1100)) }
        " " (guide(reason))
    }
}

pub(crate) fn guide(reason: Reason) -> Markup {
    html! {
        a.guide href=(reason.guide()) rel="noreferrer noopener external" target="_blank"
            aria-label=(format!("{reason} in the guide, in a new tab")) { "guide" span aria-hidden="true" { " ↗" } }
    }
}
