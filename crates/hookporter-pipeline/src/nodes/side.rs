//! The side of a store through which nodes agree.

use serde::Serialize;

use crate::handoff::BoxFuture;
use crate::inbox::InboxError;
use crate::nodes::{Agreement, NodeSeen, RevokedKey, Said};

/// How far something reaches that was said of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reach {
    /// This process alone, and only while it runs: its endpoint has no inbox that nodes share.
    ThisProcess,
    /// Every node that has the inbox, now or later.
    EveryNode,
}

impl Reach {
    /// The reach as a word: kebab-case, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThisProcess => "this-process",
            Self::EveryNode => "every-node",
        }
    }
}

/// Keeps what all nodes of a store agree on, and what each says of itself.
///
/// A store that has it looks again and again at what was said, at least once a second, and gives it to its [`Agreement`]; the first
/// time before it is open, so that no request is taken that must not be. While it cannot be reached nothing changes. Every few
/// seconds it writes down what [`Agreement::report`] says.
///
/// No method has a default body: that a revoked key is dead everywhere rests on each of them.
pub trait SharedSide: Send + Sync + 'static {
    /// What this node knows: one [`Agreement`] for all handles on the store, made together with it.
    fn agreement(&self) -> &Agreement;

    /// Has every node pause the endpoint of this name, durably; this node knows it when the future ends.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails: whether it is said is open then.
    fn pause(&self, endpoint: &str) -> BoxFuture<'static, Result<(), InboxError>>;

    /// Takes that back.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails: whether it is said is open then.
    fn resume(&self, endpoint: &str) -> BoxFuture<'static, Result<(), InboxError>>;

    /// Has a key count no more on any node, durably; this node knows it when the future ends.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails: whether it is said is open then; or if more keys are revoked than it takes.
    fn revoke(&self, key: &RevokedKey) -> BoxFuture<'static, Result<(), InboxError>>;

    /// Takes that back.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails: whether it is said is open then.
    fn restore(&self, key: &RevokedKey) -> BoxFuture<'static, Result<(), InboxError>>;

    /// What was said for every node and holds, in order: pauses first.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails.
    fn said(&self) -> BoxFuture<'static, Result<Vec<Said>, InboxError>>;

    /// What the nodes have said of themselves, those included that have fallen silent lately.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails.
    fn nodes(&self) -> BoxFuture<'static, Result<Vec<NodeSeen>, InboxError>>;
}
