//! The escape hatch: signed bytes that a function puts together, and proofs that it finds in a body.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::algorithm::Algorithm;
use crate::papers::Candidates;
use crate::{Coverage, Encoding, Head, Reason, Rejection};

/// The most messages that one request may hold: a thousand MACs take about a millisecond, and no sender's batch comes near.
pub(crate) const MAX_MESSAGES: usize = 1024;

/// The most signatures that a body may offer for one message: of each of an account's keys one.
const MAX_OFFERED: usize = 64;

/// What a function that makes signed bytes is given: nothing in it is proven yet.
#[non_exhaustive]
pub struct SignedInput<'a> {
    /// The head of the request.
    pub head: &'a Head<'a>,
    /// The whole body, as received.
    pub body: &'a [u8],
    /// The timestamp's text, where a header has one.
    pub timestamp: Option<&'a [u8]>,
    /// The delivery id's text, where the scheme has one.
    pub id: Option<&'a [u8]>,
}

/// The bytes that signatures are checked against: one message, or several that must all hold.
#[derive(Debug, Clone, Default)]
pub struct SignedBytes {
    pub(crate) messages: SmallVec<[SignedMessage; 1]>,
    pub(crate) coverage: Option<Coverage>,
    pub(crate) timestamp: Option<Vec<u8>>,
    pub(crate) payload: Option<Payload>,
}

/// One message: its signed bytes, or a few variants of which any may be the signed one, and where the function found
/// them the signatures that are offered for it.
#[derive(Clone, Default)]
pub struct SignedMessage {
    pub(crate) variants: SmallVec<[Vec<u8>; 2]>,
    /// Empty: the signatures of the header count.
    pub(crate) signatures: Candidates,
    /// `None`: the scheme's.
    pub(crate) algorithm: Option<Algorithm>,
    /// What it says of itself that a key may be bound to: the name of the key's part, and the value.
    pub(crate) bound: Option<(&'static str, String)>,
}

/// What was taken out of a body, and how it is read once it is proven.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    pub(crate) taken: Vec<u8>,
    pub(crate) decode: fn(Vec<u8>) -> Option<Vec<u8>>,
}

impl SignedBytes {
    /// No message yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a variant of the last message, which is the only one unless [`SignedBytes::and`] added another.
    #[must_use]
    pub fn or(mut self, variant: Vec<u8>) -> Self {
        match self.messages.last_mut() {
            Some(message) => message.variants.push(variant),
            None => self.messages.push(SignedMessage::new(variant)),
        }
        self
    }

    /// Adds a message that must hold like all others: one item of a batch. Each of them must fit a live key.
    #[must_use]
    pub fn and(mut self, message: SignedMessage) -> Self {
        self.messages.push(message);
        self
    }

    /// States that the messages, or a hash in them that the function compared, bind every byte of the body.
    /// Default: they do not, and the delivery says that only its origin is proven.
    #[must_use]
    pub fn covering_body(self) -> Self {
        Self { coverage: Some(Coverage::Body), ..self }
    }

    /// States that the messages bind fields of the body, but not every byte of it. Default: as above.
    #[must_use]
    pub fn covering_fields(self) -> Self {
        Self { coverage: Some(Coverage::Fields), ..self }
    }

    /// States that the messages bind every byte of the payload that the function took out of the body
    /// ([`SignedBytes::payload`]), and nothing around it. Default: as above.
    #[must_use]
    pub fn covering_payload(self) -> Self {
        Self { coverage: Some(Coverage::Payload), ..self }
    }

    /// What the body says, taken out of it: a delivery's [`payload`](crate::Delivery::payload). `decode` reads it once
    /// the proof holds, and a payload that it cannot read is refused. Default: the body itself.
    #[must_use]
    pub fn payload(self, taken: Vec<u8>, decode: fn(Vec<u8>) -> Option<Vec<u8>>) -> Self {
        Self { payload: Some(Payload { taken, decode }), ..self }
    }

    /// The text of the timestamp that was found in the body, and that the messages bind. It is judged once the proof
    /// holds, in the unit of [`Scheme::body_timestamp`](crate::Scheme::body_timestamp).
    #[must_use]
    pub fn sent(self, text: Vec<u8>) -> Self {
        Self { timestamp: Some(text), ..self }
    }
}

impl SignedMessage {
    /// A message whose signed bytes are `variant`.
    #[must_use]
    pub fn new(variant: Vec<u8>) -> Self {
        Self { variants: SmallVec::from_iter([variant]), ..Self::default() }
    }

    /// A message of a scheme whose proof is the secret itself: `offered` is what the request says it is.
    ///
    /// # Errors
    /// [`Reason::MalformedBody`] where it is empty or longer than any secret.
    pub fn token(offered: &[u8]) -> Result<Self, Rejection> {
        Self::new(Vec::new()).signatures([offered], Encoding::Plain)
    }

    /// Adds other bytes that may be the signed ones.
    #[must_use]
    pub fn or(mut self, variant: Vec<u8>) -> Self {
        self.variants.push(variant);
        self
    }

    /// The algorithm that this message says it is signed with, one of those that the function pins for the same public
    /// key. It fits no shared secret. Default: the scheme's.
    #[must_use]
    pub fn with_algorithm(self, algorithm: Algorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// What the message says of its origin, and the part of a key that may name it ([`KeyRule::compound`](crate::KeyRule::compound)):
    /// a key with such a part, one value or several with commas between, fits only where `value` is one of them; a key
    /// without it fits whatever the value. Default: keys are bound to nothing.
    #[must_use]
    pub fn bound_to(self, part: &'static str, value: String) -> Self {
        Self { bound: Some((part, value)), ..self }
    }

    /// The signatures that are offered for this message; one that is not written in `encoding` does not spoil the
    /// others.
    ///
    /// # Errors
    /// [`Reason::MalformedBody`] where none is well-formed, or where there are more than any rotation needs.
    pub fn signatures<'t>(
        mut self,
        texts: impl IntoIterator<Item = &'t [u8]>,
        encoding: Encoding,
    ) -> Result<Self, Rejection> {
        for (at, text) in texts.into_iter().enumerate() {
            if at >= MAX_OFFERED {
                let what = "the body offers more signatures than any rotation needs";
                return Err(Rejection::detail(Reason::MalformedBody, what));
            }
            encoding.decode_onto(text, &mut self.signatures);
        }
        if self.signatures.is_empty() {
            return Err(Rejection::detail(Reason::MalformedBody, "the signature in the body is not in its encoding"));
        }
        Ok(self)
    }
}

impl fmt::Debug for SignedMessage {
    // What is offered may be the secret itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedMessage").finish_non_exhaustive()
    }
}

impl fmt::Debug for SignedInput<'_> {
    // The body may hold a secret that is the proof.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedInput")
            .field("head", &self.head)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

type Find = dyn Fn(&SignedInput<'_>) -> Result<SignedBytes, Rejection> + Send + Sync;

/// A function that makes signed bytes, and what is known of it.
#[derive(Clone)]
pub(crate) struct SignedFunction {
    pub(crate) find: Arc<Find>,
    /// Whether it finds the signatures too, so that no header carries any.
    pub(crate) finds_signatures: bool,
    /// The headers that its bytes cover.
    pub(crate) headers: Vec<Arc<str>>,
    /// How a proof is put into a body.
    #[cfg(feature = "sign")]
    pub(crate) write: Option<Arc<super::draft::Write>>,
}

impl SignedFunction {
    pub(crate) fn new(
        find: impl Fn(&SignedInput<'_>) -> Result<SignedBytes, Rejection> + Send + Sync + 'static,
        finds_signatures: bool,
    ) -> Self {
        Self {
            find: Arc::new(find),
            finds_signatures,
            headers: Vec::new(),
            #[cfg(feature = "sign")]
            write: None,
        }
    }
}

impl fmt::Debug for SignedFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedFunction")
    }
}
