//! How the text of a dashboard becomes key bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::key_parts;

/// How the text of a key becomes key bytes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum KeyDecoding {
    /// The text itself, in UTF-8.
    Text,
    /// Base64 after an optional prefix, such as Standard Webhooks' `whsec_`.
    Base64After(&'static str),
    /// Hexadecimal.
    Hex,
    /// User and password of HTTP's Basic authentication: `user:password`, or a JSON object with the members `user` and
    /// `password`. The user ends at the first colon; a minimum counts the password.
    Credentials,
    /// A public key: hexadecimal, base64, PEM or JWK, after an optional prefix such as `whpk_`.
    PublicKey(&'static str),
    /// A function of the text, for senders that derive the key.
    Function(fn(&[u8]) -> Option<Zeroizing<Vec<u8>>>),
}

impl KeyDecoding {
    /// What is wrong with a text that does not decode.
    pub(super) const fn misspelled(self) -> &'static str {
        match self {
            Self::Base64After(_) => "is not base64 behind its prefix",
            Self::Hex => "is not hexadecimal",
            Self::Credentials => "is not `user:password`",
            _ => "is not written as it should be",
        }
    }

    /// The key's bytes; `None` for a text that is not written so.
    pub(super) fn decode(self, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Text => Some(Zeroizing::new(text.to_vec())),
            Self::Base64After(prefix) => {
                let text = text.strip_prefix(prefix.as_bytes()).unwrap_or(text);
                STANDARD.decode(text).ok().map(Zeroizing::new)
            }
            Self::Hex => const_hex::decode(text).ok().map(Zeroizing::new),
            Self::Credentials => credentials(text),
            Self::PublicKey(prefix) => {
                Some(Zeroizing::new(text.strip_prefix(prefix.as_bytes()).unwrap_or(text).to_vec()))
            }
            Self::Function(function) => function(text),
        }
    }

    /// How long the secret part of a key is, and which part that is.
    pub(super) fn measured(self, bytes: &[u8]) -> (&'static str, usize) {
        match self {
            Self::Credentials => ("has a password that ", password_length(bytes)),
            _ => ("", bytes.len()),
        }
    }
}

/// `user:password`, from that text or from an object; `None` where the user is empty or has a colon in it.
fn credentials(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let joined = if text.starts_with(b"{") {
        let members = key_parts::texts(text)?;
        let member = |name: &str| members.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
        let user = member("user").filter(|user| !user.contains(':'))?;
        Zeroizing::new([user, ":", member("password")?].concat().into_bytes())
    } else {
        Zeroizing::new(text.to_vec())
    };
    joined.iter().position(|byte| *byte == b':').filter(|end| *end > 0)?;
    Some(joined)
}

/// How many bytes stand behind the first colon.
fn password_length(credentials: &[u8]) -> usize {
    credentials.splitn(2, |byte| *byte == b':').nth(1).map_or(0, <[u8]>::len)
}
