//! Texts of senders, as people can see them: what is invisible, or would turn other text around, is shown as a mark.

use maud::{Markup, html};

/// Whether line ends and tabs stand for themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Line,
    Block,
}

/// What the controls of ASCII are called: every font has these letters, and few have pictures of them.
const CONTROLS: [&str; 32] = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI", "DLE",
    "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
];

/// How many marks may stand on top of a letter.
const MOST_ON_TOP: usize = 3;

/// A text in a line of its own or among others. It turns no other text around.
pub(crate) fn shown(text: &str) -> Markup {
    html! { bdi.raw { (marked(text, Shape::Line)) } }
}

/// As [`shown`], and of a long one the beginning.
pub(crate) fn short(text: &str, most: usize) -> Markup {
    match text.char_indices().nth(most) {
        None => shown(text),
        Some((end, _)) => {
            let start = text.get(..end).unwrap_or_default();
            html! { (shown(start)) span.cut title=(format!("{} bytes in all", text.len())) { "…" } }
        }
    }
}

/// As [`shown`], of something that may not be there.
pub(crate) fn maybe(text: Option<&str>, most: usize) -> Markup {
    match text {
        Some("") => html! { span.none { "empty" } },
        Some(text) => short(text, most),
        None => html! { span.none { "–" } },
    }
}

/// A message of ours, with what it quotes between backticks; of a long one the beginning.
pub(crate) fn prose(text: &str, most: usize) -> Markup {
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    let (start, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    html! {
        bdi.raw {
            @for (at, part) in start.split('`').enumerate() {
                // Every other part stands between two of them.
                @if at % 2 == 1 { code { (marked(part, Shape::Line)) } } @else { (marked(part, Shape::Line)) }
            }
        }
        @if !rest.is_empty() { span.cut { "…" } }
    }
}

/// As [`shown`], where there can be no markup.
pub(crate) fn plain(text: &str) -> String {
    parts(text, Shape::Line).into_iter().map(|(part, _)| part).collect()
}

/// Many lines, as they stand; for a `pre`.
pub(crate) fn block(text: &str) -> Markup {
    marked(text, Shape::Block)
}

/// Bytes that may be no text; for a `pre` where `is_block`.
pub(crate) fn bytes(bytes: &[u8], is_block: bool) -> Markup {
    let shape = if is_block { Shape::Block } else { Shape::Line };
    html! {
        @for chunk in bytes.utf8_chunks() {
            (marked(chunk.valid(), shape))
            @if !chunk.invalid().is_empty() {
                span.ch { @for byte in chunk.invalid() { (format!("\\x{byte:02X}")) } }
            }
        }
    }
}

fn marked(text: &str, shape: Shape) -> Markup {
    html! {
        @for (part, is_mark) in parts(text, shape) {
            @if is_mark { span.ch { (part) } } @else { (part) }
        }
    }
}

/// Stretches of plain text, and of marks.
fn parts(text: &str, shape: Shape) -> Vec<(String, bool)> {
    let mut parts: Vec<(String, bool)> = Vec::new();
    let mut on_top = 0_usize;
    for letter in text.chars() {
        on_top = if goes_on_top(letter) { on_top.saturating_add(1) } else { 0 };
        let mark = mark_of(letter, shape).or_else(|| (on_top > MOST_ON_TOP).then(|| code(letter)));
        let is_mark = mark.is_some();
        let piece = mark.unwrap_or_else(|| letter.to_string());
        match parts.last_mut() {
            Some((last, was_mark)) if *was_mark == is_mark => last.push_str(&piece),
            _ => parts.push((piece, is_mark)),
        }
    }
    parts
}

fn mark_of(letter: char, shape: Shape) -> Option<String> {
    match letter {
        '\n' | '\t' if shape == Shape::Block => None,
        '\x7f' => Some("‹DEL›".to_owned()),
        _ if letter.is_ascii_control() => {
            usize::try_from(u32::from(letter)).ok().and_then(|at| CONTROLS.get(at)).map(|name| format!("‹{name}›"))
        }
        _ if is_unseen(letter) => Some(code(letter)),
        _ => None,
    }
}

fn code(letter: char) -> String {
    format!("‹U+{:04X}›", u32::from(letter))
}

/// Controls, what turns text around, what has no width, and spaces that are not the usual one.
const fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{1680}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
        | '\u{205f}'..='\u{206f}' | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What stands on top of the letter before it: without end it would cover other lines.
const fn goes_on_top(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_a_sender_is_text() {
        for hostile in ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</bdi></pre><b>"] {
            for page in [
                shown(hostile),
                block(hostile),
                bytes(hostile.as_bytes(), true),
                short(hostile, 5),
                maybe(Some(hostile), 99),
            ] {
                let page = page.into_string();
                assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"), "{page}");
            }
        }
        assert_eq!(shown("a<b").into_string(), "<bdi class=\"raw\">a&lt;b</bdi>");
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        let of = |text: &str| shown(text).into_string().replace("<bdi class=\"raw\">", "").replace("</bdi>", "");
        assert_eq!(of("\u{1b}[2J\0\r\n"), "<span class=\"ch\">‹ESC›</span>[2J<span class=\"ch\">‹NUL›‹CR›‹LF›</span>");
        assert_eq!(of("\u{202e}cod.exe"), "<span class=\"ch\">‹U+202E›</span>cod.exe");
        assert_eq!(of("a\u{200b}\u{2066}b"), "a<span class=\"ch\">‹U+200B›‹U+2066›</span>b");
        assert_eq!(of("\u{7f}\u{9b}\u{feff}\u{e0041}"), "<span class=\"ch\">‹DEL›‹U+009B›‹U+FEFF›‹U+E0041›</span>");
        assert_eq!(of("naïve 日本 🎉"), "naïve 日本 🎉");
        assert_eq!(block("a\n\tb\r").into_string(), "a\n\tb<span class=\"ch\">‹CR›</span>");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let page = shown(&format!("a{}", "\u{301}".repeat(500))).into_string();
        assert_eq!(page.matches('\u{301}').count(), MOST_ON_TOP);
    }

    #[test]
    fn bytes_that_are_no_text_are_shown() {
        assert_eq!(
            bytes(b"a\xff\xfeb\n", false).into_string(),
            "a<span class=\"ch\">\\xFF</span><span class=\"ch\">\\xFE</span>b<span class=\"ch\">‹LF›</span>"
        );
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let page = short(&"ü".repeat(1_000_000), 10).into_string();
        assert!(page.contains(&"ü".repeat(10)) && !page.contains(&"ü".repeat(11)) && page.len() < 200, "{page}");
    }
}
