//! The requests that came, accepted or not.

use std::sync::Arc;

use hookporter_core::Reason;
use hookporter_pipeline::Outcome;
use hookporter_pipeline::journal::Entry;
use maud::{Markup, html};

use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{marks, parts, text, time};

const PATH: &str = "deliveries";

/// What the list was asked for, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) endpoint: Option<String>,
    pub(crate) outcomes: Vec<String>,
    pub(crate) reason: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
}

impl Filter {
    pub(crate) fn link(&self) -> Link {
        let link = Link::to(PATH).maybe("endpoint", self.endpoint.as_ref());
        let link = self.outcomes.iter().fold(link, |link, outcome| link.with("outcome", outcome));
        link.maybe("reason", self.reason.as_ref())
            .maybe("event", self.event.as_ref())
            .maybe("text", self.text.as_ref())
            .maybe("since", self.since.as_ref())
            .maybe("until", self.until.as_ref())
    }
}

/// A page of the list.
#[derive(Debug)]
pub(crate) struct Listing<'a> {
    pub(crate) filter: &'a Filter,
    pub(crate) entries: &'a [Arc<Entry>],
    /// Whether there are older ones.
    pub(crate) more: bool,
    /// Whether it is not the first page.
    pub(crate) is_later: bool,
    /// How many were lost.
    pub(crate) lost: u64,
}

pub(crate) fn deliveries(view: &View, list: &Listing<'_>) -> Markup {
    let first = list.filter.link();
    let older = list.entries.last().filter(|_| list.more).map(|last| first.clone().with("before", last.number));
    html! {
        h1 { "Deliveries" }
        p.lead { "Every request that came, accepted or not, the newest first." }
        @if list.lost > 0 {
            p.hint { (marks::caution("incomplete")) " " (parts::number(list.lost)) " entries were lost: more came than could be written down." }
        }
        (filters(view, list.filter))
        @if list.entries.is_empty() {
            (parts::empty(nothing(list)))
        } @else {
            table.list {
                caption.unseen { "Deliveries, the newest first, times in UTC" }
                (parts::heads(false, &["Delivery", "Outcome", "Endpoint", "Came", "Why"]))
                tbody { @for entry in list.entries { (row(view, entry)) } }
            }
        }
        (parts::pager(view, older.as_ref(), list.is_later.then_some(&first), parts::NEWEST_OLDER))
    }
}

fn nothing(list: &Listing<'_>) -> &'static str {
    if list.is_later {
        "There are no older ones."
    } else if *list.filter == Filter::default() {
        "No request has come yet, or all were swept."
    } else {
        "Nothing fits this filter. A search looks at how an id, a type, a path, a tenant or a digest begins."
    }
}

fn filters(view: &View, filter: &Filter) -> Markup {
    let outcomes: Vec<_> = Outcome::ALL.iter().map(|outcome| (outcome.to_string(), outcome.to_string())).collect();
    let reasons: Vec<_> = Reason::ALL.iter().map(|reason| (reason.to_string(), reason.to_string())).collect();
    html! {
        form.filters method="get" action=(view.at(PATH)) role="search" aria-label="Filter deliveries" {
            (parts::field("text", "Begins with", filter.text.as_deref(), "id, type, path, trace"))
            (parts::select("endpoint", "Endpoint", "any", &parts::names(view), filter.endpoint.as_deref()))
            (parts::select("outcome", "Outcome", "any", &outcomes, filter.outcomes.first().map(String::as_str)))
            (parts::select("reason", "Reason", "any", &reasons, filter.reason.as_deref()))
            (parts::field("since", "Since", filter.since.as_deref(), "90m or 2026-11-26"))
            (parts::field("until", "Until", filter.until.as_deref(), "1h"))
            @if let Some(event) = &filter.event { (parts::field("event", "Event", Some(event), "")) }
            div.field.go { button type="submit" { "Filter" } a.button.plain href=(view.at(PATH)) { "Clear" } }
        }
    }
}

fn row(view: &View, entry: &Entry) -> Markup {
    let record = &entry.record;
    html! {
        tr {
            th scope="row" {
                a href=(view.at(&format!("{PATH}/{}", entry.number))) {
                    (entry.number) " " (text::short(record.event_type.as_deref().unwrap_or(&record.path), 60))
                }
                @if let Some(id) = &record.event_id { div.id { (text::short(id, 60)) } }
            }
            td data-label="Outcome" {
                (marks::outcome(record.outcome)) " " span.dim { (record.status) }
                @if record.report_only { " " (marks::caution("report only")) }
            }
            td data-label="Endpoint" {
                (text::short(&record.endpoint, 60))
                @if let Some(tenant) = &record.tenant { div.dim { (text::short(tenant, 60)) } }
            }
            td data-label="Came" { (time::when(record.at, view.now)) }
            td.error data-label="Why" {
                @match (&entry.cause, record.reason) {
                    (Some(cause), _) => { (text::prose(&cause.message, 160)) }
                    (None, Some(reason)) => { (text::prose(record.detail.as_deref().unwrap_or(reason.as_str()), 160)) }
                    (None, None) => { span.none { "–" } }
                }
            }
        }
    }
}
