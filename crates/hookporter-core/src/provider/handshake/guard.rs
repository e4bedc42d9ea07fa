//! Which texts a challenge may have.

/// Length and alphabet of a challenge's text. Whatever lies outside is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guard {
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) alphabet: Alphabet,
}

/// The characters of a challenge's text. None of them has a line end, a quote, a brace or an angle bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// Letters, digits and `-_.~+/`, with the `=` that base64 ends in: no form, no JSON object, no `v0:…`.
    Token,
    /// Lower-case hexadecimal.
    LowerHex,
    /// Digits.
    Digits,
    /// What a host name with a port consists of.
    Host,
    /// Words and punctuation, for texts that people read.
    Words,
}

impl Guard {
    /// A token of at most 256 characters: far more than any sender's, far less than an event.
    pub(crate) const TOKEN: Self = Self { least: 1, most: 256, alphabet: Alphabet::Token };

    /// Whether a challenge may have this text.
    pub(crate) fn allows(&self, text: &[u8]) -> bool {
        (self.least..=self.most).contains(&text.len()) && self.alphabet.spells(text)
    }
}

impl Alphabet {
    fn spells(self, text: &[u8]) -> bool {
        let of = |others: &'static [u8]| {
            move |byte: &u8| byte.is_ascii_alphanumeric() || memchr::memchr(*byte, others).is_some()
        };
        match self {
            Self::Token => without_padding(text).iter().all(of(b"-_.~+/")),
            Self::LowerHex => text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
            Self::Digits => text.iter().all(u8::is_ascii_digit),
            Self::Host => text.iter().all(of(b"-.:")),
            Self::Words => text.iter().all(of(b" -_.~+/=:,;&@()!?%#*")),
        }
    }
}

fn without_padding(text: &[u8]) -> &[u8] {
    let one_less = text.strip_suffix(b"=").unwrap_or(text);
    one_less.strip_suffix(b"=").unwrap_or(one_less)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_alphabet_spells_a_signed_message_a_header_or_a_page() {
        for alphabet in [Alphabet::Token, Alphabet::LowerHex, Alphabet::Digits, Alphabet::Host, Alphabet::Words] {
            let guard = Guard { least: 1, most: 256, alphabet };
            for bad in
                ["", "v0:1700000000:{}", "{\"a\":1}", "<b>", "a\r\nb", "a\nb", "a\0b", "a\u{e9}", "'", "\"a\"", "[1]"]
            {
                assert!(!guard.allows(bad.as_bytes()), "{alphabet:?} {bad:?}");
            }
            assert!(guard.allows(&[b'1'; 256]), "{alphabet:?}");
            assert!(!guard.allows(&[b'1'; 257]), "{alphabet:?}");
        }
    }

    #[test]
    fn a_token_is_no_form() {
        for good in ["qgg8vlvZRS6UYooatFL8Aw", "a-_.~+/9", "YQ==", "YWI="] {
            assert!(Guard::TOKEN.allows(good.as_bytes()), "{good}");
        }
        for bad in ["a=b", "a=b&c=d", "a%20b", "a b", "a:b", "a===", "=a"] {
            assert!(!Guard::TOKEN.allows(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn hexadecimal_is_bounded_on_both_sides() {
        let guard = Guard { least: 20, most: 32, alphabet: Alphabet::LowerHex };
        assert!(guard.allows(b"20f9f8ed05f77439fe955c977e4c8a53"));
        for bad in
            [&b"20f9f8ed05f77439fe955c977e4c8a530"[..], b"20f9f8ed05f77439fe9", b"20F9F8ED05F77439FE955C977E4C8A53"]
        {
            assert!(!guard.allows(bad));
        }
    }
}
