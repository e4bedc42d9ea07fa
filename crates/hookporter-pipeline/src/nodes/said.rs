//! What was said for every node, by whom, and since when.

use hookporter_core::UnixTime;

use crate::nodes::RevokedKey;

/// Something that was said for every node, and holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Said {
    /// What was said.
    pub order: Order,
    /// Since when it holds.
    pub since: UnixTime,
    /// What the node or the program is called that said it.
    pub by: Option<String>,
}

/// What can be said for every node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "whoever shows them shows all or does not compile")]
pub enum Order {
    /// The endpoint of this name takes no requests.
    Pause(String),
    /// This key counts no more.
    Revoke(RevokedKey),
}

impl Order {
    /// The name of the endpoint that it is about.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        match self {
            Self::Pause(endpoint) => endpoint,
            Self::Revoke(key) => &key.endpoint,
        }
    }
}
