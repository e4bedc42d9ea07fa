//! Lists of events: all of them, dead letters, parked ones.

use hookporter_pipeline::operating::{Listed, State};
use maud::{Markup, html};

use crate::page::frame::Place;
use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{marks, parts, text, time};

/// What a list of events was asked for, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) state: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) tenant: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
}

impl Filter {
    /// The list of these, at this path.
    pub(crate) fn link(&self, path: &str) -> Link {
        let state = self.state.as_ref().filter(|_| path != "dead" && path != "parked");
        Link::to(path)
            .maybe("state", state)
            .maybe("endpoint", self.endpoint.as_ref())
            .maybe("tenant", self.tenant.as_ref())
            .maybe("type", self.kind.as_ref())
            .maybe("since", self.since.as_ref())
            .maybe("until", self.until.as_ref())
    }
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Listing<'a> {
    pub(crate) place: Place,
    pub(crate) filter: &'a Filter,
    pub(crate) events: &'a [Listed],
    /// Whether there are older ones.
    pub(crate) more: bool,
    /// Whether it is not the first page.
    pub(crate) is_later: bool,
}

impl Listing<'_> {
    const fn path(&self) -> &'static str {
        match self.place {
            Place::Dead => "dead",
            Place::Parked => "parked",
            _ => "events",
        }
    }

    pub(crate) const fn heading(&self) -> &'static str {
        match self.place {
            Place::Dead => "Dead letters",
            Place::Parked => "Parked events",
            _ => "Events",
        }
    }

    /// What can be done with them: the deed, its name, and what it does.
    const fn deeds(&self) -> &'static [(&'static str, &'static str)] {
        match self.place {
            Place::Dead => &[("requeue", "Requeue"), ("replay", "Replay"), ("give-up", "Give up")],
            Place::Parked => &[("release", "Release"), ("give-up", "Give up")],
            _ => &[("requeue", "Requeue"), ("replay", "Replay"), ("release", "Release"), ("give-up", "Give up")],
        }
    }
}

pub(crate) fn events(view: &View, list: &Listing<'_>) -> Markup {
    let first = list.filter.link(list.path());
    let older = list.events.last().filter(|_| list.more).map(|last| first.clone().with("before", last.number));
    html! {
        h1 { (list.heading()) }
        p.lead { (lead(list)) }
        (filters(view, list))
        @if list.events.is_empty() {
            (parts::empty(nothing(list)))
        } @else {
            form method="post" action=(view.at("events/requeue")) {
                (table(view, list))
                @if view.may_change() { (view.hidden(&view.here)) (buttons(view, list)) }
            }
            @if !view.may_change() { (parts::read_only("Requeue, release, give up and replay")) }
            @if view.may_change() { (all_that_fit(view, list)) }
        }
        (parts::pager(view, older.as_ref(), list.is_later.then_some(&first), parts::NEWEST_OLDER))
    }
}

const fn lead(list: &Listing<'_>) -> &'static str {
    match list.place {
        Place::Dead => {
            "Events whose attempts are spent, or that their worker gave up on. Mend the cause, then requeue them."
        }
        Place::Parked => "Events that are kept until the code handles their version, or somebody releases them.",
        _ => "What the inbox holds, the newest first.",
    }
}

fn nothing(list: &Listing<'_>) -> &'static str {
    let narrowed = list.filter.link("") != Filter { state: list.filter.state.clone(), ..Filter::default() }.link("");
    match list.place {
        _ if list.is_later => "There are no older ones.",
        _ if narrowed => "Nothing fits this filter.",
        Place::Dead => "No dead letters: every event that was worked is done, or will be tried again.",
        Place::Parked => "Nothing is parked.",
        _ if list.filter.state.is_some() => "No event is in this state.",
        _ => "The inbox is empty: no event has come yet, or all were swept.",
    }
}

fn filters(view: &View, list: &Listing<'_>) -> Markup {
    let filter = list.filter;
    let states: Vec<_> = State::ALL.iter().map(|state| (state.to_string(), state.to_string())).collect();
    html! {
        form.filters method="get" action=(view.at(list.path())) role="search" aria-label="Filter events" {
            @if list.place == Place::Events {
                (parts::select("state", "State", "any", &states, filter.state.as_deref()))
            }
            (parts::select("endpoint", "Endpoint", "any", &parts::names(view), filter.endpoint.as_deref()))
            (parts::field("type", "Type", filter.kind.as_deref(), "invoice.paid"))
            (parts::field("tenant", "Tenant", filter.tenant.as_deref(), ""))
            (parts::field("since", "Since", filter.since.as_deref(), "90m or 2026-11-26"))
            (parts::field("until", "Until", filter.until.as_deref(), "1h"))
            div.field.go { button type="submit" { "Filter" } a.button.plain href=(view.at(list.path())) { "Clear" } }
        }
    }
}

fn table(view: &View, list: &Listing<'_>) -> Markup {
    let names: &[&str] = if list.place == Place::Events {
        &["Event", "State", "Endpoint", "Came", "Attempts", "Last error"]
    } else {
        &["Event", "Endpoint", "Came", "Attempts", "Last error"]
    };
    html! {
        table.list {
            caption.unseen { (list.heading()) ", the newest first, times in UTC" }
            (parts::heads(view.may_change(), names))
            tbody { @for event in list.events { (row(view, list, event)) } }
        }
    }
}

fn row(view: &View, list: &Listing<'_>, event: &Listed) -> Markup {
    html! {
        tr {
            @if view.may_change() { (parts::choose(event.number, "event")) }
            (parts::event(view, event.number, event.event_type.as_deref(), event.event_id.as_deref()))
            @if list.place == Place::Events { td data-label="State" { (marks::state(event.state)) } }
            td data-label="Endpoint" {
                (text::short(&event.endpoint, 60))
                @if let Some(tenant) = &event.tenant { div.dim { (text::short(tenant, 60)) } }
            }
            td data-label="Came" { (time::when(event.received_at, view.now)) }
            td.number data-label="Attempts" { (event.attempts) (due(view, event)) }
            td.error data-label="Last error" { (text::maybe(event.last_error.as_deref(), 160)) }
        }
    }
}

/// When a waiting event is tried next.
fn due(view: &View, event: &Listed) -> Markup {
    let due = event.due_at.filter(|due| event.state == State::Waiting && *due > view.now);
    html! { @if let Some(due) = due { div.dim { "next " (time::age(due, view.now)) } } }
}

fn buttons(view: &View, list: &Listing<'_>) -> Markup {
    html! {
        div.deeds role="group" aria-label="With the chosen events" {
            span.dim aria-hidden="true" { "With the chosen:" }
            @for (deed, name) in list.deeds() {
                button type="submit" formaction=(view.at(&format!("events/{deed}"))) { (name) }
            }
        }
    }
}

fn all_that_fit(view: &View, list: &Listing<'_>) -> Markup {
    let state = match list.place {
        Place::Dead => Some(State::Dead.to_string()),
        Place::Parked => Some(State::Parked.to_string()),
        _ => list.filter.state.clone(),
    };
    let filter = Filter { state, ..list.filter.clone() };
    html! {
        p.all {
            "With all that fit the filter: "
            @for (at, (deed, name)) in list.deeds().iter().enumerate() {
                @if at > 0 { ", " }
                a href=(view.href(&filter.link("confirm").with("deed", deed))) { (name.to_lowercase()) " …" }
            }
        }
    }
}
