//! Small parts that several pages have.

use maud::{Markup, html};

use crate::page::link::Link;
use crate::page::text;
use crate::page::view::View;

/// A number for people: `1 234 567`, with spaces that do not break.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).checked_rem(3) == Some(0) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    let units = [(1_u64 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(one, _)| bytes >= *one) {
        Some((one, name)) => {
            // Tenths, rounded down.
            let tenths = u128::from(bytes).saturating_mul(10).checked_div(u128::from(one)).unwrap_or_default();
            let (whole, tenth) =
                (tenths.checked_div(10).unwrap_or_default(), tenths.checked_rem(10).unwrap_or_default());
            format!("{whole}.{tenth} {name}")
        }
        None => format!("{bytes} B"),
    }
}

/// A list that has nothing.
pub(crate) fn empty(text: &str) -> Markup {
    html! { p.empty { (text) } }
}

/// The ways to the next page of a list, and back to its beginning.
pub(crate) fn pager(view: &View, older: Option<&Link>, first: Option<&Link>, names: (&str, &str)) -> Markup {
    html! {
        @if older.is_some() || first.is_some() {
            nav.pager aria-label="Pages of this list" {
                @if let Some(first) = first { a.button href=(view.href(first)) { (names.0) } }
                @if let Some(older) = older { a.button rel="next" href=(view.href(older)) { (names.1) } }
            }
        }
    }
}

/// The names of a list of newest first.
pub(crate) const NEWEST_OLDER: (&str, &str) = ("Newest", "Older");
/// The names of a list by number.
pub(crate) const FIRST_NEXT: (&str, &str) = ("First", "Next");

/// What stands where a change would be if it were allowed.
pub(crate) fn read_only(what: &str) -> Markup {
    html! {
        p.hint { (what) " needs " code { "Console::allow_changes()" } ": this console is read-only." }
    }
}

/// The heads of a table's columns; where rows are chosen there is one more in front.
pub(crate) fn heads(is_chosen: bool, names: &[&str]) -> Markup {
    html! {
        thead {
            tr {
                @if is_chosen { th scope="col" { span.unseen { "Choose" } } }
                @for name in names { th scope="col" { (name) } }
            }
        }
    }
}

/// The head of an event's row: the way to it, by number and type, and its id.
pub(crate) fn event(view: &View, number: i64, kind: Option<&str>, id: Option<&str>) -> Markup {
    html! {
        th scope="row" {
            a href=(view.at(&format!("events/{number}"))) { (number) " " (text::short(kind.unwrap_or("no type"), 60)) }
            @if let Some(id) = id { div.id { (text::short(id, 60)) } }
        }
    }
}

/// The cell by which a row is chosen.
pub(crate) fn choose(number: i64, noun: &str) -> Markup {
    html! {
        td.choose {
            label {
                input type="checkbox" name="numbers" value=(number);
                span.unseen { "Choose " (noun) " " (number) }
            }
        }
    }
}

/// A form of one button.
pub(crate) fn deed(view: &View, path: &str, fields: &[(&str, String)], back: &Link, button: &Markup) -> Markup {
    html! {
        form method="post" action=(view.at(path)) {
            (view.hidden(back))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            (button)
        }
    }
}

/// A choice among words, with one for any.
pub(crate) fn select(name: &str, label: &str, any: &str, words: &[(String, String)], chosen: Option<&str>) -> Markup {
    // What was asked for stays chosen also where it is not among the words.
    let other = chosen.filter(|chosen| words.iter().all(|(word, _)| word != chosen));
    html! {
        div.field {
            label for=(format!("f-{name}")) { (label) }
            select id=(format!("f-{name}")) name=(name) {
                option value="" { (any) }
                @for (word, text) in words {
                    option value=(word) selected[chosen == Some(word)] { (text::plain(text)) }
                }
                @if let Some(other) = other { option value=(other) selected { (text::plain(other)) } }
            }
        }
    }
}

/// A field for a short text.
pub(crate) fn field(name: &str, label: &str, value: Option<&str>, hint: &str) -> Markup {
    html! {
        div.field {
            label for=(format!("f-{name}")) { (label) }
            input type="text" id=(format!("f-{name}")) name=(name) value=[value] placeholder=[(!hint.is_empty()).then_some(hint)]
                autocomplete="off" autocapitalize="off" spellcheck="false";
        }
    }
}

/// The names of endpoints, to choose from.
pub(crate) fn names(view: &View) -> Vec<(String, String)> {
    view.names.iter().map(|name| (name.clone(), name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_for_people() {
        assert_eq!(
            [number(0), number(999), number(1_000), number(1_234_567)],
            ["0", "999", "1\u{a0}000", "1\u{a0}234\u{a0}567"]
        );
        assert_eq!(
            [size(0), size(1023), size(1024), size(5 * 1024 * 1024 + 600_000)],
            ["0 B", "1023 B", "1.0 KiB", "5.5 MiB"]
        );
        assert_eq!(size(u64::MAX), "16777215.9 TiB");
    }
}
