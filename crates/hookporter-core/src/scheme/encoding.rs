//! How a signature is written as text.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use smallvec::SmallVec;

/// The bytes of one signature as sent. 48 bytes hold a SHA-256 MAC in place while its base64 is decoded; what is longer
/// (SHA-512, public keys) is seldom, and costs far more to check than the allocation that it causes.
pub(crate) type SignatureBytes = SmallVec<[u8; IN_PLACE]>;

const IN_PLACE: usize = 48;

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
    #[cfg(any(test, feature = "jwt", feature = "http-signatures"))]
    pub(crate) fn decode(self, text: &[u8]) -> Option<SignatureBytes> {
        let mut bytes = SignatureBytes::new();
        self.decode_into(text, &mut bytes).then_some(bytes)
    }

    /// Decodes `text` onto the end of `all`; false, and nothing added, where it is empty or not in this encoding.
    #[inline]
    pub(crate) fn decode_onto(self, text: &[u8], all: &mut SmallVec<[SignatureBytes; 1]>) -> bool {
        all.push(SignatureBytes::new());
        let decoded = all.last_mut().is_some_and(|bytes| self.decode_into(text, bytes) && !bytes.is_empty());
        if !decoded {
            all.pop();
        }
        decoded
    }

    fn decode_into(self, text: &[u8], bytes: &mut SignatureBytes) -> bool {
        if text.len() > MAX_TEXT {
            return false;
        }
        let room = match self {
            Self::Hex => text.len() / 2,
            Self::Base64 | Self::Base64Url => base64::decoded_len_estimate(text.len()),
            Self::Plain => {
                bytes.extend_from_slice(text);
                return true;
            }
        };
        *bytes = if room <= IN_PLACE {
            SignatureBytes::from_buf_and_len([0; IN_PLACE], room)
        } else {
            SignatureBytes::from_elem(0, room)
        };
        let length = match self {
            Self::Hex => const_hex::decode_to_slice(text, bytes).ok().map(|()| room),
            Self::Base64Url => URL_SAFE_NO_PAD.decode_slice(text, bytes).ok(),
            _ => STANDARD.decode_slice(text, bytes).ok(),
        };
        bytes.truncate(length.unwrap_or(0));
        length.is_some()
    }

    /// Writes `bytes` in this encoding.
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
