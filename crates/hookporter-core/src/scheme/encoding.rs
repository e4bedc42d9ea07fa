//! How a signature is written as text.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use smallvec::SmallVec;

/// The bytes of one signature as sent; 64 bytes hold every MAC and every elliptic-curve signature on the stack.
pub(crate) type SignatureBytes = SmallVec<[u8; 64]>;

/// How a signature is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Hexadecimal, either case.
    Hex,
    /// Standard base64 with its padding; no blanks, no stray bits.
    Base64,
    /// URL-safe base64 without padding; no stray bits.
    Base64Url,
    /// The bytes themselves, for static tokens.
    Plain,
}

impl Encoding {
    /// Decodes `text`, or `None` where it is not written in this encoding.
    pub(crate) fn decode(self, text: &[u8]) -> Option<SignatureBytes> {
        // Room for the decoded bytes: hex halves, base64 keeps three quarters.
        let mut bytes = SignatureBytes::from_elem(0, text.len().min(MAX_TEXT));
        let length = match self {
            Self::Hex => {
                let half = text.len() / 2;
                const_hex::decode_to_slice(text, bytes.get_mut(..half)?).ok()?;
                half
            }
            Self::Base64 => STANDARD.decode_slice(text, &mut bytes).ok()?,
            Self::Base64Url => URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?,
            Self::Plain => return Some(SignatureBytes::from_slice(text)),
        };
        bytes.truncate(length);
        Some(bytes)
    }

    /// Writes `bytes` in this encoding.
    #[cfg(feature = "sign")]
    pub(crate) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => const_hex::encode(bytes),
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
            Self::Plain => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// The longest header value a signature is looked for in. An RSA signature of a 16,384-bit key in hex is half of it;
/// frameworks pass values of 64 KiB and more.
pub(crate) const MAX_TEXT: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_takes_either_case_and_nothing_else() {
        assert_eq!(Encoding::Hex.decode(b"00fFAb").as_deref(), Some(&[0, 0xff, 0xab][..]));
        for bad in ["0", "0x00", "zz", "00 ", " 00", "0\n"] {
            assert_eq!(Encoding::Hex.decode(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn base64_is_canonical_or_refused() {
        assert_eq!(Encoding::Base64.decode(b"+/8=").as_deref(), Some(&[0xfb, 0xff][..]));
        for bad in ["-_8=", "+/8", "+/8==", "+/9=", "+/ 8=", "+/8=\n", "=", "+/8=+/8="] {
            assert_eq!(Encoding::Base64.decode(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(Encoding::Base64Url.decode(b"-_8").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(Encoding::Base64Url.decode(b"-_8="), None);
    }
}
