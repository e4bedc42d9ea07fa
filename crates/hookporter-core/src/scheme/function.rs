//! The escape hatch: signed bytes that a function puts together.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::{Coverage, Head, Rejection};

/// What a function that makes signed bytes is given: nothing in it is proven yet.
#[derive(Debug)]
#[non_exhaustive]
pub struct SignedInput<'a> {
    /// The head of the request.
    pub head: &'a Head<'a>,
    /// The whole body, as received.
    pub body: &'a [u8],
    /// The timestamp's text, where the scheme has one.
    pub timestamp: Option<&'a [u8]>,
    /// The delivery id's text, where the scheme has one.
    pub id: Option<&'a [u8]>,
}

/// The bytes that a signature is checked against: one message, or a few variants of which any may be the signed one.
#[derive(Debug, Clone, Default)]
pub struct SignedBytes {
    pub(crate) variants: SmallVec<[Vec<u8>; 2]>,
    pub(crate) coverage: Option<Coverage>,
}

impl SignedBytes {
    /// No variant yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a variant.
    #[must_use]
    pub fn or(mut self, message: Vec<u8>) -> Self {
        self.variants.push(message);
        self
    }

    /// States that the message, or a hash in it that the function compared, binds every byte of the body.
    /// Default: it does not, and the delivery says that only its origin is proven.
    #[must_use]
    pub fn covering_body(self) -> Self {
        Self { coverage: Some(Coverage::Body), ..self }
    }

    /// States that the message binds fields of the body, but not every byte of it. Default: as above.
    #[must_use]
    pub fn covering_fields(self) -> Self {
        Self { coverage: Some(Coverage::Fields), ..self }
    }
}

type Function = dyn Fn(&SignedInput<'_>) -> Result<SignedBytes, Rejection> + Send + Sync;

/// A function that makes signed bytes.
#[derive(Clone)]
pub(crate) struct SignedFunction(pub(crate) Arc<Function>);

impl fmt::Debug for SignedFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedFunction")
    }
}
