//! Texts that hold what PostgreSQL's cannot: a zero byte, which a sender may well have signed.

use std::borrow::Cow;

/// Stands before what is not itself: a zero byte is this and `0`, this is itself twice.
const ESCAPE: char = '\u{241b}';

/// The text as the database can have it: itself, but for zero bytes.
pub(crate) fn kept(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len().saturating_add(8));
    for letter in text.chars() {
        match letter {
            '\0' => kept.extend([ESCAPE, '0']),
            ESCAPE => kept.extend([ESCAPE, ESCAPE]),
            letter => kept.push(letter),
        }
    }
    Cow::Owned(kept)
}

/// The text that was kept.
pub(crate) fn told(kept: String) -> String {
    if !kept.contains(ESCAPE) {
        return kept;
    }
    let (mut told, mut letters) = (String::with_capacity(kept.len()), kept.chars());
    while let Some(letter) = letters.next() {
        match (letter == ESCAPE).then(|| letters.next()).flatten() {
            Some('0') => told.push('\0'),
            Some(other) => told.push(other),
            None => told.push(letter),
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_none_is_kept_with_a_zero_byte() {
        for text in ["", "evt_1", "a\0b", "\0", "\0\0", "\u{241b}", "\u{241b}0", "\0\u{241b}0\0", "x\u{241b}\u{241b}"] {
            let kept = kept(text);
            assert!(!kept.contains('\0'), "{text:?}");
            assert_eq!(told(kept.clone().into_owned()), text, "{kept}");
        }
        assert!(matches!(kept("plain"), Cow::Borrowed(_)));
    }
}
