//! What a compiled scheme says of keys that a request names, and judges in the head alone.

use crate::scheme::Compiled;
#[cfg(any(feature = "jwt", feature = "http-signatures"))]
use crate::scheme::Plan;
use crate::{Head, KeyName, KeyNaming, Reason, Rejection};

impl Compiled {
    /// When a request's key is known by name.
    pub(crate) fn key_naming(&self) -> KeyNaming {
        if let Some(named) = &self.key_url {
            return if named.is_in_body() { KeyNaming::Body } else { KeyNaming::Head };
        }
        match &self.plan {
            #[cfg(feature = "jwt")]
            Plan::Token(token) => token.key_naming(),
            _ => KeyNaming::Never,
        }
    }

    /// The name of the key, where the head has it.
    pub(crate) fn key_name_in_head(&self, head: &Head<'_>) -> Result<Option<KeyName>, Rejection> {
        if let Some(named) = &self.key_url {
            return named.name_in_head(head);
        }
        match &self.plan {
            #[cfg(feature = "jwt")]
            Plan::Token(token) if token.key_naming() == KeyNaming::Head => token.key_name(head, &[]).map(Some),
            _ => Ok(None),
        }
    }

    /// The name of the key, where the body has it.
    pub(crate) fn key_name_in_body(&self, head: &Head<'_>, body: &[u8]) -> Result<KeyName, Rejection> {
        let _ = head;
        if let Some(name) = self.key_url_in_body(body)? {
            return Ok(name);
        }
        match &self.plan {
            #[cfg(feature = "jwt")]
            Plan::Token(token) if token.key_naming() == KeyNaming::Body => token.key_name(head, body),
            _ => Err(Rejection::detail(Reason::MalformedBody, "the body names no key")),
        }
    }

    /// The key's URL, where the body has it.
    pub(crate) fn key_url_in_body(&self, body: &[u8]) -> Result<Option<KeyName>, Rejection> {
        self.key_url.as_ref().map_or(Ok(None), |named| named.name_in_body(body))
    }

    /// Judges what of a proof is in the head beside the papers: a token, and the URL of a key.
    pub(crate) fn judge_proof_in_head(&self, head: &Head<'_>) -> Result<(), Rejection> {
        if self.key_url.is_some() {
            self.key_name_in_head(head)?;
        }
        match &self.plan {
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
