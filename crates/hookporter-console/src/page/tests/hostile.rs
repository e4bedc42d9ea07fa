//! What an attacker would send.

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::operating::State;

use super::sample;
use super::shown::{Scene, pages};
use crate::page::body::{Look, Part, Wanted};
use crate::page::event;

/// Each of them breaks out of something, somewhere.
const TEXTS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</textarea></pre></bdi><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "\u{1b}[2J\u{1b}]0;owned\u{7}\0\r\nSet-Cookie: a=b",
    "\u{202e}\u{2066}\u{200b}\u{feff}exe.fdp",
];

#[test]
fn no_text_of_a_sender_becomes_markup() {
    for text in TEXTS {
        // Names are the user's own; they are escaped all the same.
        let scene = Scene {
            may_change: true,
            text,
            name: text,
            body: Bytes::from(format!("{{\"a\":{}}}", serde_json::json!(text))),
        };
        for (name, page) in pages(&scene) {
            for markup in ["<script", "<img", "<svg", "onerror=alert(1)>", "href=\"javascript"] {
                assert!(!page.contains(markup), "{name}, {text:?}: {markup}");
            }
            assert_eq!(page.matches("</title>").count(), 1, "{name}");
            assert_eq!(page.matches("<pre").count(), page.matches("</pre>").count(), "{name}");
        }
    }
}

#[test]
fn what_is_invisible_is_marked_wherever_it_is_shown() {
    for text in ["\u{1b}[31mx", "a\0b", "\u{202e}txt", "a\u{200b}b", "\u{85}", "\u{2066}x"] {
        let scene = Scene { may_change: true, text, name: text, body: Bytes::from_static(b"{}") };
        for (name, page) in pages(&scene) {
            // A form gives back what was typed: there a value stays what it is.
            let outside = without_values(&page);
            let bad =
                |letter: char| (letter.is_control() && letter != '\n') || "\u{202e}\u{200b}\u{2066}".contains(letter);
            let found: Vec<_> = outside.char_indices().filter(|(_, letter)| bad(*letter)).collect();
            let context = found.first().map(|(at, _)| outside.get(at.saturating_sub(60)..*at));
            assert!(found.is_empty(), "{name}, {text:?}: {context:?}");
        }
    }
}

/// A page without the values of its fields.
fn without_values(page: &str) -> String {
    let mut parts = page.split(" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| page + part.split_once('"').map_or("", |(_, rest)| rest))
}

#[test]
fn any_body_has_a_page_that_is_small() {
    let mib5 = 5 * 1024 * 1024;
    let bodies = [
        Bytes::from(vec![b'<'; mib5]),
        Bytes::from(vec![0; mib5]),
        Bytes::from(vec![0xff; mib5]),
        Bytes::from("\u{202e}a".repeat(mib5 / 4)),
        Bytes::from(format!("[{}1]", "\"<&\\u202e\",".repeat(mib5 / 11))),
        Bytes::from(format!("\"{}\"", "\"".repeat(0) + &"&".repeat(mib5))),
        Bytes::from(format!("{}{}", "[".repeat(120), "]".repeat(120))),
        Bytes::new(),
    ];
    for (at, body) in bodies.into_iter().enumerate() {
        for look in [None, Some(Look::Pretty), Some(Look::Text), Some(Look::Hex)] {
            for page in [0, 1, 100_000, usize::MAX] {
                let whole = sample::whole(State::Dead, body.clone(), "x");
                let beside = event::Beside { replays: &[], wanted: Wanted { part: Part::Body, look, page } };
                let page = event::event(&sample::view(false), &whole, &beside).into_string();
                assert!(page.len() < 300 * 1024, "body {at}, {look:?}: {} bytes", page.len());
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_shown_byte_for_byte() {
    let body = Bytes::from_static(b"\x00\x01\xffabc\x1b");
    let show = |look| {
        let beside = event::Beside { replays: &[], wanted: Wanted { part: Part::Body, look: Some(look), page: 0 } };
        event::event(&sample::view(true), &sample::whole(State::Dead, body.clone(), "x"), &beside).into_string()
    };
    assert!(show(Look::Hex).contains("00000000  00 01 ff 61 62 63 1b"));
    assert!(show(Look::Text).contains(
        "<span class=\"ch\">‹NUL›‹SOH›</span><span class=\"ch\">\\xFF</span>abc<span class=\"ch\">‹ESC›</span>"
    ));
    assert!(show(Look::Pretty).contains("This is no JSON."));
    // What a form would not give back as it is has none.
    assert!(!show(Look::Hex).contains("<textarea") && show(Look::Hex).contains("This body is no text"));
}

#[test]
fn a_form_gives_back_the_body_as_it_is() {
    let edit = |body: &'static str| {
        let page = event::event(
            &sample::view(true),
            &sample::whole(State::Dead, Bytes::from_static(body.as_bytes()), "x"),
            &event::Beside::default(),
        );
        page.into_string().split_once("required>").map(|(_, rest)| rest.split("</textarea>").next().unwrap().to_owned())
    };
    // A parser of HTML drops the first line end.
    assert_eq!(edit("\n{\"a\":\"<b>\"}").as_deref(), Some("\n\n{&quot;a&quot;:&quot;&lt;b&gt;&quot;}"));
    assert_eq!(edit("a\r\nb"), None);
}

#[test]
fn moments_that_no_clock_shows_have_pages() {
    for at in [i64::MIN, i64::MAX, 0] {
        let mut whole = sample::whole(State::Dead, Bytes::new(), "x");
        whole.listed.received_at = UnixTime::from_millis(at);
        whole.attempts[0].started_at = UnixTime::from_millis(at);
        event::event(&sample::view(true), &whole, &event::Beside::default());
    }
}
