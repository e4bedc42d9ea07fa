//! JSON with line breaks: the same letters in the same order, and only the white space between them is another.

use serde::de::IgnoredAny;

/// How many bytes of text a page has at the most.
pub(crate) const MOST: usize = 32 * 1024;

/// The longest text that is looked at: other requests wait meanwhile, for some milliseconds.
pub(crate) const LONGEST: usize = 1024 * 1024;

/// A JSON text, laid out, and whether it is all of it; `None` if it is no JSON, or longer than what is looked at.
pub(crate) fn json(body: &[u8]) -> Option<(String, bool)> {
    if body.len() > LONGEST {
        return None;
    }
    // Its parser bounds the depth.
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    let text = std::str::from_utf8(body).ok()?;
    let mut layout = Layout::default();
    let is_whole = text.chars().all(|letter| {
        layout.add(letter);
        layout.text.len() < MOST
    });
    Some((layout.text, is_whole))
}

#[derive(Default)]
struct Layout {
    text: String,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// A bracket was just opened: if it closes at once it stays in its line.
    opened: bool,
}

impl Layout {
    fn add(&mut self, letter: char) {
        if self.in_string {
            self.text.push(letter);
            self.in_string = self.escaped || letter != '"';
            self.escaped = !self.escaped && letter == '\\';
            return;
        }
        match letter {
            ' ' | '\n' | '\r' | '\t' => {}
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                if !std::mem::take(&mut self.opened) {
                    self.line();
                }
                self.text.push(letter);
            }
            ',' => {
                self.text.push(',');
                self.line();
            }
            ':' => self.text.push_str(": "),
            _ => {
                if std::mem::take(&mut self.opened) {
                    self.line();
                }
                self.in_string = letter == '"';
                self.opened = matches!(letter, '{' | '[');
                self.depth = self.depth.saturating_add(usize::from(self.opened));
                self.text.push(letter);
            }
        }
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_white_space_changes() {
        let body = r#"{"a":[1,2.50,1e400,{}],"b":{"c":"x\"},\\","a":null},"d":[ ],"n":123456789012345678901234567890}"#;
        let (text, is_whole) = json(body.as_bytes()).unwrap();
        assert!(is_whole);
        assert_eq!(
            text,
            "{\n  \"a\": [\n    1,\n    2.50,\n    1e400,\n    {}\n  ],\n  \"b\": {\n    \"c\": \"x\\\"},\\\\\",\n    \"a\": null\n  },\n  \
             \"d\": [],\n  \"n\": 123456789012345678901234567890\n}"
        );
        let bare = |text: &str| text.replace([' ', '\n'], "");
        assert_eq!(bare(&text), bare(body));
    }

    #[test]
    fn only_json_is_laid_out() {
        for odd in [&b"{\"a\":"[..], b"a=1&b=2", b"\xff", b"", b"{\"a\":\"\xff\"}", b"{} {}"] {
            assert_eq!(json(odd), None, "{odd:?}");
        }
        assert_eq!(json(b" \"x\" "), Some(("\"x\"".to_owned(), true)));
        assert_eq!(json("[".repeat(100_000).as_bytes()), None);
    }

    #[test]
    fn a_large_body_is_cut() {
        let of = |many: usize| format!("[{}]", vec!["\"<b>\""; many].join(","));
        let (text, is_whole) = json(of(100_000).as_bytes()).unwrap();
        assert!(!is_whole && text.len() < MOST + 512);
        // Of a larger one not a byte is looked at.
        assert_eq!(json(of(800_000).as_bytes()), None);
    }
}
