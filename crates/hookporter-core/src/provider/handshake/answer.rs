//! What answers a challenge.

use bytes::Bytes;

use super::source::Read;
use super::{Alphabet, Guard, Handshake, Source};
use crate::keyring::PreparedKey;
use crate::provider::AnswerHeaders;
use crate::{Encoding, Head, Reason, Rejection};

/// What answers a challenge.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// These pieces run together, as plain text.
    Text(&'static [Piece]),
    /// A JSON object with these members, each of them text.
    Json(&'static [(&'static str, &'static [Piece])]),
    /// These headers and no body. A piece that the sender did not ask for leaves its header out.
    Headers(&'static [(&'static str, Piece)]),
    /// Always the same.
    Fixed { status: u16, content_type: Option<&'static str>, body: &'static str },
}

/// A piece of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece {
    /// Always the same.
    Text(&'static str),
    /// The challenge's text.
    Challenge,
    /// The MAC of the challenge's text under the endpoint's key.
    Mac(Encoding),
    /// What of the endpoint's key is no secret, such as the public key beside Braintree's private one.
    PublicPart,
    /// The number in a header of the challenge's, where there is one.
    Number(&'static str),
}

/// The challenge itself.
pub(crate) const ECHO: &[Piece] = &[Piece::Challenge];

/// Alphabets are ASCII, so that a charset says nothing; Microsoft Graph compares the type.
const PLAIN: &str = "text/plain";

impl Answer {
    /// 200 and nothing more.
    pub(crate) const OK: Self = Self::Fixed { status: 200, content_type: None, body: "" };

    /// Whether the endpoint's key takes part in it.
    pub(super) fn needs_key(self) -> bool {
        self.has(|piece| matches!(piece, Piece::Mac(_) | Piece::PublicPart))
    }

    /// Whether the endpoint's key signs the challenge in it.
    pub(super) fn signs(self) -> bool {
        self.has(|piece| matches!(piece, Piece::Mac(_)))
    }

    fn has(self, wanted: fn(&Piece) -> bool) -> bool {
        match self {
            Self::Text(pieces) => pieces.iter().any(wanted),
            Self::Json(members) => members.iter().any(|(_, pieces)| pieces.iter().any(wanted)),
            Self::Headers(headers) => headers.iter().any(|(_, piece)| wanted(piece)),
            Self::Fixed { .. } => false,
        }
    }

    /// The answer to a challenge whose text passed its guard.
    pub(super) fn write(self, text: &str, head: &Head<'_>, key: Option<&PreparedKey>) -> Result<Handshake, Rejection> {
        let writer = Writer { text, head, key };
        let headers = match self {
            Self::Headers(headers) => writer.headers(headers)?,
            _ => AnswerHeaders::default(),
        };
        let (status, content_type, body) = match self {
            Self::Text(pieces) => (200, Some(PLAIN), Bytes::from(writer.run_together(pieces)?)),
            Self::Json(members) => (200, Some("application/json"), Bytes::from(writer.json(members)?)),
            Self::Headers(_) => (200, None, Bytes::new()),
            Self::Fixed { status, content_type, body } => (status, content_type, Bytes::from_static(body.as_bytes())),
        };
        Ok(Handshake { status, content_type, headers, body })
    }
}

struct Writer<'a> {
    text: &'a str,
    head: &'a Head<'a>,
    key: Option<&'a PreparedKey>,
}

impl Writer<'_> {
    /// A piece; `None` for one that the sender did not ask for.
    fn piece(&self, piece: Piece) -> Result<Option<String>, Rejection> {
        let key = || self.key.ok_or_else(|| Rejection::new(Reason::NoLiveKey));
        Ok(Some(match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Challenge => self.text.to_owned(),
            Piece::Mac(encoding) => {
                let tag = key()?.material.tag(&[self.text.as_bytes()]).ok_or(Reason::NoLiveKey)?;
                encoding.encode(tag.as_bytes())
            }
            Piece::PublicPart => key()?.public_part.clone().ok_or(Reason::NoLiveKey)?,
            Piece::Number(header) => match Source::Header(header).read(self.head, &[]) {
                Read::Absent => return Ok(None),
                Read::Text(number) if NUMBER.allows(number.as_bytes()) => number.to_string(),
                _ => return Err(Rejection::detail(Reason::HandshakeRefused, "a header that is a number is none")),
            },
        }))
    }

    fn run_together(&self, pieces: &[Piece]) -> Result<String, Rejection> {
        let mut text = String::new();
        for piece in pieces {
            text.push_str(&self.piece(*piece)?.unwrap_or_default());
        }
        Ok(text)
    }

    /// Members in the order of the rule, which is the one that the sender documents.
    fn json(&self, members: &[(&str, &[Piece])]) -> Result<String, Rejection> {
        let mut written = Vec::with_capacity(members.len());
        for (name, pieces) in members {
            let text = serde_json::Value::from(self.run_together(pieces)?);
            written.push(format!("\"{name}\":{text}"));
        }
        Ok(format!("{{{}}}", written.join(",")))
    }

    fn headers(&self, headers: &[(&'static str, Piece)]) -> Result<AnswerHeaders, Rejection> {
        let mut all = AnswerHeaders::default();
        for (name, piece) in headers {
            if let Some(value) = self.piece(*piece)? {
                all.push(name, value);
            }
        }
        Ok(all)
    }
}

const NUMBER: Guard = Guard { least: 1, most: 10, alphabet: Alphabet::Digits };
