//! Which keys are in use.

use hookporter_pipeline::health::{Alarm, Health};
use maud::{Markup, html};

use crate::look::Key;
use crate::page::view::View;
use crate::page::{advice, marks, parts, text, time};

pub(crate) fn keys(view: &View, endpoints: &[Health], keys: &[Key]) -> Markup {
    html! {
        h1 { "Keys" }
        p.lead { "When each key last fitted, since this process started. A key that has long been idle can go; no secret is ever shown." }
        @for health in endpoints { (of_endpoint(view, health, keys)) }
        @if endpoints.is_empty() { (parts::empty("This console was given no endpoints.")) }
    }
}

fn of_endpoint(view: &View, health: &Health, keys: &[Key]) -> Markup {
    let keys: Vec<_> = keys.iter().filter(|key| *key.endpoint == *health.endpoint).collect();
    let broken = health.alarms.iter().filter(|alarm| matches!(alarm, Alarm::BrokenKeys { .. }));
    html! {
        section {
            h2 { (text::short(&health.endpoint, 80)) " " span.dim { (health.provider) } }
            @for alarm in broken {
                div.alarm {
                    p.cause { (marks::light(alarm.light())) " " (text::prose(&advice::says(alarm, view.now), 600)) }
                    p.next { b { "Next: " } (advice::alarm(alarm)) }
                }
            }
            @if keys.is_empty() {
                (parts::empty("No key has fitted since this process started."))
            } @else {
                table.list {
                    caption.unseen { "Keys, times in UTC" }
                    (parts::heads(false, &["Key", "Last fitted", "Standing"]))
                    tbody {
                        // Tenants have keys of their own, and there may be any number of them.
                        @for key in keys.iter().take(MOST) {
                            tr {
                                th scope="row" { (text::short(key.id.as_str(), 200)) }
                                td data-label="Last fitted" { (time::when(key.last_used, view.now)) }
                                td data-label="Standing" {
                                    @if key.is_spent { (marks::caution("can go")) " another key has fitted since" } @else { "in use" }
                                }
                            }
                        }
                    }
                }
                @if keys.len() > MOST { p.hint { "The first " (MOST) " of " (parts::number(u64::try_from(keys.len()).unwrap_or(u64::MAX))) "." } }
            }
        }
    }
}

const MOST: usize = 500;
