//! A body: laid out, as text, and byte for byte; always a page of it.

use maud::{Markup, html};

use crate::look::OfEvent;
use crate::page::link::Link;
use crate::page::view::View;
use crate::page::{hex, parts, pretty, text};

/// How many bytes of text a page has.
const TEXT_PAGE: usize = 8 * 1024;

/// How bytes are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Pretty,
    Text,
    Hex,
}

impl Look {
    const ALL: [Self; 3] = [Self::Pretty, Self::Text, Self::Hex];

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.word() == word)
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Text => "text",
            Self::Hex => "hex",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Pretty => "JSON, laid out",
            Self::Text => "Text",
            Self::Hex => "Hex",
        }
    }

    /// How bytes are best looked at.
    fn best(bytes: &[u8]) -> Self {
        if pretty::json(bytes).is_some() {
            Self::Pretty
        } else if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) {
            Self::Text
        } else {
            Self::Hex
        }
    }
}

/// Which bytes of a page's, and how they are looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    pub(crate) part: Part,
    pub(crate) look: Option<Look>,
    pub(crate) page: usize,
}

/// Which bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Part {
    #[default]
    Body,
    /// What the body says, where that is not the body itself.
    Payload,
    /// What came in, of an event that was edited since.
    Original,
}

impl Part {
    const ALL: [Self; 3] = [Self::Body, Self::Payload, Self::Original];

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }

    /// The same of an event.
    pub(crate) const fn of_event(self) -> OfEvent {
        match self {
            Self::Body => OfEvent::Body,
            Self::Payload => OfEvent::Payload,
            Self::Original => OfEvent::Original,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Payload => "payload",
            Self::Original => "original",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Body => "Body",
            Self::Payload => "Payload",
            Self::Original => "As it came",
        }
    }
}

/// The bytes of a page, at this path: those that are wanted of these parts.
pub(crate) fn body(view: &View, path: &str, there: &[(Part, &[u8])], wanted: Wanted) -> Markup {
    let found = there.iter().find(|(part, _)| *part == wanted.part).or_else(|| there.first());
    let Some((part, bytes)) = found.copied() else { return html! {} };
    let look = wanted.look.unwrap_or_else(|| Look::best(bytes));
    let to = |part: Part| Link::to(path).maybe("of", (part != Part::Body).then(|| part.word()));
    html! {
        section #body aria-labelledby="body-name" {
            h2 #body-name { "Body" }
            div.bar {
                @if there.len() > 1 {
                    nav.tabs aria-label="Which bytes" {
                        @for (other, _) in there { (tab(view, &to(*other), other.name(), *other == part)) }
                    }
                }
                nav.tabs aria-label="How they are shown" {
                    @for other in Look::ALL { (tab(view, &to(part).with("view", other.word()), other.name(), other == look)) }
                }
                span.dim { (parts::number(u64::try_from(bytes.len()).unwrap_or(u64::MAX))) " bytes" }
                a href=(view.at(&format!("{path}/{}.bin", part.word()))) download="" { "Download, byte for byte" }
            }
            @if bytes.is_empty() { (parts::empty("There is not a single byte.")) } @else { (looked(view, &to(part), bytes, look, wanted.page)) }
        }
    }
}

fn tab(view: &View, link: &Link, name: &str, is_here: bool) -> Markup {
    html! { a href=(format!("{}#body", view.href(link))) aria-current=[is_here.then_some("true")] { (name) } }
}

fn looked(view: &View, link: &Link, bytes: &[u8], look: Look, page: usize) -> Markup {
    match look {
        Look::Pretty => match pretty::json(bytes) {
            Some((laid_out, is_whole)) => html! {
                (pane("The body as JSON, laid out", &text::block(&laid_out)))
                @if !is_whole { p.hint { "Cut after " (parts::size(bound(pretty::MOST))) ": the rest is under Text and Hex, and in the download." } }
            },
            None if bytes.len() > pretty::LONGEST => {
                parts::empty("It is too long to be laid out: see it under Text and Hex, or download it.")
            }
            None => parts::empty("This is no JSON."),
        },
        Look::Text => {
            let (start, end) = (
                edge(bytes, page.saturating_mul(TEXT_PAGE)),
                edge(bytes, page.saturating_add(1).saturating_mul(TEXT_PAGE)),
            );
            let shown = bytes.get(start..end).unwrap_or_default();
            html! {
                (pane("The body as text", &text::bytes(shown, true)))
                (pages(view, &link.clone().with("view", "text"), bytes.len(), TEXT_PAGE, page))
            }
        }
        Look::Hex => html! {
            (pane("The body in hex", &hex::page(bytes, page)))
            (pages(view, &link.clone().with("view", "hex"), bytes.len(), hex::PAGE, page))
        },
    }
}

/// Text that scrolls, also by keyboard.
fn pane(name: &str, content: &Markup) -> Markup {
    html! { pre.pane tabindex="0" role="region" aria-label=(name) { (content) } }
}

/// Where a page of text begins: not within a letter.
fn edge(bytes: &[u8], at: usize) -> usize {
    let at = at.min(bytes.len());
    let back = (0..4).find(|back| bytes.get(at.saturating_sub(*back)).is_none_or(|byte| byte & 0xc0 != 0x80));
    at.saturating_sub(back.unwrap_or(0))
}

fn pages(view: &View, link: &Link, bytes: usize, size: usize, page: usize) -> Markup {
    let all = bytes.div_ceil(size);
    let last = all.saturating_sub(1);
    let to = |page: usize| format!("{}#body", view.href(&link.clone().with("page", page)));
    html! {
        @if all > 1 {
            nav.pager aria-label="Pages of the body" {
                @if page > 0 {
                    a.button href=(to(0)) { "First" }
                    a.button rel="prev" href=(to(page.saturating_sub(1).min(last))) { "Back" }
                }
                span.dim { "Page " (page.saturating_add(1)) " of " (all) }
                @if page < last {
                    a.button rel="next" href=(to(page.saturating_add(1))) { "On" }
                    a.button href=(to(last)) { "Last" }
                }
            }
        }
    }
}

fn bound(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_text_meet_between_letters() {
        let body = "aü日🎉".repeat(5_000).into_bytes();
        let mut whole = Vec::new();
        for page in 0..body.len().div_ceil(TEXT_PAGE) {
            let page = &body[edge(&body, page * TEXT_PAGE)..edge(&body, (page + 1) * TEXT_PAGE)];
            assert!(std::str::from_utf8(page).is_ok());
            whole.extend_from_slice(page);
        }
        assert_eq!(whole, body);
        // Bytes that are no letters at all have pages, too.
        let odd = vec![0x80; 3 * TEXT_PAGE];
        assert_eq!((edge(&odd, TEXT_PAGE), edge(&odd, usize::MAX)), (TEXT_PAGE, odd.len()));
    }
}
