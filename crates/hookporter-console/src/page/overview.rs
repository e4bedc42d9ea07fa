//! The endpoints and how they fare: the first page.

use hookporter_core::Reason;
use hookporter_pipeline::Outcome;
use hookporter_pipeline::health::{Alarm, EndpointState, Health, LastError, Light};
use hookporter_pipeline::nodes::{Fleet, Reach};
use hookporter_pipeline::operating::{State, Stats};
use maud::{Markup, html};

use crate::page::link::{Link, segment};
use crate::page::view::View;
use crate::page::{advice, fleet, marks, parts, text, time};
use crate::trouble::Trouble;

/// The page: what is red comes first.
pub(crate) fn overview(
    view: &View,
    endpoints: &[Health],
    fleet: Option<&Fleet>,
    stats: Option<&Result<Stats, Trouble>>,
) -> Markup {
    let mut sorted: Vec<_> = endpoints.iter().collect();
    sorted.sort_by_key(|health| std::cmp::Reverse(health.light));
    html! {
        h1 { "Endpoints" }
        @if sorted.is_empty() { (parts::empty("This console was given no endpoints.")) }
        ul.cards {
            @for health in sorted { li { (card(view, health)) } }
        }
        @if let Some(fleet) = fleet { (fleet::fleet(view, fleet)) }
        @match stats {
            Some(Ok(stats)) => { (inbox(view, stats)) }
            Some(Err(trouble)) => {
                div.alarm.red {
                    p.cause { strong { "The inbox does not answer: " } (text::prose(&trouble.message, 600)) }
                    p.next { b { "Next: " } "see that its file is there, that its disk has room, and that no other program holds it." }
                }
            }
            None => {}
        }
    }
}

fn card(view: &View, health: &Health) -> Markup {
    html! {
        article class=(toned("card", health.light)) {
            header {
                (marks::light(health.light))
                h2 { (text::short(&health.endpoint, 80)) }
                span.dim { (health.provider) ", " (marks::doing(health.state)) (paused(health)) }
                div.ways {
                    @if view.given.requests {
                        a href=(view.href(&Link::to("deliveries").with("endpoint", &health.endpoint))) { "Deliveries" (of(health)) }
                    }
                    @if view.given.events {
                        a href=(view.href(&Link::to("events").with("endpoint", &health.endpoint))) { "Events" (of(health)) }
                    }
                    (switch(view, health))
                }
            }
            @for alarm in &health.alarms { (alarmed(view, health, alarm)) }
            (figures(view, health))
            @if let Some(error) = health.last_error.as_ref().filter(|_| health.alarms.is_empty()) { (last_error(view, error)) }
        }
    }
}

/// What a link or a button is about, for whoever hears it alone.
fn of(health: &Health) -> Markup {
    html! { span.unseen { " – " (text::short(&health.endpoint, 80)) } }
}

fn toned(class: &str, light: Light) -> String {
    let tone = match light {
        Light::Red => " red",
        Light::Green => "",
        _ => " amber",
    };
    format!("{class}{tone}")
}

/// What is wrong, why, what the guide says, and what to do.
fn alarmed(view: &View, health: &Health, alarm: &Alarm) -> Markup {
    let reason = alarm.reason().or_else(|| health.last_error.as_ref().map(|error| error.reason));
    let reason = reason.filter(|_| {
        !matches!(
            alarm,
            Alarm::Silent { .. } | Alarm::WeakInbox { .. } | Alarm::NotProtecting | Alarm::ClockStepped { .. }
        )
    });
    html! {
        div class=(toned("alarm", alarm.light())) {
            p.cause {
                @if alarm.light() != health.light { (marks::light(alarm.light())) " " }
                strong { (text::prose(&advice::says(alarm, view.now), 600)) }
            }
            p.next {
                b { "Next: " } (advice::alarm(alarm))
                @match (reason, alarm) {
                    (Some(reason), _) => { " " (marks::guide(reason)) " " (refused(view, health, Some(reason))) }
                    (None, Alarm::OwnFault(_) | Alarm::LikelyFault(_)) => { " " (refused(view, health, None)) }
                    _ => {}
                }
                @if view.given.refused && alarm.light() == Light::Red && reason.is_none_or(Reason::is_refusal) {
                    " " a href=(view.href(&Link::to("rejected").with("endpoint", &health.endpoint))) { "Recheck what was refused" (of(health)) }
                }
            }
        }
    }
}

fn refused(view: &View, health: &Health, reason: Option<Reason>) -> Markup {
    let of = Link::to("deliveries").with("endpoint", &health.endpoint);
    let link = if reason.is_none() { of.with("outcome", Outcome::Rejected) } else { of.maybe("reason", reason) };
    html! { @if view.given.requests { a href=(view.href(&link)) { "See these requests" } } }
}

fn figures(view: &View, health: &Health) -> Markup {
    let totals = &health.totals;
    html! {
        dl.figures {
            div.first { dt { "Last accepted" } dd { (time::maybe(health.last_accepted, view.now, "never")) } }
            div { dt { "Calls" } dd { (parts::number(totals.calls)) } }
            div { dt { "Accepted" } dd { (parts::number(totals.accepted)) } }
            div { dt { "Duplicates" } dd { (parts::number(totals.duplicate)) } }
            div { dt { "Rejected" } dd { (parts::number(totals.rejected)) } }
            div { dt { "Unavailable" } dd { (parts::number(totals.unavailable)) } }
            div { dt { "Errors in a row" } dd { (parts::number(health.errors_in_a_row)) } }
        }
    }
}

fn last_error(view: &View, error: &LastError) -> Markup {
    html! {
        p.last {
            "Last error " (time::when(error.at, view.now)) ": " (error.status) " " (text::prose(&error.detail, 300)) " " (marks::guide(error.reason))
        }
    }
}

/// Where it is paused, if several nodes could be.
fn paused(health: &Health) -> Markup {
    html! {
        @match (health.reach, health.paused) {
            (Reach::EveryNode, Some(Reach::EveryNode)) => { ": paused on all nodes" }
            (Reach::EveryNode, Some(_)) => { ": paused on this node alone" }
            _ => {}
        }
    }
}

/// The way to pause or resume.
fn switch(view: &View, health: &Health) -> Markup {
    let is_stopped = health.state == EndpointState::Stopped;
    let (word, name) = match (is_stopped, health.reach) {
        (true, Reach::EveryNode) => ("resume", "Resume on all nodes"),
        (true, _) => ("resume", "Resume"),
        (false, Reach::EveryNode) => ("pause", "Pause on all nodes"),
        (false, _) => ("pause", "Pause"),
    };
    let path = format!("endpoints/{}/{word}", segment(&health.endpoint));
    let button = html! { button.small type="submit" { (name) (of(health)) } };
    html! { @if view.may_change() { (parts::deed(view, &path, &[], &Link::to(super::FIRST), &button)) } }
}

fn inbox(view: &View, stats: &Stats) -> Markup {
    let to = |state: State| view.href(&Link::to("events").with("state", state));
    html! {
        section aria-labelledby="inbox" {
            h2 #inbox { "Inbox" }
            dl.figures.wide {
                div { dt { a href=(to(State::Waiting)) { "Waiting" } } dd { (parts::number(stats.waiting)) } }
                div { dt { a href=(to(State::Working)) { "Working" } } dd { (parts::number(stats.working)) } }
                div { dt { a href=(view.at("dead")) { "Dead letters" } } dd.bad[stats.dead > 0] { (parts::number(stats.dead)) } }
                div { dt { a href=(view.at("parked")) { "Parked" } } dd { (parts::number(stats.parked)) } }
                div { dt { a href=(to(State::Done)) { "Done" } } dd { (parts::number(stats.done)) } }
                div.first { dt { "Oldest that waits" } dd { (time::maybe(stats.oldest_undone, view.now, "none")) } }
                div { dt { "File" } dd { (parts::size(stats.file_bytes)) } }
                div { dt { "of it free" } dd { (parts::size(stats.free_bytes)) } }
                div { dt { "Log" } dd { (parts::size(stats.log_bytes)) } }
            }
        }
    }
}
