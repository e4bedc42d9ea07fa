//! Which keys are in use.

use hookporter_pipeline::health::{Alarm, Health};
use hookporter_pipeline::nodes::{Reach, RevokedKey};
use maud::{Markup, html};

use crate::look::Key;
use crate::page::link::{Link, segment};
use crate::page::view::View;
use crate::page::{advice, marks, parts, text, time};

/// How many keys of an endpoint are shown: tenants have keys of their own, and there may be any number of them.
const MOST: usize = 500;

pub(crate) fn keys(view: &View, endpoints: &[Health], keys: &[Key]) -> Markup {
    html! {
        h1 { "Keys" }
        p.lead {
            "When each key last fitted, since this process started. No secret is ever shown. A key is revoked by its id: what is \
             signed with it is refused until it is restored, and a new secret needs an id of its own."
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
            @for health in endpoints { (revoking(view, health)) }
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

/// The keys of an endpoint that are revoked, and the ways to revoke one and to restore it.
fn revoking(view: &View, health: &Health) -> Markup {
    let path = |deed: &str| format!("endpoints/{}/{deed}", segment(&health.endpoint));
    let reach = if health.reach == Reach::EveryNode { "on every node" } else { "in this process, while it runs" };
    html! {
        @if view.may_change() || !health.revoked_keys.is_empty() {
            section {
                h2 { "Revoked keys – " (text::short(&health.endpoint, 80)) }
                @for key in &health.revoked_keys {
                    div.deeds {
                        (marks::caution("revoked")) " " (text::short(key.key.as_str(), 200))
                        @if let Some(tenant) = &key.tenant { " of " (text::short(tenant, 100)) }
                        @if view.may_change() {
                            details {
                                summary { "Restore …" }
                                p.hint { "Whoever has this key is let in again, " (reach) "." }
                                (parts::deed(view, &path("restore-key"), &fields(key), &Link::to("keys"), &html! {
                                    button type="submit" { "Restore" span.unseen { " – " (text::short(key.key.as_str(), 200)) } }
                                }))
                            }
                        }
                    }
                }
                @if health.revoked_keys.is_empty() { p.hint { "None." } }
                @if view.may_change() { (revoke(view, health, &path("revoke-key"), reach)) }
            }
        }
    }
}

fn fields(key: &RevokedKey) -> Vec<(&'static str, String)> {
    let mut fields = vec![("key", key.key.to_string()), ("deliberate", "true".to_owned())];
    fields.extend(key.tenant.iter().map(|tenant| ("tenant", tenant.clone())));
    fields
}

fn revoke(view: &View, health: &Health, path: &str, reach: &str) -> Markup {
    html! {
        details {
            summary { "Revoke a key …" span.unseen { " – " (text::short(&health.endpoint, 80)) } }
            form.confirm method="post" action=(view.at(path)) {
                (view.hidden(&Link::to("keys")))
                input type="hidden" name="deliberate" value="true";
                p.hint { "What is signed with it is refused from then on, " (reach) "." }
                (field(health, "key", "Id of the key", ""))
                @if health.has_tenants { (field(health, "tenant", "Tenant", "empty: of every tenant")) }
                div.deeds { button.strong type="submit" { "Revoke" } }
            }
        }
    }
}

/// A field of a form that each endpoint has.
fn field(health: &Health, name: &str, label: &str, hint: &str) -> Markup {
    let id = format!("f-{name}-{}", segment(&health.endpoint));
    html! {
        div.field {
            label for=(id) { (label) }
            input type="text" id=(id) name=(name) placeholder=[(!hint.is_empty()).then_some(hint)]
                autocomplete="off" autocapitalize="off" spellcheck="false";
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
