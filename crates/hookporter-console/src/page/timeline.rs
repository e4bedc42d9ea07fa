//! What happened to an event, in order.

use hookporter_core::UnixTime;
use hookporter_pipeline::operating::State;
use maud::{Markup, html};

use crate::look::Whole;
use crate::page::view::View;
use crate::page::{marks, text, time};

/// How many steps are shown: the last ones.
pub(crate) const MOST: usize = 100;

struct Step {
    at: UnixTime,
    what: Markup,
}

pub(crate) fn timeline(view: &View, whole: &Whole) -> Markup {
    let mut steps = steps(view, whole);
    steps.sort_by_key(|step| step.at);
    let left_out = steps.len().saturating_sub(MOST);
    html! {
        section aria-labelledby="timeline" {
            h2 #timeline { "Timeline" }
            @if left_out > 0 { p.hint { (left_out) " earlier steps are left out." } }
            ol.timeline {
                @for step in steps.iter().skip(left_out) {
                    li { (time::when(step.at, view.now)) " " div { (step.what) } }
                }
            }
        }
    }
}

fn steps(view: &View, whole: &Whole) -> Vec<Step> {
    let listed = &whole.listed;
    let mut steps = Vec::new();
    if let Some(sent) = whole.record.as_ref().and_then(|record| record.sent_at) {
        steps.push(Step { at: sent, what: html! { "Signed by the sender" } });
    }
    if whole.requests.is_empty() {
        steps.push(Step { at: listed.received_at, what: html! { "Came in" } });
    }
    steps.extend(whole.requests.iter().map(|entry| Step {
        at: entry.record.at,
        what: html! {
            a href=(view.at(&format!("deliveries/{}", entry.number))) { "Delivery " (entry.number) } " " (marks::outcome(entry.record.outcome))
        },
    }));
    for (at, attempt) in whole.attempts.iter().enumerate() {
        let what = html! { "Attempt " (at.saturating_add(1)) " " (marks::attempt(attempt.outcome.as_deref()))
        @if let Some(error) = &attempt.error { " " (text::short(error, 160)) } };
        steps.push(Step { at: attempt.ended_at.unwrap_or(attempt.started_at), what });
    }
    if let Some(original) = &whole.original {
        steps.push(Step { at: original.edited_at, what: html! { "Its body was replaced" } });
    }
    if let Some(finished) = listed.finished_at {
        steps.push(Step { at: finished, what: html! { "Ended as " (marks::state(listed.state)) } });
    }
    if let Some(due) = listed.due_at.filter(|due| *due > view.now) {
        steps.push(Step {
            at: due,
            what: html! { @if listed.state == State::Working { "Its worker's lease ends" } @else { "Next attempt" } },
        });
    }
    steps
}
