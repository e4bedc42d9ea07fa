//! What a compiled scheme says of keys that a request names, and judges in the head alone.

use crate::papers;
use crate::scheme::Compiled;
#[cfg(any(feature = "jwt", feature = "http-signatures", all(feature = "rsa", feature = "cloud")))]
use crate::scheme::Plan;
use crate::{Head, KeyName, KeyNaming, Reason, Rejection};

impl Compiled {
    /// When a request's key is known by name.
    pub(crate) fn key_naming(&self) -> KeyNaming {
        match &self.plan {
            _ if self.key_url.is_some() => KeyNaming::Head,
            #[cfg(all(feature = "rsa", feature = "cloud"))]
            Plan::Enclosed(_) => KeyNaming::Body,
            #[cfg(feature = "jwt")]
            Plan::Token(token) => token.key_naming(),
            _ => KeyNaming::Never,
        }
    }

    /// The name of the key, where the head has it.
    pub(crate) fn key_name_in_head(&self, head: &Head<'_>) -> Result<Option<KeyName>, Rejection> {
        if let Some(named) = &self.key_url {
            let name = &named.header.name;
            let text = std::str::from_utf8(papers::once(head.headers(), name)?);
            return named.url.name(text.unwrap_or_default()).map(Some);
        }
        match &self.plan {
            #[cfg(feature = "jwt")]
            Plan::Token(token) if token.key_naming() == KeyNaming::Head => token.key_name(head, &[]).map(Some),
            _ => Ok(None),
        }
    }

    /// The name of the key, where the body has it.
    pub(crate) fn key_name_in_body(&self, head: &Head<'_>, body: &[u8]) -> Result<KeyName, Rejection> {
        let _ = (head, body);
        match &self.plan {
            #[cfg(all(feature = "rsa", feature = "cloud"))]
            Plan::Enclosed(enclosed) => (enclosed.proof)(body).map(|stated| stated.key),
            #[cfg(feature = "jwt")]
            Plan::Token(token) if token.key_naming() == KeyNaming::Body => token.key_name(head, body),
            _ => Err(Rejection::detail(Reason::MalformedBody, "the body names no key")),
        }
    }

    /// Judges what of a proof is in the head beside the papers: a token, and the URL of a key.
    pub(crate) fn judge_proof_in_head(&self, head: &Head<'_>) -> Result<(), Rejection> {
        if self.key_url.is_some() {
            self.key_name_in_head(head)?;
        }
        match &self.plan {
            #[cfg(all(feature = "rsa", feature = "cloud"))]
            Plan::Enclosed(enclosed) => (enclosed.judge_head)(head),
            #[cfg(feature = "jwt")]
            Plan::Token(token) => token.begin(head),
            _ => Ok(()),
        }
    }

    /// The header that carries a token.
    pub(crate) fn token_header(&self) -> Option<&str> {
        match &self.plan {
            #[cfg(feature = "jwt")]
            Plan::Token(token) => token.header_name(),
            _ => None,
        }
    }

    /// Whether there is a timestamp that a tolerance judges.
    pub(crate) fn has_timestamp(&self) -> bool {
        match &self.plan {
            #[cfg(feature = "jwt")]
            Plan::Token(token) => token.judges_age(),
            #[cfg(feature = "http-signatures")]
            Plan::Message(_) => true,
            _ => self.timestamp.is_some(),
        }
    }
}
