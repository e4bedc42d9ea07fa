//! What is written: lines on stdout for people or programs, complaints on stderr. A closed pipe is no error.

use std::fmt::Arguments;
use std::io::{self, Write};

use serde::Serialize;

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
    // Nothing that is written here has keys that are no text, which is all that could fail.
    let text = serde_json::to_string(value).unwrap_or_default();
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if acts(character) {
            // None of them lies beyond the plane that one escape covers.
            line.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            line.push(character);
        }
    }
    line
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
        let line = json(&"a\u{1b}[2J\nb\u{9b}\u{202e}é");
        assert_eq!(line, r#""a\u001b[2J\nb\u009b\u202eé""#);
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), "a\u{1b}[2J\nb\u{9b}\u{202e}é");
    }
}
