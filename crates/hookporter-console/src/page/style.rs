//! The style sheet.

use std::sync::LazyLock;

pub(crate) const SHEET: &str = include_str!("style.css");

pub(crate) const ICON_NAME: &str = "icon-1.svg";

/// A door with a knob: a picture of our own, so that no browser looks for one elsewhere.
pub(crate) const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><path fill=\"#1d5fbf\" d=\"M3 0h10v16H3z\"/>\
     <circle cx=\"10\" cy=\"8.5\" r=\"1.3\" fill=\"#fff\"/></svg>";

/// Its name changes with its contents, so that browsers may keep it.
static NAME: LazyLock<String> = LazyLock::new(|| format!("style-{:016x}.css", digest(SHEET.as_bytes())));

pub(crate) fn name() -> &'static str {
    &NAME
}

/// FNV-1a: what only tells one release's sheet from another's.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_asks_for_nothing_else() {
        for asking in ["url(", "@import", "http", "@font-face", "expression", "data:"] {
            assert!(!SHEET.contains(asking), "{asking}");
        }
        assert!(SHEET.len() < 32 * 1024 && name().len() == "style-0123456789abcdef.css".len());
    }
}
