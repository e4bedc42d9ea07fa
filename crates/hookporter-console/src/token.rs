//! The token that every change must bring: who can read a page of the console knows it, and nobody else.

use std::fmt::Write;
use std::sync::Arc;

use subtle::ConstantTimeEq;

/// As long as the process lives, and another one in each.
#[derive(Clone)]
pub(crate) struct Token(Arc<str>);

impl Token {
    /// A new one; `None` if the system has no randomness to give.
    pub(crate) fn new() -> Option<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).ok()?;
        let mut text = String::with_capacity(64);
        for byte in bytes {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Some(Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is(&self, brought: &str) -> bool {
        self.0.as_bytes().ct_eq(brought.as_bytes()).into()
    }
}

/// It is a secret.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}
