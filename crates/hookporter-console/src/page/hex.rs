//! Bytes as they are, a page at a time.

use std::fmt::Write;

use maud::{Markup, html};

/// How many bytes a page has: 256 lines.
pub(crate) const PAGE: usize = 4096;
const LINE: usize = 16;

/// The lines of a page: offset, sixteen bytes in hex, and what of them is ASCII.
pub(crate) fn page(bytes: &[u8], page: usize) -> Markup {
    let start = page.saturating_mul(PAGE).min(bytes.len());
    let end = start.saturating_add(PAGE).min(bytes.len());
    let lines = bytes.get(start..end).unwrap_or_default().chunks(LINE);
    let mut text = String::with_capacity(PAGE.saturating_mul(5));
    for (at, line) in lines.enumerate() {
        write_line(&mut text, start.saturating_add(at.saturating_mul(LINE)), line);
    }
    html! { (text) }
}

fn write_line(text: &mut String, offset: usize, line: &[u8]) {
    // Writing to a string does not fail.
    let _ = write!(text, "{offset:08x} ");
    for at in 0..LINE {
        if at == LINE / 2 {
            text.push(' ');
        }
        let _ = match line.get(at) {
            Some(byte) => write!(text, " {byte:02x}"),
            None => write!(text, "   "),
        };
    }
    text.push_str("  ");
    text.extend(line.iter().map(|byte| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '·' }));
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_place() {
        let page = page(b"<script>\x00\xff abcdefg!", 0).into_string();
        assert_eq!(
            page,
            "00000000  3c 73 63 72 69 70 74 3e  00 ff 20 61 62 63 64 65  &lt;script&gt;·· abcde\n\
             00000010  66 67 21                                          fg!\n"
        );
    }

    #[test]
    fn a_page_of_a_large_body_is_small() {
        let body = vec![b'<'; 5 * 1024 * 1024];
        let last = page(&body, 1279).into_string();
        assert!(last.starts_with("004ff000  ") && last.len() < 64 * 1024, "{}", last.len());
        assert_eq!(page(&body, 1280).into_string(), "");
        assert_eq!(page(&body, usize::MAX).into_string(), "");
    }
}
