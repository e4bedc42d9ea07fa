//! All nodes together, as one of them shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::UnixTime;
use serde::Serialize;
use tokio::time::timeout;

use crate::Endpoint;
use crate::health::{EndpointState, Light};
use crate::nodes::{Agreed, EndpointReport, SharedSide};
use crate::shown::shown;

/// A node that has missed so many reports, and a moment more, is gone.
const MISSED: u32 = 3;
const MOMENT: Duration = Duration::from_secs(3);
/// How long whoever asks for a fleet waits for a store.
const PATIENCE: Duration = Duration::from_secs(1);
/// A look that is no older serves again: pages that are loaded again and again ask the store once.
const FRESH: Duration = Duration::from_millis(500);

/// What a node has said of itself, as its store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct NodeSeen {
    /// What it is called.
    pub name: String,
    /// Whether it is this process.
    pub is_here: bool,
    /// When it began.
    pub started_at: UnixTime,
    /// When it last said something.
    pub last_seen: UnixTime,
    /// How long ago that was, by the clock of the store.
    pub silent_for: Duration,
    /// How often it says something.
    pub every: Duration,
    /// What it said: its [report](crate::nodes::Agreement::report).
    pub report: String,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// Whether it is the one that tells.
    pub is_here: bool,
    /// Whether it is there: it has said something lately.
    pub is_up: bool,
    /// When it began.
    #[serde(serialize_with = "shown")]
    pub started_at: UnixTime,
    /// When it last said something.
    #[serde(serialize_with = "shown")]
    pub last_seen: UnixTime,
    /// How long ago that was, in seconds.
    pub silent_for: u64,
    /// The worst of its endpoints; of one that is gone, amber at the least.
    pub light: Light,
    /// Its endpoints, as it last told.
    pub endpoints: Vec<EndpointReport>,
}

/// An endpoint on all nodes together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FleetEndpoint {
    /// Its name.
    pub endpoint: String,
    /// On how many nodes it is that are there.
    pub nodes: u64,
    /// The worst of it on those.
    pub light: Light,
    /// What it does there, the worst first: too many errors, then stopped, then active.
    pub state: EndpointState,
    /// Whether it is paused on every node.
    pub is_paused: bool,
    /// Requests since each of the nodes started, all together; of nodes that are gone, as they last told.
    pub calls: u64,
    /// Those of them that were rejected, or told to come again.
    pub errors: u64,
}

/// All nodes together: who is there, and how the endpoints fare on them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fleet {
    /// The worst of all endpoints on nodes that are there; amber at the least where one is gone or this one is cut off.
    pub light: Light,
    /// Whether this node has not seen the store for some seconds: then nobody knows how the others are.
    pub is_cut_off: bool,
    /// How long ago this was read, in seconds.
    pub age: u64,
    /// The nodes, by name.
    pub nodes: Vec<Node>,
    /// The endpoints, by name.
    pub endpoints: Vec<FleetEndpoint>,
}

impl Fleet {
    /// Asks the stores that these endpoints share with other nodes; `None` where there is none. It waits no longer than a second,
    /// and tells what was read last where a store does not answer.
    pub async fn look<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>) -> Option<Self> {
        let sides = sides(endpoints);
        for side in &sides {
            let agreement = side.agreement();
            let is_fresh = agreement.last_seen().is_some_and(|(age, _)| age < FRESH);
            // Nobody waits for a store that is known to be away.
            if !is_fresh
                && !agreement.is_cut_off()
                && let Ok(Ok(nodes)) = timeout(PATIENCE, side.nodes()).await
            {
                agreement.saw(nodes);
            }
        }
        Self::known(&sides)
    }

    /// What these nodes have said, at this moment, where this is agreed on.
    #[must_use]
    pub fn of(nodes: &[NodeSeen], agreed: &Agreed) -> Self {
        let nodes = nodes.iter().map(|node| Node::of(node, Duration::ZERO)).collect();
        Self { nodes, ..Self::nobody() }.summed(&agreed.paused)
    }

    /// What was read last, without asking anybody.
    pub(crate) fn seen<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>) -> Option<Self> {
        Self::known(&sides(endpoints))
    }

    fn known(sides: &[Arc<dyn SharedSide>]) -> Option<Self> {
        let mut fleet: Option<Self> = None;
        let mut paused = BTreeSet::new();
        for agreement in sides.iter().map(|side| side.agreement()) {
            let Some((age, nodes)) = agreement.last_seen() else { continue };
            let fleet = fleet.get_or_insert_with(Self::nobody);
            fleet.is_cut_off |= agreement.is_cut_off();
            fleet.age = fleet.age.max(age.as_secs());
            // Where this one is cut off, that nobody heard of another since says nothing of it.
            let since = if agreement.is_cut_off() { Duration::ZERO } else { age };
            fleet.nodes.extend(nodes.iter().map(|node| Node::of(node, since)));
            paused.extend(agreement.agreed().paused);
        }
        fleet.map(|fleet| fleet.summed(&paused))
    }

    const fn nobody() -> Self {
        Self { light: Light::Green, is_cut_off: false, age: 0, nodes: Vec::new(), endpoints: Vec::new() }
    }

    fn summed(mut self, paused: &BTreeSet<String>) -> Self {
        // Of a node that was started anew under its name, only the new one is shown.
        let up: Vec<String> = self.nodes.iter().filter(|node| node.is_up).map(|node| node.name.clone()).collect();
        self.nodes.retain(|node| node.is_up || !up.contains(&node.name));
        self.nodes.sort_by(|one, other| (&one.name, one.started_at).cmp(&(&other.name, other.started_at)));
        let mut endpoints = BTreeMap::<&str, FleetEndpoint>::new();
        for (node, report) in self.nodes.iter().flat_map(|node| node.endpoints.iter().map(move |report| (node, report)))
        {
            let all = endpoints.entry(&report.endpoint).or_insert_with(|| FleetEndpoint::unseen(&report.endpoint));
            all.calls = all.calls.saturating_add(report.totals.calls);
            all.errors = all.errors.saturating_add(report.totals.errors);
            if node.is_up {
                all.nodes = all.nodes.saturating_add(1);
                all.light = all.light.max(report.light);
                all.state = if rank(report.state) > rank(all.state) { report.state } else { all.state };
            }
        }
        self.endpoints = endpoints.into_values().collect();
        for endpoint in &mut self.endpoints {
            endpoint.is_paused = paused.contains(&endpoint.endpoint);
        }
        let worst = self.nodes.iter().map(|node| node.light).max().unwrap_or(Light::Green);
        self.light = if self.is_cut_off { worst.max(Light::Amber) } else { worst };
        self
    }
}

impl FleetEndpoint {
    fn unseen(name: &str) -> Self {
        Self {
            endpoint: name.to_owned(),
            nodes: 0,
            light: Light::Green,
            state: EndpointState::Unknown,
            is_paused: false,
            calls: 0,
            errors: 0,
        }
    }
}

const fn rank(state: EndpointState) -> u8 {
    match state {
        EndpointState::Unknown => 0,
        EndpointState::Active => 1,
        EndpointState::Stopped => 2,
        EndpointState::TooManyErrors => 3,
    }
}

impl Node {
    /// A node, as it was seen so long ago.
    fn of(seen: &NodeSeen, since: Duration) -> Self {
        let silent_for = seen.silent_for.saturating_add(since);
        let is_up = silent_for <= seen.every.saturating_mul(MISSED).saturating_add(MOMENT);
        let endpoints = EndpointReport::read(&seen.report);
        let worst = endpoints.iter().map(|endpoint| endpoint.light).max().unwrap_or(Light::Green);
        Self {
            name: seen.name.clone(),
            is_here: seen.is_here,
            is_up,
            started_at: seen.started_at,
            last_seen: seen.last_seen,
            silent_for: silent_for.as_secs(),
            light: if is_up { worst } else { Light::Amber },
            endpoints,
        }
    }
}

/// The stores that these endpoints share with other nodes, each once.
fn sides<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>) -> Vec<Arc<dyn SharedSide>> {
    let mut sides: Vec<Arc<dyn SharedSide>> = Vec::new();
    for endpoint in endpoints {
        endpoint.join();
        let Some(side) = endpoint.shared_side() else { continue };
        if !sides.iter().any(|known| known.agreement().is_same(side.agreement())) {
            sides.push(side.clone());
        }
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, silent: u64, report: &str) -> NodeSeen {
        NodeSeen {
            name: name.to_owned(),
            is_here: false,
            started_at: UnixTime::from_secs(silent.try_into().unwrap()),
            last_seen: UnixTime::from_secs(0),
            silent_for: Duration::from_secs(silent),
            every: Duration::from_secs(3),
            report: report.to_owned(),
        }
    }

    fn report(light: &str, state: &str, calls: u64) -> String {
        let totals = format!(r#"{{"calls":{calls},"errors":1}}"#);
        format!(
            r#"[{{"endpoint":"e","provider":"p","state":"{state}","light":"{light}","alarms":[],"totals":{totals},
            "errors_in_a_row":0,"last_error":null,"last_accepted":null}}]"#
        )
    }

    fn fleet(nodes: &[NodeSeen]) -> Fleet {
        let mut agreed = Agreed::new();
        agreed.paused.insert("e".to_owned());
        Fleet::of(nodes, &agreed)
    }

    #[test]
    fn the_worst_counts_of_those_who_are_there_and_everything_is_added_up() {
        let all = fleet(&[
            seen("b", 1, &report("amber", "active", 5)),
            seen("a", 12, &report("green", "stopped", 7)),
            seen("c", 13, &report("red", "too-many-errors", 9)),
        ]);
        let [one] = &*all.endpoints else { panic!("{all:?}") };
        assert_eq!((one.calls, one.errors, one.nodes, one.is_paused), (21, 3, 2, true));
        assert_eq!((one.light, one.state, all.light), (Light::Amber, EndpointState::Stopped, Light::Amber));
        assert_eq!(
            all.nodes.iter().map(|node| (&*node.name, node.is_up)).collect::<Vec<_>>(),
            [("a", true), ("b", true), ("c", false)]
        );
    }

    #[test]
    fn a_node_that_is_gone_is_amber_until_one_of_its_name_is_there() {
        let gone = seen("a", 100, &report("green", "active", 1));
        assert_eq!(fleet(std::slice::from_ref(&gone)).light, Light::Amber);
        let all = fleet(&[gone, seen("a", 0, &report("green", "active", 2))]);
        assert_eq!((all.light, all.nodes.len(), all.endpoints[0].calls), (Light::Green, 1, 2));
    }

    #[test]
    fn what_a_newer_release_says_is_left_out() {
        let all = fleet(&[seen("a", 0, &report("violet", "active", 1)), seen("b", 0, "not JSON")]);
        assert!(all.endpoints.is_empty() && all.nodes.len() == 2 && all.nodes.iter().all(|node| node.is_up));
    }
}
