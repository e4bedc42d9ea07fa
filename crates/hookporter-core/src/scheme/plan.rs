//! How a scheme's proof is computed: its parts sorted into before and after the body.

use crate::ConfigError;
use crate::algorithm::Algorithm;
use crate::scheme::{Part, Proof, Scheme, SignedFunction, template};

/// How the proof is computed.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    /// A MAC that is fed while the body arrives.
    Stream { algorithm: Algorithm, before: Vec<Part>, after: Vec<Part> },
    /// A message put together once the body is whole.
    Whole { algorithm: Algorithm, parts: Vec<Part> },
    /// Messages from a function; with no algorithm, the secret itself is the proof.
    Function { algorithm: Option<Algorithm>, function: SignedFunction },
    /// The secret itself.
    StaticToken,
    /// A JSON web token.
    #[cfg(feature = "jwt")]
    Token(crate::jwt::TokenScheme),
    /// An HTTP Message Signature.
    #[cfg(feature = "http-signatures")]
    Message(Box<crate::message_signature::MessageScheme>),
}

impl Plan {
    /// The plan of a scheme.
    pub(super) fn of(scheme: &Scheme) -> Result<Self, ConfigError> {
        // Each timestamp makes another message, so none can be fed to a MAC before all of them are known.
        let one_message = !scheme.signature.as_ref().is_some_and(|source| source.header.has_sets());
        Ok(match &scheme.proof {
            Proof::StaticToken => Self::StaticToken,
            #[cfg(feature = "jwt")]
            Proof::Token(token) => Self::Token(token.checked()?),
            #[cfg(feature = "http-signatures")]
            Proof::Message(message) => Self::Message(Box::new(message.checked()?)),
            Proof::Function(algorithm, function) => {
                Self::Function { algorithm: *algorithm, function: function.clone() }
            }
            Proof::Template(algorithm, text) => {
                let mut parts = template::parse(text)?;
                let bodies = parts.iter().filter(|part| **part == Part::Body).count();
                let whole =
                    |part: &Part| matches!(part, Part::Field(_) | Part::SortedForm | Part::Crc32 | Part::KeyPart(_));
                let reads_body = parts.iter().any(whole);
                match parts.iter().position(|part| *part == Part::Body) {
                    Some(at) if bodies == 1 && !reads_body && one_message && !algorithm.is_asymmetric() => {
                        let after = parts.drain(at..).skip(1).collect();
                        Self::Stream { algorithm: *algorithm, before: parts, after }
                    }
                    _ => Self::Whole { algorithm: *algorithm, parts },
                }
            }
        })
    }

    /// Whether the proof is a MAC over nothing but body, timestamp and fixed text.
    pub(crate) fn is_mac_of_content(&self) -> bool {
        let of_content = |part: &Part| matches!(part, Part::Literal(_) | Part::Timestamp | Part::Body);
        matches!(self, Self::Stream { .. }) && self.parts().all(of_content)
    }

    /// Whether the signature stands where no scheme's header is: in a token, or in the body.
    pub(super) const fn finds_its_signature(&self) -> bool {
        match self {
            #[cfg(feature = "jwt")]
            Self::Token(_) => true,
            #[cfg(feature = "http-signatures")]
            Self::Message(_) => true,
            _ => self.has_function_that_finds(),
        }
    }

    /// Whether a function finds the signatures.
    pub(super) const fn has_function_that_finds(&self) -> bool {
        matches!(self, Self::Function { function, .. } if function.finds_signatures)
    }

    /// The parts of the signed bytes, in order.
    fn parts(&self) -> impl Iterator<Item = &Part> {
        let (first, second): (&[Part], &[Part]) = match self {
            Self::Stream { before, after, .. } => (before, after),
            Self::Whole { parts, .. } => (parts, &[]),
            _ => (&[], &[]),
        };
        first.iter().chain(second)
    }

    /// Whether its keys are secrets that sender and receiver share, which nobody finds behind a URL.
    pub(super) fn has_shared_secret(&self) -> bool {
        match self {
            Self::StaticToken => true,
            Self::Stream { algorithm, .. } | Self::Whole { algorithm, .. } => !algorithm.is_asymmetric(),
            Self::Function { algorithm, .. } => algorithm.is_none_or(|algorithm| !algorithm.is_asymmetric()),
            #[cfg(any(feature = "jwt", feature = "http-signatures"))]
            _ => false,
        }
    }

    /// The names of what must belong to a key.
    pub(super) fn key_parts(&self) -> Vec<&str> {
        match self {
            #[cfg(feature = "jwt")]
            Self::Token(token) => token.key_parts().collect(),
            _ => self
                .parts()
                .filter_map(|part| match part {
                    Part::KeyPart(name) => Some(name.as_str()),
                    _ => None,
                })
                .collect(),
        }
    }

    /// Whether the proof covers the whole payload.
    pub(crate) fn covers_payload(&self) -> bool {
        match self {
            Self::Stream { .. } => true,
            Self::Whole { parts, .. } => parts.contains(&Part::Body),
            Self::Function { .. } | Self::StaticToken => false,
            #[cfg(feature = "jwt")]
            Self::Token(token) => token.covers_payload(),
            #[cfg(feature = "http-signatures")]
            Self::Message(message) => message.covers_body(),
        }
    }

    pub(super) fn has(&self, wanted: &Part) -> bool {
        self.parts().any(|part| part == wanted)
    }

    /// Whether `wanted` is a header among the signed bytes.
    pub(crate) fn signs_header(&self, wanted: &str) -> bool {
        match self {
            #[cfg(feature = "http-signatures")]
            Self::Message(message) => message.covers_header(wanted),
            Self::Function { function, .. } => function.headers.iter().any(|name| **name == *wanted),
            _ => self.parts().any(|part| matches!(part, Part::Header(name) if **name == *wanted)),
        }
    }

    /// Whether the URL stands beside another part, with nothing between them that no URL has.
    pub(crate) fn runs_url_together(&self) -> bool {
        // The body stands between what comes before it and after it.
        let body = [Part::Body];
        let parts: Vec<&Part> = match self {
            Self::Stream { before, after, .. } => before.iter().chain(&body).chain(after).collect(),
            Self::Whole { parts, .. } => parts.iter().collect(),
            _ => return false,
        };
        // A dot or a bar may be part of a query and of a body too; a blank or a line feed is part of no URL.
        let ends_url = |text: &[u8]| text.iter().any(|byte| !byte.is_ascii_graphic());
        parts.windows(2).any(|pair| match pair {
            [Part::Url, Part::Literal(text)] => !ends_url(text),
            [Part::Literal(_), Part::Url] => false,
            [one, other] => **one == Part::Url || **other == Part::Url,
            _ => false,
        })
    }

    pub(super) fn delimiter_after(&self, wanted: &Part) -> Option<u8> {
        let mut parts = self.parts();
        parts.find(|part| *part == wanted)?;
        match parts.next()? {
            Part::Literal(text) => text.first().copied(),
            _ => None,
        }
    }
}
