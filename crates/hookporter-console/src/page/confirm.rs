//! Before many are changed, or something is lost: what, how many, and the way back.

use maud::{Markup, html};

use crate::page::link::Link;
use crate::page::parts;
use crate::page::view::View;

/// A change that somebody is about to make.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) deed: Many,
    /// What chooses them, as it was understood.
    pub(crate) which: Vec<(&'static str, String)>,
    pub(crate) count: u64,
    pub(crate) back: Link,
}

/// A change to many, or one that loses something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Many {
    Requeue,
    Release,
    GiveUp,
    Replay,
    Erase,
    Recheck,
    Forget,
}

impl Many {
    const ALL: [Self; 7] =
        [Self::Requeue, Self::Release, Self::GiveUp, Self::Replay, Self::Erase, Self::Recheck, Self::Forget];

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.word() == word)
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Requeue => "requeue",
            Self::Release => "release",
            Self::GiveUp => "give-up",
            Self::Replay => "replay",
            Self::Erase => "erase",
            Self::Recheck => "recheck",
            Self::Forget => "forget",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Requeue => "Requeue",
            Self::Release => "Release",
            Self::GiveUp => "Give up",
            Self::Replay => "Replay",
            Self::Erase => "Erase",
            Self::Recheck => "Recheck",
            Self::Forget => "Forget",
        }
    }

    const fn what_it_does(self) -> &'static str {
        match self {
            Self::Requeue => {
                "They are worked again, with fresh attempts. An event that was done is done a second time."
            }
            Self::Release => "Those of them that are parked are worked.",
            Self::GiveUp => "Those of them that are dead letters or parked count as done, and nobody works them.",
            Self::Replay => "They are worked again, and each gets a verdict against its last attempt before.",
            Self::Erase => {
                "The event goes with all that was kept of it, and does not come back. Its sender may send it again."
            }
            Self::Recheck => {
                "They are judged again by the present keys, clock and URL, as of when they came; those whose proof holds are taken."
            }
            Self::Forget => "They go with all that was kept of them, and cannot be judged again.",
        }
    }

    /// Whether it is about refused requests.
    pub(crate) const fn is_of_requests(self) -> bool {
        matches!(self, Self::Recheck | Self::Forget)
    }
}

pub(crate) fn heading(planned: &Planned) -> String {
    let noun = match (planned.deed.is_of_requests(), planned.count) {
        (true, 1) => "request",
        (false, 1) => "event",
        (true, _) => "requests",
        (false, _) => "events",
    };
    format!("{} {} {noun}?", planned.deed.name(), parts::number(planned.count))
}

pub(crate) fn confirm(view: &View, planned: &Planned) -> Markup {
    if !view.may_change() {
        return html! { h1 { (heading(planned)) } (parts::read_only("This")) };
    }
    html! {
        h1 { (heading(planned)) }
        p.lead { (planned.deed.what_it_does()) }
        @if planned.which.is_empty() {
            p.hint { "There is no filter: this is about all of them." }
        } @else {
            dl.facts { @for (name, value) in &planned.which { dt { (name) } dd { (crate::page::text::short(value, 300)) } } }
        }
        @if planned.count == 0 {
            (parts::empty("Nothing fits: there is nothing to do."))
            p { a.button href=(view.href(&planned.back)) { "Back" } }
        } @else {
            (form(view, planned))
        }
    }
}

fn form(view: &View, planned: &Planned) -> Markup {
    let number = planned.which.iter().find(|(name, _)| *name == "numbers").map(|(_, number)| number);
    let (path, fields) = match (planned.deed, number) {
        (Many::Erase, Some(number)) => (format!("events/{number}/erase"), &[][..]),
        (deed, _) if deed.is_of_requests() => (format!("quarantine/{}", deed.word()), &*planned.which),
        (deed, _) => (format!("events/{}", deed.word()), &*planned.which),
    };
    html! {
        form.confirm method="post" action=(view.at(&path)) {
            (view.hidden(&planned.back))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            input type="hidden" name="deliberate" value="true";
            @if planned.deed == Many::Replay { (parts::field("reason", "Why", None, "for whoever looks at it later")) }
            div.deeds {
                button.strong type="submit" { (planned.deed.name()) }
                a.button.plain href=(view.href(&planned.back)) { "Cancel" }
            }
        }
    }
}
