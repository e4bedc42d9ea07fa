//! Replays, and how their events go.

use hookporter_pipeline::operating::{Replay, Replayed, Verdict};
use maud::{Markup, html};

use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{marks, parts, text, time};

pub(crate) fn replays(view: &View, replays: &[Replay]) -> Markup {
    html! {
        h1 { "Replays" }
        p.lead { "What somebody has had worked again, to compare it with the last attempt before." }
        @if replays.is_empty() {
            (parts::empty("There was no replay yet. Begin one from a list of events, or from an event."))
        } @else {
            table.list {
                caption.unseen { "Replays, the latest first, times in UTC" }
                (parts::heads(false, &["Replay", "Began", "Events", "Why"]))
                tbody {
                    @for replay in replays {
                        tr {
                            th scope="row" { a href=(view.at(&format!("replays/{}", replay.number))) { "Replay " (replay.number) } }
                            td data-label="Began" { (time::when(replay.started_at, view.now)) }
                            td.number data-label="Events" { (parts::number(replay.events)) }
                            td data-label="Why" { (text::maybe(replay.reason.as_deref(), 300)) }
                        }
                    }
                }
            }
        }
    }
}

/// A page of a replay's events.
#[derive(Debug)]
pub(crate) struct Going<'a> {
    pub(crate) number: i64,
    /// `None` where it is not among the latest.
    pub(crate) replay: Option<&'a Replay>,
    /// How many have each verdict, in the order of [`Verdict::ALL`], of so many that were counted.
    pub(crate) counts: [u64; Verdict::ALL.len()],
    pub(crate) counted: u64,
    pub(crate) events: &'a [Replayed],
    pub(crate) more: bool,
    pub(crate) is_later: bool,
}

pub(crate) fn replay(view: &View, going: &Going<'_>) -> Markup {
    let first = Link::to(format!("replays/{}", going.number));
    let next = going.events.last().filter(|_| going.more).map(|last| first.clone().with("after", last.event));
    html! {
        h1 { "Replay " (going.number) }
        @if let Some(replay) = going.replay {
            p.lead {
                (parts::number(replay.events)) " events, begun " (time::when(replay.started_at, view.now))
                ". Why: " (text::maybe(replay.reason.as_deref(), 1000))
            }
        }
        dl.figures.wide {
            @for (verdict, count) in Verdict::ALL.into_iter().zip(going.counts) {
                div { dt { (marks::verdict(verdict)) } dd { (parts::number(count)) } }
            }
        }
        @if going.replay.is_some_and(|replay| replay.events > going.counted) {
            p.hint { "Of the first " (parts::number(going.counted)) " events." }
        }
        @if going.events.is_empty() {
            (parts::empty("Its events were erased or swept since."))
        } @else {
            table.list {
                caption.unseen { "Events of this replay by number" }
                (parts::heads(false, &["Event", "Verdict", "State", "Endpoint", "Error"]))
                tbody { @for event in going.events { (row(view, event)) } }
            }
        }
        (parts::pager(view, next.as_ref(), going.is_later.then_some(&first), parts::FIRST_NEXT))
    }
}

fn row(view: &View, event: &Replayed) -> Markup {
    html! {
        tr {
            (parts::event(view, event.event, event.event_type.as_deref(), event.event_id.as_deref()))
            td data-label="Verdict" { (marks::verdict(event.verdict)) }
            td data-label="State" { (marks::state(event.state)) }
            td data-label="Endpoint" { (text::short(&event.endpoint, 60)) }
            td.error data-label="Error" { (text::maybe(event.error.as_deref(), 200)) }
        }
    }
}
