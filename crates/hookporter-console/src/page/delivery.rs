//! One request that came: what is known of it, and why it was turned away.

use hookporter_core::Reason;
use hookporter_pipeline::Record;
use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::journal::Entry;
use maud::{Markup, html};

use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{advice, event, marks, parts, text, time};

/// `found` is what was found out about others of the endpoint that were refused of late.
pub(crate) fn delivery(view: &View, entry: &Entry, found: Option<&LikelyCause>) -> Markup {
    let record = &entry.record;
    let headers: Vec<_> =
        record.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect();
    html! {
        h1 { "Delivery " (entry.number) " " (marks::outcome(record.outcome)) }
        p.lead {
            (text::short(record.event_type.as_deref().unwrap_or(&record.path), 120)) " for " (text::short(&record.endpoint, 80))
            ", came " (time::when(record.at, view.now)) ", told " strong { (record.status) } " after " (time::took(record.duration))
        }
        @if record.report_only {
            p.hint { (marks::caution("report only")) " The endpoint only reports: a request that it would refuse goes through all the same." }
        }
        @if let Some(reason) = record.reason { (why(view, entry, reason, found)) }
        @if let Some(number) = entry.event.filter(|_| view.given.events) {
            p { a.button href=(view.at(&format!("events/{number}"))) { "Event " (number) ": body, attempts, replay" } }
        }
        section aria-labelledby="facts" { h2 #facts { "Facts" } (facts(record)) }
        (event::headers(&headers))
        p.hint { "Proofs and credentials are never kept; headers are those of the endpoint's list." }
    }
}

/// The diagnosis.
fn why(view: &View, entry: &Entry, reason: Reason, found: Option<&LikelyCause>) -> Markup {
    let record = &entry.record;
    let kept = Link::to("rejected").with("endpoint", &record.endpoint);
    let others = Link::to("deliveries").with("endpoint", &record.endpoint).with("reason", reason);
    html! {
        section.alarm.red aria-labelledby="why" {
            h2 #why { "Why" }
            p.cause { (marks::why(reason, record.detail.as_deref().unwrap_or_default())) }
            @match (&entry.cause, found) {
                (Some(cause), _) => { (caused(cause)) }
                (None, Some(found)) => { p.dim { "Not examined itself. Of another one that was refused:" } (caused(found)) }
                (None, None) => { p.next { b { "Next: " } (advice::reason(reason)) } }
            }
            p.ways {
                @if view.given.refused { a href=(view.href(&kept)) { "Refused requests of this endpoint" } }
                a href=(view.href(&others)) { "Others with this reason" }
            }
        }
    }
}

fn caused(cause: &LikelyCause) -> Markup {
    let standing = if cause.is_proven {
        "Proven: with this one thing changed, the proof holds."
    } else {
        "Likely: what came points to it."
    };
    html! {
        p.cause { strong { (text::prose(&advice::sentence(&cause.message), 1000)) } " " span.dim { (standing) } }
        p.next { b { "Next: " } (advice::cause(&cause.cause)) }
    }
}

fn facts(record: &Record) -> Markup {
    html! {
        dl.facts {
            dt { "Trace" } dd { code { (record.trace) } }
            dt { "Request" } dd { code { (text::short(&record.method, 20)) " " (text::short(&record.path, 1100)) } }
            dt { "Provider" } dd { (text::short(&record.provider, 80)) }
            @if let Some(tenant) = &record.tenant { dt { "Tenant" } dd { (text::short(tenant, 200)) } }
            dt { "Event id" } dd { (text::maybe(record.event_id.as_deref(), 1100)) }
            dt { "Event type" } dd { (text::maybe(record.event_type.as_deref(), 1100)) }
            dt { "API version" } dd { (text::maybe(record.api_version.as_deref(), 1100)) }
            dt { "Key that fitted" } dd { (text::maybe(record.key_id.as_ref().map(hookporter_core::KeyId::as_str), 200)) }
            @if let Some(stage) = record.stage { dt { "Turned away at" } dd { (stage.as_str()) } }
            dt { "Body" } dd { (parts::number(u64::try_from(record.body_bytes).unwrap_or(u64::MAX))) " bytes" }
            @if let Some(digest) = &record.body_digest { dt { "SHA-256" } dd { code { (text::short(digest, 64)) } } }
        }
    }
}
