//! What is around every page: its head, the ways to the others, and its foot.

use maud::{DOCTYPE, Markup, html};

use crate::page::link::Link;
use crate::page::style;
use crate::page::time;
use crate::page::view::{Notice, View};

/// The pages that have a way to them from everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Endpoints,
    Deliveries,
    Events,
    Rejected,
    Dead,
    Parked,
    Replays,
    Keys,
    Elsewhere,
}

impl Place {
    const ALL: [Self; 8] = [
        Self::Endpoints,
        Self::Deliveries,
        Self::Events,
        Self::Rejected,
        Self::Dead,
        Self::Parked,
        Self::Replays,
        Self::Keys,
    ];

    const fn path_and_name(self) -> (&'static str, &'static str) {
        match self {
            Self::Endpoints | Self::Elsewhere => (super::FIRST, "Endpoints"),
            Self::Deliveries => ("deliveries", "Deliveries"),
            Self::Events => ("events", "Events"),
            Self::Rejected => ("rejected", "Rejected"),
            Self::Dead => ("dead", "Dead letters"),
            Self::Parked => ("parked", "Parked"),
            Self::Replays => ("replays", "Replays"),
            Self::Keys => ("keys", "Keys"),
        }
    }

    /// Whether the console was given what it shows.
    fn is_there(self, view: &View) -> bool {
        match self {
            Self::Deliveries => view.given.requests,
            Self::Rejected => view.given.requests || view.given.refused,
            Self::Events | Self::Dead | Self::Parked | Self::Replays => view.given.events,
            Self::Endpoints | Self::Keys | Self::Elsewhere => true,
        }
    }
}

/// A whole page. `name` is its heading and its title.
pub(crate) fn page(view: &View, place: Place, name: &str, content: &Markup) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex, nofollow";
                title { (name) " – " (view.title) }
                link rel="icon" type="image/svg+xml" href=(view.at(style::ICON_NAME));
                link rel="stylesheet" href=(view.at(style::name()));
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (head(view, place))
                main #main tabindex="-1" {
                    @if let Some(notice) = &view.notice { (told(view, notice)) }
                    (content)
                }
                (foot(view))
            }
        }
    };
    markup.into_string()
}

fn head(view: &View, place: Place) -> Markup {
    let (red, amber) = view.lights;
    html! {
        header.top {
            div.brand {
                a.name href=(view.at(super::FIRST)) { (view.title) }
                a.lights href=(view.at(super::FIRST)) {
                    @if red > 0 { span.mark.bad { span aria-hidden="true" { "■" } " " (red) " red" } }
                    @if amber > 0 { span.mark.odd { span aria-hidden="true" { "▲" } " " (amber) " amber" } }
                    @if red == 0 && amber == 0 { span.mark.good { span aria-hidden="true" { "●" } " all green" } }
                }
            }
            nav aria-label="Pages" {
                ul {
                    @for other in Place::ALL.into_iter().filter(|other| other.is_there(view)) {
                        @let (path, name) = other.path_and_name();
                        li { a href=(view.at(path)) aria-current=[(other == place).then_some("page")] { (name) } }
                    }
                }
            }
        }
    }
}

fn foot(view: &View) -> Markup {
    html! {
        footer {
            p {
                "As of " (time::moment(view.now)) " UTC. " a href=(view.href(&view.here)) { "Load again" } "."
            }
            @if view.may_change() {
                p { "Changes are allowed here." }
            } @else {
                p { "Read-only. Changes are allowed with " code { "Console::allow_changes()" } " in the program, behind its own log-in." }
            }
        }
    }
}

fn told(view: &View, notice: &Notice) -> Markup {
    let count = notice.count.unwrap_or(0);
    let events = if count == 1 { "1 event".to_owned() } else { format!("{count} events") };
    let requests = if count == 1 { "1 request".to_owned() } else { format!("{count} requests") };
    let text = match &*notice.word {
        "requeued" => format!("{events} will be worked again."),
        "released" => format!("{events} released: they will be worked now."),
        "given-up" => format!("Gave up on {events}: they count as done."),
        "edited" => "The body was replaced. Requeue the event to have it worked with the new one.".to_owned(),
        "restored" => "The body is again what came in.".to_owned(),
        "erased" => "The event was erased.".to_owned(),
        "forgotten" => format!("{requests} forgotten."),
        "rechecked" => format!("The proof of {requests} holds now: what is still listed is still refused."),
        "paused" => "The endpoint is paused in this process: senders are told 503 and come again.".to_owned(),
        "paused-everywhere" => {
            "The endpoint is paused on all nodes within a second: senders are told 503 and come again.".to_owned()
        }
        "resumed" => "The endpoint takes requests again.".to_owned(),
        "resumed-everywhere" => "The endpoint takes requests again on all nodes, within a second.".to_owned(),
        "key-revoked" => "The key counts no more in this process, while it runs.".to_owned(),
        "key-revoked-everywhere" => "The key counts no more on any node, within a second.".to_owned(),
        "key-restored" => "The key counts again in this process.".to_owned(),
        "key-restored-everywhere" => "The key counts again on all nodes, within a second.".to_owned(),
        "replayed" if notice.count.is_none() => "None of these can be replayed.".to_owned(),
        "replayed" => format!("Replay {count} has begun."),
        // Not one of ours: somebody typed it.
        _ => return html! {},
    };
    html! {
        div.notice role="status" {
            p {
                (text)
                @if notice.word == "replayed" && notice.count.is_some() {
                    " " a href=(view.href(&Link::to(format!("replays/{count}")))) { "See how it goes" } "."
                }
            }
        }
    }
}
