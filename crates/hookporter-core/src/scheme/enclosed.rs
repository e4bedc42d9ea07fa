//! Messages whose signature is a part of the body, beside what it signs.

use crate::algorithm::Algorithm;
use crate::key_name::KeyName;
use crate::scheme::encoding::SignatureBytes;
use crate::{Coverage, Head, Rejection};

/// How such a message is taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Enclosed {
    /// What keys are read for; a message may be signed with another one that `message` knows.
    pub(crate) algorithm: Algorithm,
    /// What a body can be refused for before it is there.
    pub(crate) judge_head: fn(&Head<'_>) -> Result<(), Rejection>,
    /// The signed bytes of a body.
    pub(crate) message: fn(&[u8]) -> Result<Message, Rejection>,
    /// The signature that the body states, and the name of its key.
    pub(crate) proof: fn(&[u8]) -> Result<Stated, Rejection>,
    /// The body, with a signature added to it.
    #[cfg(feature = "sign")]
    pub(crate) enclose: fn(&[u8], &[u8]) -> Vec<u8>,
}

/// What a body states of its proof.
#[derive(Debug)]
pub(crate) struct Stated {
    pub(crate) signature: SignatureBytes,
    pub(crate) key: KeyName,
}

/// The signed bytes of a body.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) algorithm: Algorithm,
    pub(crate) bytes: Vec<u8>,
    pub(crate) coverage: Coverage,
    /// What the message says of itself that a key may be bound to: the name of the key's part, and the value.
    pub(crate) bound: (&'static str, String),
}
