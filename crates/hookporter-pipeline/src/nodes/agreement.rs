//! What this node knows of what all agree on.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use std::sync::atomic::Ordering;

use tokio::time::Instant;

use crate::Endpoint;
use crate::inbox::InboxHandoff;
use crate::nodes::{EndpointReport, Member, NodeSeen, Revoked, RevokedKey};

/// A node that has not seen the store for so long is cut off from it.
const CUT_OFF: Duration = Duration::from_secs(5);

/// What all nodes agree on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Agreed {
    /// The names of the endpoints that are paused.
    pub paused: BTreeSet<String>,
    /// The keys that count no more.
    pub revoked: BTreeSet<RevokedKey>,
}

impl Agreed {
    /// Nothing, until something is added.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// What this node knows of what all agree on, and which endpoints of this process go by it. Every handle on the store has the same
/// one.
#[derive(Clone)]
pub struct Agreement {
    inner: Arc<Inner>,
}

struct Inner {
    node: String,
    known: Mutex<Known>,
    /// What was last read of the nodes, and when.
    seen: Mutex<Option<(Instant, Arc<[NodeSeen]>)>>,
}

#[derive(Default)]
struct Known {
    agreed: Agreed,
    members: Vec<Weak<Member>>,
    /// When the store was last seen.
    looked: Option<Instant>,
}

impl Agreement {
    /// Nothing is known yet. `node` is what this node is called.
    #[must_use]
    pub fn new(node: &str) -> Self {
        Self { inner: Arc::new(Inner { node: node.to_owned(), known: Mutex::default(), seen: Mutex::default() }) }
    }

    /// What this node is called.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.inner.node
    }

    /// Takes over what the store says by now: every endpoint of this process goes by it at once. For stores, one look after the
    /// other.
    pub fn apply(&self, agreed: Agreed) {
        let mut known = self.known();
        known.looked = Some(Instant::now());
        if known.agreed == agreed {
            return;
        }
        let before = std::mem::replace(&mut known.agreed, agreed);
        known.members.retain(|member| member.strong_count() > 0);
        let members: Vec<_> = known.members.iter().filter_map(Weak::upgrade).collect();
        members.iter().for_each(|member| known.agreed.set(member));
        told(&before, &known.agreed);
        drop(known);
        // The last handle on an endpoint may go here.
        drop(members);
    }

    /// What all nodes agree on, as far as this one knows.
    #[must_use]
    pub fn agreed(&self) -> Agreed {
        self.known().agreed.clone()
    }

    /// How this node's endpoints fare, as JSON, for the store to write down: 200 of them and 256 KiB at the most.
    #[must_use]
    pub fn report(&self) -> String {
        let members: Vec<_> = self.known().members.iter().filter_map(Weak::upgrade).collect();
        let reports = members.iter().filter_map(|member| member.health()).map(|health| EndpointReport::of(&health));
        EndpointReport::written(reports)
    }

    /// Whether the store has not been seen for some seconds: what this node knows may be out of date.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        self.known().looked.is_none_or(|looked| looked.elapsed() > CUT_OFF)
    }

    /// An endpoint goes by it from now on.
    pub(crate) fn join(&self, endpoint: &Endpoint, inbox: &InboxHandoff) -> Arc<Member> {
        let member = Arc::new(Member::new(endpoint, inbox));
        let mut known = self.known();
        known.members.retain(|member| member.strong_count() > 0);
        known.members.push(Arc::downgrade(&member));
        known.agreed.set(&member);
        member
    }

    /// The keys of an endpoint that are revoked.
    pub(crate) fn revoked_of(&self, endpoint: &str) -> Vec<RevokedKey> {
        self.known().agreed.of(endpoint).cloned().collect()
    }

    pub(crate) fn saw(&self, nodes: Vec<NodeSeen>) {
        *self.seen() = Some((Instant::now(), nodes.into()));
    }

    /// What was last read of the nodes, and how long ago.
    pub(crate) fn last_seen(&self) -> Option<(Duration, Arc<[NodeSeen]>)> {
        self.seen().as_ref().map(|(at, nodes)| (at.elapsed(), nodes.clone()))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Nothing under these locks can leave it half done.
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Option<(Instant, Arc<[NodeSeen]>)>> {
        self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Agreed {
    fn of(&self, endpoint: &str) -> impl Iterator<Item = &RevokedKey> {
        self.revoked.iter().filter(move |key| *key.endpoint == *endpoint)
    }

    fn set(&self, member: &Member) {
        let Some(state) = member.state.upgrade() else { return };
        state.switches.paused_everywhere.store(self.paused.contains(&*member.name), Ordering::Relaxed);
        state.switches.revoke(Revoked::new(self.of(&member.name)));
    }
}

/// Says what has changed: names and ids, no more.
fn told(before: &Agreed, now: &Agreed) {
    for endpoint in now.paused.difference(&before.paused) {
        tracing::warn!(target: "hookporter", endpoint, "paused on every node");
    }
    for endpoint in before.paused.difference(&now.paused) {
        tracing::info!(target: "hookporter", endpoint, "resumed on every node");
    }
    for RevokedKey { endpoint, key, .. } in now.revoked.difference(&before.revoked) {
        tracing::warn!(target: "hookporter", endpoint, key = key.as_str(), "a key is revoked on every node");
    }
    for RevokedKey { endpoint, key, .. } in before.revoked.difference(&now.revoked) {
        tracing::warn!(target: "hookporter", endpoint, key = key.as_str(), "a revoked key counts again on every node");
    }
}

impl fmt::Debug for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agreement").field("node", &self.inner.node).finish_non_exhaustive()
    }
}
