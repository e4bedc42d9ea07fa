//! What is written: lines on stdout for people or programs, complaints on stderr. A closed pipe is no error.

use std::fmt::Arguments;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Writes a line to stdout.
///
/// # Errors
/// An [`io::Error`] once nobody reads.
pub(crate) fn print(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Writes a line to stdout; whoever does not read it does not want it.
pub(crate) fn say(line: &str) {
    let _ = print(line);
}

/// Writes a line to stderr.
pub(crate) fn complain(line: Arguments<'_>) {
    // `eprintln` would panic where stderr is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// One value as one line of JSON, without any character that a terminal would act upon.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    let mut line = Vec::new();
    // Nothing that is written here has keys that are no text, which is all that could fail.
    let _ = write_json(&mut line, value);
    String::from_utf8(line).unwrap_or_default()
}

/// As [`json`], written while it is made: a large one is not held twice.
///
/// # Errors
/// An [`io::Error`] where it cannot be written.
pub(crate) fn write_json<T: Serialize>(out: impl Write, value: &T) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaping)).map_err(io::Error::from)
}

/// JSON that somebody else wrote, on one line, as it is but for what a terminal would act upon. It is to be JSON: then such
/// characters stand within texts only, or are blanks between them.
pub(crate) fn json_as_it_is(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            '\n' | '\r' | '\t' => line.push(' '),
            // None of them lies beyond the plane that one escape covers.
            _ if acts(character) => line.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => line.push(character),
        }
    }
    line
}

/// Escapes what JSON itself lets stand.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for piece in fragment.split_inclusive(acts) {
            let Some(last) = piece.chars().next_back().filter(|last| acts(*last)) else {
                return writer.write_all(piece.as_bytes());
            };
            writer.write_all(piece.strip_suffix(last).unwrap_or_default().as_bytes())?;
            // None of them lies beyond the plane that one escape covers.
            write!(writer, "\\u{:04x}", u32::from(last))?;
        }
        Ok(())
    }
}

/// `text` with its control characters, and those that reorder or hide what follows, written out.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if acts(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A text of many lines for a terminal: as [`escaped`], but for the lines' ends and tabs.
pub(crate) fn escaped_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.split('\n').map(|line| line.split('\t').map(escaped).collect::<Vec<_>>().join("\t"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a terminal would act upon it, or hide it.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_acts_upon_is_written() {
        assert_eq!(escaped("a\u{1b}[2J\nb\u{9b}\u{202e}é"), "a\\u{1b}[2J\\nb\\u{9b}\\u{202e}é");
        assert_eq!(escaped_lines(b"{\n\t\x1b[2J\xff\r\n}\n"), "{\n\t\\u{1b}[2J\u{fffd}\\r\n}\n");
        let line = json(&"a\u{1b}[2J\nb\u{9b}\u{202e}é");
        assert_eq!(line, r#""a\u001b[2J\nb\u009b\u202eé""#);
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), "a\u{1b}[2J\nb\u{9b}\u{202e}é");
        assert_eq!(json_as_it_is("{\n\t\"b\": 1.0,\r\n \"a\u{9b}\": 1e2}\n"), r#"{  "b": 1.0,   "a\u009b": 1e2}"#);
    }
}
