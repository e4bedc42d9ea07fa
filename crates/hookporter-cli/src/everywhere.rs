//! What is said for every node that shares an inbox: endpoints that take no requests, keys that count no more.

use std::sync::Arc;

use hookporter::nodes::{Agreed, Fleet, Order, RevokedKey, Said, SharedSide};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::store::Store;
use crate::{moment, output};

/// How many names of endpoints a warning has.
const MOST_NAMES: usize = 20;

/// The nodes of an inbox, to tell them something.
pub(crate) struct Nodes<'a> {
    store: &'a Store,
    pub(crate) side: Arc<dyn SharedSide>,
}

impl<'a> Nodes<'a> {
    /// Those of an inbox that several can share.
    pub(crate) fn of(store: &'a Store) -> Result<Self, Failure> {
        let side = store.shared().ok_or_else(|| {
            Failure::usage(
                "--inbox: one in a file is one server's, whose endpoints are paused and whose keys are revoked in that server itself: \
                 by its console, or by your code; from here only nodes that share a PostgreSQL inbox are told",
            )
        })?;
        Ok(Self { store, side })
    }

    /// All that was said and holds.
    pub(crate) fn said(&self) -> Result<Vec<Said>, Failure> {
        self.store.wait(self.side.said())
    }

    /// Who said this, and when, if it holds.
    pub(crate) fn standing(&self, order: &Order) -> Result<Option<Said>, Failure> {
        Ok(self.said()?.into_iter().find(|said| said.order == *order))
    }

    /// How many nodes are there that have told of this endpoint. A name that none of them knows may be a slip, or an endpoint to
    /// which nothing came yet: whoever wrote it is told.
    pub(crate) fn having(&self, endpoint: &str) -> Result<u64, Failure> {
        let fleet = Fleet::of(&self.store.wait(self.side.nodes())?, &Agreed::new());
        let there = fleet.endpoints.iter().filter(|known| known.nodes > 0);
        let (having, others): (Vec<_>, Vec<_>) = there.partition(|known| known.endpoint == endpoint);
        let nodes = having.first().map_or(0, |known| known.nodes);
        if nodes == 0 && fleet.nodes.iter().any(|node| node.is_up) {
            let names = others.iter().take(MOST_NAMES).map(|known| format!("`{}`", output::escaped(&known.endpoint)));
            let names: Vec<_> = names.collect();
            let told = if names.is_empty() { "of none yet".to_owned() } else { format!("of {}", names.join(", ")) };
            output::complain(format_args!(
                "warning: no node has told of an endpoint `{}` yet; they told {told}",
                output::escaped(endpoint)
            ));
        }
        Ok(nodes)
    }
}

/// When those nodes go by what was said.
pub(crate) fn taken_up(nodes: u64) -> String {
    match nodes {
        0 => "no node that has it is there now; every later one goes by it".to_owned(),
        1 => "the node that has it goes by it within a second".to_owned(),
        nodes => format!("the {nodes} nodes that have it go by it within a second"),
    }
}

/// Since when, and by whom.
pub(crate) fn since(said: &Said) -> String {
    let by = said.by.as_deref().map(|by| format!(", said by {}", output::escaped(by))).unwrap_or_default();
    format!("since {}{by}", moment::shown(said.since))
}

/// A key, for people.
pub(crate) fn key(key: &RevokedKey) -> String {
    let tenant = key.tenant.as_deref().map(|tenant| format!(" of tenant `{}`", output::escaped(tenant)));
    format!("`{}`{}", output::escaped(key.key.as_str()), tenant.unwrap_or_default())
}

/// What was said, for programs; the time in Unix seconds.
pub(crate) fn facts(said: &Said) -> Value {
    let (since, by) = (said.since.as_secs(), &said.by);
    match &said.order {
        Order::Pause(endpoint) => json!({ "endpoint": endpoint, "since": since, "by": by }),
        Order::Revoke(RevokedKey { endpoint, tenant, key, .. }) => {
            json!({ "endpoint": endpoint, "tenant": tenant, "key": key.as_str(), "since": since, "by": by })
        }
    }
}
