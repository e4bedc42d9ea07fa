//! Handshakes: challenges by which a sender finds out whether you own the URL.

use bytes::Bytes;

use crate::labels::{scan, split_pointer};
use crate::{Delivery, Provider, Reason, Rejection};

/// The answer to a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Handshake {
    /// The status.
    pub status: u16,
    /// The content type, where there is a body.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: Bytes,
}

/// A challenge that is answered only after its proof held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedHandshake {
    /// Every one of these members has this text.
    pub(crate) when: &'static [(&'static str, &'static str)],
    /// This member is not there.
    pub(crate) unless: Option<&'static str>,
    pub(crate) answer: Answer,
}

/// What answers a challenge.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// The challenge itself, at this pointer, as plain text.
    Echo(&'static str),
    /// Nothing but what the user does: it is handed over as an event.
    #[cfg_attr(not(all(feature = "rsa", feature = "cloud")), expect(dead_code, reason = "that of SNS"))]
    ByUser,
    /// Always the same.
    #[cfg_attr(not(feature = "ed25519"), expect(dead_code, reason = "Discord's, which needs ed25519"))]
    Fixed { status: u16, content_type: Option<&'static str>, body: &'static str },
}

/// A challenge is a short message; nothing longer is looked at.
const MAX_BODY: usize = 4096;
/// The longest challenge text that is echoed.
const MAX_CHALLENGE: usize = 256;

impl Provider {
    /// Whether a proven delivery is this provider's question whether you want its events, which only you can answer: SNS
    /// wants a URL of its own called. It is handed over as an event.
    #[must_use]
    pub fn asks_user(&self, delivery: &Delivery) -> bool {
        matches!(self.challenge(delivery), Some(Answer::ByUser))
    }

    /// What answers a proven delivery, if it is a challenge.
    fn challenge(&self, delivery: &Delivery) -> Option<Answer> {
        if delivery.body().len() > MAX_BODY {
            return None;
        }
        let rule = self.handshakes.iter().find(|rule| {
            rule.when.iter().all(|(pointer, text)| member(delivery, pointer).text().as_deref() == Some(text))
                && rule.unless.is_none_or(|pointer| member(delivery, pointer) == scan::Found::Nothing)
        });
        rule.map(|rule| rule.answer)
    }

    /// The answer, if a proven delivery is this provider's challenge and not an event.
    ///
    /// # Errors
    /// [`Reason::HandshakeRefused`] for a challenge whose text is longer or stranger than any that the provider sends:
    /// an echo must not become a way to have us say, or sign, arbitrary text.
    pub fn handshake(&self, delivery: &Delivery) -> Result<Option<Handshake>, Rejection> {
        match self.challenge(delivery) {
            None | Some(Answer::ByUser) => Ok(None),
            Some(Answer::Fixed { status, content_type, body }) => {
                Ok(Some(Handshake { status, content_type, body: Bytes::from_static(body.as_bytes()) }))
            }
            Some(Answer::Echo(pointer)) => {
                let challenge = member(delivery, pointer).text().filter(|text| is_plain(text)).ok_or_else(|| {
                    Rejection::detail(Reason::HandshakeRefused, "the challenge is not a short plain token")
                })?;
                Ok(Some(Handshake {
                    status: 200,
                    content_type: Some("text/plain; charset=utf-8"),
                    body: challenge.into_bytes().into(),
                }))
            }
        }
    }
}

fn member<'d>(delivery: &'d Delivery, pointer: &str) -> scan::Found<'d> {
    let split = split_pointer(pointer);
    scan::find(delivery.payload(), &[&split]).first().copied().unwrap_or(scan::Found::Nothing)
}

fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte);
    !text.is_empty() && text.len() <= MAX_CHALLENGE && text.bytes().all(plain)
}
