//! Where a form leads back to.

use crate::deed::Done;
use crate::trouble::Trouble;

/// The page to go back to, below the mount, with its query; the first one where the form names none.
pub(crate) fn checked(back: Option<String>) -> Result<String, Trouble> {
    let back = back.unwrap_or_else(|| crate::page::FIRST.to_owned());
    // Nothing that a browser could take for another host or a scheme, and no way out of the mount.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%?=&+,:".contains(&byte);
    let path = back.split('?').next().unwrap_or_default().to_ascii_lowercase();
    let leads_away =
        path.starts_with('/') || ["..", "//", ":", "%2e", "%2f", "%5c"].iter().any(|way| path.contains(way));
    if back.bytes().all(is_plain) && !leads_away {
        Ok(back)
    } else {
        Err(Trouble::request("`back` is a page of this console"))
    }
}

/// The way there from the page at `base`, with word of what was done.
pub(crate) fn with(base: &str, back: &str, done: &Done) -> String {
    let joint = if back.contains('?') { '&' } else { '?' };
    let count = done.count.map(|count| format!("&count={count}")).unwrap_or_default();
    format!("{base}{back}{joint}done={}{count}", done.word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_leads_out_of_the_console() {
        let of = |back: &str| checked(Some(back.to_owned())).is_ok();
        assert!(of("events?state=dead&since=2026-11-26T10:00:00Z") && of("events/7"));
        for back in [
            "//evil.example",
            "/login",
            "https://evil.example",
            "javascript:alert(1)",
            "a/../../b",
            "\\\\evil",
            "a\r\nb",
            "events//x",
            "%2E%2e/x",
            "%2fx",
            "ü",
        ] {
            assert!(!of(back), "{back}");
        }
        assert_eq!(checked(None).unwrap(), crate::page::FIRST);
    }
}
