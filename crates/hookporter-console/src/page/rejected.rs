//! What was turned away, by reason, and the refused requests that are kept whole.

use hookporter_pipeline::operating::{ReasonCount, RefusedListed};
use maud::{Markup, html};

use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{advice, marks, parts, text, time};

const PATH: &str = "rejected";

/// What the page was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) endpoint: Option<String>,
    pub(crate) reason: Option<String>,
    /// How far back it looks; `30d` unless something else is asked for.
    pub(crate) since: Option<String>,
}

/// How far back the page looks, unless it is asked otherwise.
pub(crate) const USUAL: &str = "30d";

const SPANS: [(&str, &str); 4] =
    [("1h", "the last hour"), ("24h", "the last 24 hours"), ("7d", "the last 7 days"), (USUAL, "the last 30 days")];

impl Filter {
    pub(crate) fn link(&self) -> Link {
        let since = self.since.as_deref().filter(|since| *since != USUAL);
        Link::to(PATH)
            .maybe("endpoint", self.endpoint.as_ref())
            .maybe("reason", self.reason.as_ref())
            .maybe("since", since)
    }

    fn span(&self) -> String {
        let since = self.since.as_deref().unwrap_or(USUAL);
        let known = SPANS.iter().find(|(word, _)| *word == since);
        known.map_or_else(|| format!("the time since {since}"), |(_, name)| (*name).to_owned())
    }
}

/// All that there is to show.
#[derive(Debug)]
pub(crate) struct Turned<'a> {
    pub(crate) filter: &'a Filter,
    /// `None`: there is no journal.
    pub(crate) counts: Option<&'a [ReasonCount]>,
    /// `None`: there is no quarantine.
    pub(crate) kept: Option<&'a [RefusedListed]>,
    pub(crate) more: bool,
    pub(crate) is_later: bool,
}

pub(crate) fn rejected(view: &View, turned: &Turned<'_>) -> Markup {
    html! {
        h1 { "Rejected" }
        (filters(view, turned.filter))
        @if let Some(counts) = turned.counts { (by_reason(view, turned.filter, counts)) }
        @if let Some(kept) = turned.kept { (quarantine(view, turned, kept)) }
    }
}

fn filters(view: &View, filter: &Filter) -> Markup {
    let spans: Vec<_> = SPANS.iter().map(|(word, name)| ((*word).to_owned(), (*name).to_owned())).collect();
    let since = filter.since.as_deref().unwrap_or(USUAL);
    html! {
        form.filters method="get" action=(view.at(PATH)) role="search" aria-label="Filter what was rejected" {
            (parts::select("endpoint", "Endpoint", "any", &parts::names(view), filter.endpoint.as_deref()))
            (parts::select("since", "In", "the last 30 days", spans.get(..3).unwrap_or_default(), (since != USUAL).then_some(since)))
            div.field.go { button type="submit" { "Filter" } }
        }
    }
}

fn by_reason(view: &View, filter: &Filter, counts: &[ReasonCount]) -> Markup {
    html! {
        section aria-labelledby="reasons" {
            h2 #reasons { "By reason" }
            @if counts.is_empty() {
                (parts::empty(&format!("Nothing was rejected in {}.", filter.span())))
            } @else {
                table.list {
                    caption.unseen { "Reasons, the most frequent first, times in UTC" }
                    (parts::heads(false, &["Reason", "Endpoint", "How many", "Last", "First", "Next"]))
                    tbody { @for count in counts { (reason_row(view, filter, count)) } }
                }
            }
        }
    }
}

fn reason_row(view: &View, filter: &Filter, count: &ReasonCount) -> Markup {
    let requests = Link::to("deliveries")
        .with("endpoint", &count.endpoint)
        .with("reason", count.reason)
        .with("since", filter.since.as_deref().unwrap_or(USUAL));
    html! {
        tr {
            th scope="row" { a href=(view.href(&requests)) { code { (count.reason) } } " " (marks::guide(count.reason)) }
            td data-label="Endpoint" { (text::short(&count.endpoint, 60)) }
            td.number data-label="How many" { (parts::number(count.count)) }
            td data-label="Last" { a href=(view.at(&format!("deliveries/{}", count.last_entry))) { (time::when(count.last, view.now)) } }
            td data-label="First" { (time::when(count.first, view.now)) }
            td data-label="Next" { (advice::reason(count.reason)) }
        }
    }
}

fn quarantine(view: &View, turned: &Turned<'_>, kept: &[RefusedListed]) -> Markup {
    let first = turned.filter.link();
    let next = kept.last().filter(|_| turned.more).map(|last| first.clone().with("after", last.number));
    html! {
        section aria-labelledby="kept" {
            h2 #kept { "Kept whole" }
            p.lead { "Refused requests in quarantine: once a key, a clock or a URL is mended they can be judged again, as of when they came." }
            @if kept.is_empty() {
                (parts::empty("No refused request is kept."))
            } @else {
                form method="post" action=(view.at("quarantine/recheck")) {
                    (kept_table(view, kept))
                    @if view.may_change() {
                        (view.hidden(&view.here))
                        div.deeds role="group" aria-label="With the chosen requests" {
                            span.dim aria-hidden="true" { "With the chosen:" }
                            @if view.given.recheck { button type="submit" { "Recheck" } }
                            button type="submit" formaction=(view.at("quarantine/forget")) { "Forget" }
                        }
                    }
                }
                @if view.may_change() { (all_that_fit(view, turned.filter)) } @else { (parts::read_only("Recheck and forget")) }
            }
            (parts::pager(view, next.as_ref(), turned.is_later.then_some(&first), parts::FIRST_NEXT))
        }
    }
}

fn kept_table(view: &View, kept: &[RefusedListed]) -> Markup {
    html! {
        table.list {
            caption.unseen { "Refused requests by number, times in UTC" }
            (parts::heads(view.may_change(), &["Request", "Endpoint", "Came", "Judged again", "Why", "Body"]))
            tbody {
                @for request in kept {
                    tr {
                        @if view.may_change() { (parts::choose(request.number, "request")) }
                        th scope="row" { a href=(view.at(&format!("quarantine/{}", request.number))) { "Request " (request.number) } }
                        td data-label="Endpoint" { (text::short(&request.endpoint, 60)) }
                        td data-label="Came" { (time::when(request.arrived_at, view.now)) }
                        td data-label="Judged again" { (time::maybe(request.judged_at, view.now, "never")) }
                        td.error data-label="Why" {
                            (text::prose(&request.detail, 160))
                            @if !request.reached_proof { div.dim { "before the proof" } }
                        }
                        td.number data-label="Body" { (parts::size(request.body_bytes)) }
                    }
                }
            }
        }
    }
}

fn all_that_fit(view: &View, filter: &Filter) -> Markup {
    let to = |deed: &str| {
        let link = Link::to("confirm").with("deed", deed);
        view.href(&link.maybe("endpoint", filter.endpoint.as_ref()).maybe("reason", filter.reason.as_ref()))
    };
    html! {
        p.all {
            "With all that fit the filter: "
            @if view.given.recheck { a href=(to("recheck")) { "recheck …" } ", " }
            a href=(to("forget")) { "forget …" }
        }
    }
}
