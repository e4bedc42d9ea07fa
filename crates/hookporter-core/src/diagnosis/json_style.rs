//! The ways in which libraries write the same JSON.

use std::fmt;

use serde::de::IgnoredAny;

/// A piece of JSON.
pub(super) enum Token<'b> {
    /// One of `{}[],:`.
    Mark(u8),
    Text(String),
    /// A number, `true`, `false` or `null`, as it is written.
    Word(&'b [u8]),
}

/// How JSON is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    blanks: Blanks,
    /// What lies beyond ASCII is escaped.
    ascii: bool,
    /// `/` is escaped.
    slash: bool,
    /// `<`, `>` and `&` are escaped.
    html: bool,
}

#[derive(Debug, Clone, Copy)]
enum Blanks {
    None,
    /// One after each comma and colon.
    Spaced,
    /// A line each, indented by these.
    Indented(&'static str),
}

/// Every style, the usual ones first.
pub(super) fn all() -> impl Iterator<Item = Style> {
    let flags = [(false, false, false), (true, false, false), (true, true, false), (false, true, false)];
    let flags = flags.into_iter().chain([(false, false, true), (true, false, true)]);
    let blanks =
        || [Blanks::None, Blanks::Spaced, Blanks::Indented("  "), Blanks::Indented("    "), Blanks::Indented("\t")];
    flags.flat_map(move |(ascii, slash, html)| {
        blanks().into_iter().map(move |blanks| Style { blanks, ascii, slash, html })
    })
}

/// The tokens of a body that is JSON, in order: members keep their places, and numbers their digits. None of a body longer
/// than `most`: a token takes many times the room of the byte that it may stand for.
pub(super) fn tokens(body: &[u8], most: usize) -> Option<Vec<Token<'_>>> {
    if body.len() > most {
        return None;
    }
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    let mut tokens = Vec::new();
    let mut rest = body.trim_ascii_start();
    while let Some(first) = rest.first() {
        let length = match first {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => text_length(rest)?,
            _ => rest.iter().position(|byte| b",:]} \t\r\n".contains(byte)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at_checked(length)?;
        tokens.push(match first {
            b'"' => Token::Text(serde_json::from_slice(token).ok()?),
            _ if length == 1 && !first.is_ascii_digit() => Token::Mark(*first),
            _ => Token::Word(token),
        });
        rest = after.trim_ascii_start();
    }
    Some(tokens)
}

/// The length of the string at the beginning, with its quotation marks.
fn text_length(text: &[u8]) -> Option<usize> {
    let mut escaped = false;
    let end = text.iter().skip(1).position(|byte| match (escaped, byte) {
        (true, _) => {
            escaped = false;
            false
        }
        (false, b'\\') => {
            escaped = true;
            false
        }
        (false, byte) => *byte == b'"',
    })?;
    end.checked_add(2)
}

impl Style {
    /// The tokens in this style; `None` where that takes more than so many bytes.
    pub(super) fn write(&self, tokens: &[Token<'_>], most: usize) -> Option<Vec<u8>> {
        let mut out = String::new();
        self.write_to(&mut out, tokens, most).then(|| out.into_bytes())
    }

    /// Writes until it is done, or until more than `most` is written: by one token at the most, and the line after it.
    fn write_to(&self, out: &mut String, tokens: &[Token<'_>], most: usize) -> bool {
        let mut depth = 0_usize;
        let mut tokens = tokens.iter().peekable();
        while let Some(token) = tokens.next() {
            if out.len() > most {
                return false;
            }
            match token {
                Token::Text(text) => self.text(text, out),
                Token::Word(word) => out.push_str(&String::from_utf8_lossy(word)),
                Token::Mark(mark) => {
                    let mark = char::from(*mark);
                    out.push(mark);
                    match mark {
                        '{' | '[' => {
                            // An empty one stays on its line.
                            if let Some(Token::Mark(end @ (b'}' | b']'))) = tokens.peek() {
                                out.push(char::from(*end));
                                tokens.next();
                            } else {
                                depth = depth.saturating_add(1);
                                self.line(depth, out);
                            }
                        }
                        ',' => match self.blanks {
                            Blanks::None => {}
                            Blanks::Spaced => out.push(' '),
                            Blanks::Indented(_) => self.line(depth, out),
                        },
                        ':' if !matches!(self.blanks, Blanks::None) => out.push(' '),
                        _ => {}
                    }
                }
            }
            if let Some(Token::Mark(b'}' | b']')) = tokens.peek() {
                depth = depth.saturating_sub(1);
                self.line(depth, out);
            }
        }
        out.len() <= most
    }

    /// The end of a line, and the indentation of the next.
    fn line(&self, depth: usize, out: &mut String) {
        if let Blanks::Indented(by) = self.blanks {
            out.push('\n');
            out.extend(std::iter::repeat_n(by, depth));
        }
    }

    fn text(&self, text: &str, out: &mut String) {
        out.push('"');
        for character in text.chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '/' if self.slash => out.push_str("\\/"),
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if self.html => escape(character, out),
                _ if character < ' ' || (self.ascii && !character.is_ascii()) => escape(character, out),
                _ => out.push(character),
            }
        }
        out.push('"');
    }
}

fn escape(character: char, out: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        out.push_str(&format!("\\u{unit:04x}"));
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.blanks {
            Blanks::None => "without blanks",
            Blanks::Spaced => "with a blank after each comma and colon",
            Blanks::Indented("\t") => "indented by tabs",
            Blanks::Indented("  ") => "indented by 2",
            Blanks::Indented(_) => "indented by 4",
        })?;
        for (is, how) in [
            (self.ascii, ", with escapes beyond ASCII"),
            (self.slash, ", with `\\/` for `/`"),
            (self.html, ", with escapes for `<`, `>` and `&`"),
        ] {
            f.write_str(if is { how } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(body: &str) -> Vec<String> {
        let tokens = tokens(body.as_bytes(), 1_000).unwrap();
        all().map(|style| String::from_utf8(style.write(&tokens, 1_000).unwrap()).unwrap()).collect()
    }

    #[test]
    fn what_usual_libraries_write_is_among_the_styles() {
        let compact = r#"{"b":[1.50,-0,1e3,true,null,{}],"a":{"é":"a/b <&> \u0001\n\"\\","😀":[]}}"#;
        let all = written(compact);
        assert_eq!(all[0], compact);
        for (from, expected) in [
            // Python's `json.dumps`.
            (
                "python",
                r#"{"b": [1.50, -0, 1e3, true, null, {}], "a": {"\u00e9": "a/b <&> \u0001\n\"\\", "\ud83d\ude00": []}}"#,
            ),
            // PHP's `json_encode`.
            ("php", r#"{"b":[1.50,-0,1e3,true,null,{}],"a":{"\u00e9":"a\/b <&> \u0001\n\"\\","\ud83d\ude00":[]}}"#),
            // Go's `json.Marshal`.
            ("go", r#"{"b":[1.50,-0,1e3,true,null,{}],"a":{"é":"a/b \u003c\u0026\u003e \u0001\n\"\\","😀":[]}}"#),
            (
                "pretty",
                "{\n  \"b\": [\n    1.50,\n    -0,\n    1e3,\n    true,\n    null,\n    {}\n  ],\n  \"a\": {\n    \"é\": \"a/b <&> \\u0001\\n\\\"\\\\\",\n    \"😀\": []\n  }\n}",
            ),
        ] {
            assert!(all.iter().any(|text| text == expected), "{from}: {expected}");
            // From each of them the others are found again.
            assert!(written(expected).iter().any(|text| text == compact), "{from}");
        }
        for text in all {
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value(&text), value(compact), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_has_no_tokens() {
        for text in ["", "{", "a=b", "{\"a\":}", "1 2"] {
            assert!(tokens(text.as_bytes(), 1_000).is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_read_and_what_grows_is_not_written_to_its_end() {
        assert!(tokens(b"[0,0]", 5).is_some() && tokens(b"[0,0]", 4).is_none());
        // 500 KB that are 60 MB once they are indented.
        let body = ["[".repeat(120), "0,".repeat(250_000), "0".to_owned(), "]".repeat(120)].concat();
        let tokens = tokens(body.as_bytes(), body.len()).unwrap();
        let most = 1_000_000;
        for style in all() {
            let mut out = String::new();
            let is_whole = style.write_to(&mut out, &tokens, most);
            assert!(out.len() <= most + 1_000, "{style}: {} bytes", out.len());
            assert_eq!(is_whole, !matches!(style.blanks, Blanks::Indented(_)), "{style}");
            assert_eq!(style.write(&tokens, most).is_some(), is_whole, "{style}");
        }
    }
}
