//! An event: all that is kept of it, how it fared, and what can be done with it.

use hookporter_core::Coverage;
use hookporter_pipeline::inbox::{EventRecord, RecordLabel};
use hookporter_pipeline::operating::{Attempted, Listed, Replayed, State};
use maud::{Markup, html};

use crate::look::Whole;
use crate::page::body::{self, Part, Wanted};
use crate::page::frame::Place;
use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{edit, marks, parts, text, time, timeline};

/// How it goes in the latest replays that have it, and which of its bytes are shown.
#[derive(Debug, Default)]
pub(crate) struct Beside<'a> {
    pub(crate) replays: &'a [(i64, Replayed)],
    pub(crate) wanted: Wanted,
}

/// Where an event is listed.
pub(crate) const fn place(listed: &Listed) -> Place {
    match listed.state {
        State::Dead => Place::Dead,
        State::Parked => Place::Parked,
        _ => Place::Events,
    }
}

pub(crate) fn event(view: &View, whole: &Whole, beside: &Beside<'_>) -> Markup {
    let listed = &whole.listed;
    html! {
        h1 {
            "Event " (listed.number) " " (marks::state(listed.state))
            @if whole.record.as_ref().is_some_and(|record| record.edited) { " " (marks::caution("edited")) }
        }
        p.lead {
            (text::short(listed.event_type.as_deref().unwrap_or("no type"), 120)) " of " (text::short(&listed.endpoint, 80))
            ", came " (time::when(listed.received_at, view.now))
        }
        (trouble(view, listed))
        (deeds(view, listed))
        @match &whole.record {
            Some(record) => { (cautions(record)) }
            None => { p.hint { (marks::caution("swept")) " Its contents are no longer kept." } }
        }
        (replays(view, beside.replays))
        div.columns {
            @if let Some(record) = &whole.record {
                section aria-labelledby="facts" { h2 #facts { "Facts" } (facts(view, listed, record)) }
            }
            (timeline::timeline(view, whole))
        }
        (attempts(view, &whole.attempts))
        @if let Some(record) = &whole.record {
            (headers(&record.headers))
            (bytes(view, whole, record, beside.wanted))
        }
        (edit::edit(view, whole))
    }
}

/// Why it is where it is.
fn trouble(view: &View, listed: &Listed) -> Markup {
    html! {
        @if let Some(error) = &listed.last_error {
            div.alarm.red[listed.state == State::Dead] {
                p.cause { strong { "Last error: " } (text::short(error, 2000)) }
                @if listed.state == State::Dead {
                    p.next { b { "Next: " } "mend what the error says, then requeue it; a redelivery by the sender requeues it, too." }
                }
            }
        } @else if listed.state == State::Parked {
            div.alarm { p.next { b { "Next: " } "deploy code that handles it, then release it." } }
        }
        @if let Some(due) = listed.due_at.filter(|_| listed.state == State::Waiting) {
            p.hint { "The next attempt is due " (time::when(due, view.now)) "." }
        }
    }
}

fn deeds(view: &View, listed: &Listed) -> Markup {
    if !view.may_change() {
        return parts::read_only("Requeue, release, give up, replay, edit and erase");
    }
    let back = Link::to(format!("events/{}", listed.number));
    let numbers = [("numbers", listed.number.to_string())];
    let strong = if listed.state == State::Parked { "release" } else { "requeue" };
    let button = |deed: &str, name: &str| {
        let button = html! { button.strong[deed == strong] type="submit" { (name) } };
        parts::deed(view, &format!("events/{deed}"), &numbers, &back, &button)
    };
    let set_aside = matches!(listed.state, State::Dead | State::Parked);
    html! {
        div.deeds role="group" aria-label="What can be done with this event" {
            @if listed.state == State::Parked { (button("release", "Release")) } @else { (button("requeue", "Requeue")) }
            @if listed.state != State::Parked { (button("replay", "Replay, with verdict")) }
            @if set_aside { (button("give-up", "Give up")) }
            a.button.plain href=(view.href(&Link::to("confirm").with("deed", "erase").with("numbers", listed.number))) { "Erase …" }
        }
    }
}

fn cautions(record: &EventRecord) -> Markup {
    html! {
        @if let Some(key) = &record.sealed_by {
            p.hint {
                (marks::caution("encrypted")) " Headers and body are encrypted with key " code { (text::short(key, 80)) }
                ": what is below is cipher text."
            }
        }
        @if record.edited {
            p.hint { (marks::caution("edited")) " Somebody has replaced the body since it came in: no proof covers what it says now." }
        }
        @if record.coverage == Coverage::Origin && !record.edited {
            p.hint { (marks::caution("origin only")) " The proof shows who sent it, and does not bind the body." }
        }
    }
}

fn replays(view: &View, replays: &[(i64, Replayed)]) -> Markup {
    html! {
        @if !replays.is_empty() {
            section aria-labelledby="replays" {
                h2 #replays { "Replays" }
                ul.plain {
                    @for (number, replayed) in replays {
                        li {
                            a href=(view.at(&format!("replays/{number}"))) { "Replay " (number) } " " (marks::verdict(replayed.verdict))
                            @if let Some(error) = &replayed.error { " " (text::short(error, 300)) }
                        }
                    }
                }
            }
        }
    }
}

fn facts(view: &View, listed: &Listed, record: &EventRecord) -> Markup {
    html! {
        dl.facts {
            dt { "Id" } dd { (label(record.event_id.as_ref())) }
            dt { "Type" } dd { (label(record.event_type.as_ref())) }
            dt { "API version" } dd { (label(record.api_version.as_ref())) }
            dt { "Provider" } dd { (text::short(&record.provider, 80)) }
            @if let Some(tenant) = &record.tenant { dt { "Tenant" } dd { (text::short(tenant, 200)) } }
            dt { "Request" } dd { code { (text::short(&record.method, 20)) " " (text::short(&record.target, 1000)) } }
            dt { "Key that fitted" } dd { (text::maybe(Some(&record.key_id), 200)) }
            dt { "The proof covers" } dd { (covered(record.coverage)) }
            dt { "Sent" } dd { (time::maybe(record.sent_at, view.now, "the sender signs no time")) }
            dt { "Finished" } dd { (time::maybe(listed.finished_at, view.now, "not yet")) }
            @if let Some(lane) = &record.lane { dt { "Lane" } dd { (text::short(lane, 200)) } }
            dt { "From" } dd { (text::maybe(record.peer.as_deref(), 80)) }
            @if let Some(trace) = record.trace { dt { "Trace" } dd { code { (trace) } } }
        }
    }
}

fn label(label: Option<&RecordLabel>) -> Markup {
    html! {
        (text::maybe(label.map(|label| &*label.text), 500))
        @if label.is_some_and(|label| !label.signed) { " " span.dim { "(a hint: no proof covers it)" } }
    }
}

const fn covered(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Body => "every byte of the body",
        Coverage::Payload => "the payload, and nothing around it",
        Coverage::Fields => "some fields of the body",
        Coverage::Origin => "only who sent it",
        _ => "something that this release does not know",
    }
}

fn attempts(view: &View, attempts: &[Attempted]) -> Markup {
    html! {
        section aria-labelledby="attempts" {
            h2 #attempts { "Attempts" }
            @if attempts.is_empty() { (parts::empty("Nobody has worked it yet.")) } @else {
                table.list {
                    caption.unseen { "Attempts, the latest first, times in UTC" }
                    (parts::heads(false, &["Attempt", "Outcome", "Began", "Took", "Error"]))
                    tbody {
                        @for (at, attempt) in attempts.iter().enumerate().rev().take(timeline::MOST) {
                            tr {
                                th scope="row" { "Attempt " (at.saturating_add(1)) }
                                td data-label="Outcome" { (marks::attempt(attempt.outcome.as_deref())) }
                                td data-label="Began" { (time::when(attempt.started_at, view.now)) }
                                td.number data-label="Took" { (took(attempt)) }
                                td.error data-label="Error" { (text::maybe(attempt.error.as_deref(), 2000)) }
                            }
                        }
                    }
                }
                @if attempts.len() > timeline::MOST { p.hint { "The last " (timeline::MOST) " of " (attempts.len()) "." } }
            }
        }
    }
}

fn took(attempt: &Attempted) -> String {
    attempt.ended_at.map_or_else(|| "–".to_owned(), |ended| time::took(ended.since(attempt.started_at)))
}

/// How many headers are shown.
pub(crate) const MOST_HEADERS: usize = 200;

/// Headers that were kept, of any page.
pub(crate) fn headers(headers: &[(String, Vec<u8>)]) -> Markup {
    html! {
        section aria-labelledby="headers" {
            h2 #headers { "Headers" }
            @if headers.is_empty() { (parts::empty("None were kept.")) } @else {
                table.pairs {
                    caption.unseen { "Headers that were kept" }
                    thead.unseen { tr { th scope="col" { "Name" } th scope="col" { "Value" } } }
                    tbody {
                        @for (name, value) in headers.iter().take(MOST_HEADERS) {
                            tr { th scope="row" { (text::short(name, 200)) } td { (value_of(value)) } }
                        }
                    }
                }
            }
        }
    }
}

fn value_of(value: &[u8]) -> Markup {
    const MOST: usize = 4096;
    let start = value.get(..MOST).unwrap_or(value);
    html! { bdi.raw { (text::bytes(start, false)) } @if value.len() > MOST { span.cut { "… " (value.len()) " bytes in all" } } }
}

fn bytes(view: &View, whole: &Whole, record: &EventRecord, wanted: Wanted) -> Markup {
    let mut there: Vec<(Part, &[u8])> = vec![(Part::Body, &record.body)];
    there.extend(record.payload.as_ref().map(|payload| (Part::Payload, &**payload)));
    there.extend(whole.original.as_ref().map(|original| (Part::Original, &*original.body)));
    body::body(view, &format!("events/{}", whole.listed.number), &there, wanted)
}
