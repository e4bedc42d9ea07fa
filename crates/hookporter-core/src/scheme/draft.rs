//! A draft of a body that a proof is put into: the counterpart of a function that finds one.

use std::cell::RefCell;
use std::fmt;

use crate::algorithm::Algorithm;
use crate::{ConfigError, Encoding, Head};

/// What a function that puts a proof into a body is given.
#[non_exhaustive]
pub struct ProofDraft<'a> {
    /// The head of the request.
    pub head: &'a Head<'a>,
    /// The body, without a proof or with one to be replaced.
    pub body: &'a [u8],
    /// The text of the timestamp, where the scheme finds one in the body.
    pub timestamp: Option<&'a str>,
    /// The secret, as the sender's dashboard shows it.
    pub secret: &'a [u8],
    sign: &'a Sign<'a>,
    written: &'a RefCell<Vec<String>>,
}

/// Signs a message with the secret of a draft, and the scheme's algorithm or another one.
pub(crate) type Sign<'a> = dyn Fn(Option<Algorithm>, &[u8]) -> Result<Vec<u8>, ConfigError> + 'a;

/// A function that puts a proof into a body.
pub(crate) type Write = dyn Fn(&ProofDraft<'_>) -> Result<Vec<u8>, ConfigError> + Send + Sync;

impl<'a> ProofDraft<'a> {
    pub(crate) fn new(
        head: &'a Head<'a>,
        body: &'a [u8],
        timestamp: Option<&'a str>,
        secret: &'a [u8],
        sign: &'a Sign<'a>,
        written: &'a RefCell<Vec<String>>,
    ) -> Self {
        Self { head, body, timestamp, secret, sign, written }
    }

    /// The signature of `message` in `encoding`; for a scheme whose proof is the secret itself, the secret.
    ///
    /// # Errors
    /// [`ConfigError`] for a secret that cannot sign.
    pub fn sign(&self, message: &[u8], encoding: Encoding) -> Result<String, ConfigError> {
        self.written(None, message, encoding)
    }

    /// The signature of `message` with an algorithm that the message names ([`SignedMessage::with_algorithm`]).
    ///
    /// # Errors
    /// As [`ProofDraft::sign`].
    ///
    /// [`SignedMessage::with_algorithm`]: crate::SignedMessage::with_algorithm
    pub fn sign_with(&self, algorithm: Algorithm, message: &[u8], encoding: Encoding) -> Result<String, ConfigError> {
        self.written(Some(algorithm), message, encoding)
    }

    fn written(&self, named: Option<Algorithm>, message: &[u8], encoding: Encoding) -> Result<String, ConfigError> {
        let text = encoding.encode(&(self.sign)(named, message)?);
        self.written.borrow_mut().push(text.clone());
        Ok(text)
    }

    /// The error for a body that no proof fits into.
    #[must_use]
    pub fn unfit(what: &'static str) -> ConfigError {
        ConfigError::scheme(what)
    }
}

impl fmt::Debug for ProofDraft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofDraft").field("head", &self.head).finish_non_exhaustive()
    }
}
