//! Which keys are in use.

use hookporter_pipeline::health::{Alarm, Health};
use maud::{Markup, html};

use crate::look::Key;
use crate::page::view::View;
use crate::page::{advice, marks, parts, text, time};

/// How many keys of an endpoint are shown: tenants have keys of their own, and there may be any number of them.
const MOST: usize = 500;

pub(crate) fn keys(view: &View, endpoints: &[Health], keys: &[Key]) -> Markup {
    html! {
        h1 { "Keys" }
        p.lead {
            "When each key last fitted, since this process started. No secret is ever shown."
        }
        @for health in endpoints { (broken(view, health)) }
        @if endpoints.is_empty() {
            (parts::empty("This console was given no endpoints."))
        } @else {
            table.list {
                caption.unseen { "Keys by endpoint, times in UTC" }
                (parts::heads(false, &["Endpoint", "Key", "Last fitted", "Standing"]))
                tbody { @for health in endpoints { (rows(view, health, keys)) } }
            }
        }
    }
}

/// What came in place of working keys, and cannot be right.
fn broken(view: &View, health: &Health) -> Markup {
    html! {
        @for alarm in health.alarms.iter().filter(|alarm| matches!(alarm, Alarm::BrokenKeys { .. })) {
            div.alarm {
                p.cause {
                    (marks::light(alarm.light())) " " strong { (text::short(&health.endpoint, 80)) } ": "
                    (text::prose(&advice::says(alarm, view.now), 600))
                }
                p.next { b { "Next: " } (advice::alarm(alarm)) }
            }
        }
    }
}

fn rows(view: &View, health: &Health, keys: &[Key]) -> Markup {
    let keys: Vec<_> = keys.iter().filter(|key| *key.endpoint == *health.endpoint).collect();
    let name = html! { (text::short(&health.endpoint, 80)) " " span.dim { (health.provider) } };
    html! {
        @for key in keys.iter().take(MOST) {
            tr {
                th scope="row" { (name) }
                td data-label="Key" { (text::short(key.id.as_str(), 200)) }
                td data-label="Last fitted" { (time::when(key.last_used, view.now)) }
                td data-label="Standing" {
                    @if key.is_spent { (marks::caution("can go")) " another key has fitted since" } @else { "in use" }
                }
            }
        }
        @if keys.is_empty() || keys.len() > MOST {
            tr {
                th scope="row" { (name) }
                td.dim colspan="3" {
                    @if keys.is_empty() { "No key has fitted yet." } @else { "And " (keys.len().saturating_sub(MOST)) " more." }
                }
            }
        }
    }
}
