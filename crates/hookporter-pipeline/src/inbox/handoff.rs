//! An inbox as an endpoint's hand-off.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};

use hookporter_core::{Coverage, body_digest};

use crate::Event;
use crate::handoff::{BoxFuture, HandedOff, HandoffError};
use crate::inbox::split::Part;
use crate::inbox::worker::Hook;
use crate::inbox::{
    Accepted, AcceptingSide, Change, ChangeKind, Durability, EndpointNames, EventRecord, InboxDepth, RecordLabel, Split,
};
use crate::nodes::SharedSide;
use crate::operating::QuarantineSide;
use crate::trace::TraceId;

/// A longer id of a part is not kept as a key: no index grows with it.
const LONGEST_ID: usize = 255;

/// How many bytes of heads the events of one delivery may have together: each gets its delivery's.
const MOST_HEADS: usize = 16 * 1024 * 1024;

/// Names the lane of an event.
pub(crate) type Lane = dyn Fn(&Event) -> Option<String> + Send + Sync;

/// How an inbox is to keep the events of an endpoint.
#[derive(Clone, Default)]
pub(crate) struct Keeping {
    pub(crate) lane: Option<Arc<Lane>>,
    pub(crate) split: Option<Split>,
    pub(crate) hooks: Vec<Arc<Hook>>,
    /// What the store must promise at least.
    pub(crate) durability: Durability,
}

impl Keeping {
    /// What a store is to keep of a delivery.
    pub(crate) fn records(&self, event: &Event, trace: TraceId, parked: bool) -> Vec<EventRecord> {
        let whole = EventRecord { parked, trace: Some(trace), ..EventRecord::of(event) };
        let records = match self.split.as_ref().and_then(|split| split.parts(event)) {
            Some(parts) if fits(&whole, parts.len()) => records_of(&whole, parts),
            Some(parts) => {
                let (endpoint, parts) = (event.endpoint(), parts.len());
                tracing::warn!(target: "hookporter", endpoint, parts, "a delivery is kept in one piece: its head is too large");
                vec![whole]
            }
            None => vec![whole],
        };
        match &self.lane {
            Some(lane) => records.into_iter().map(|record| in_lane(record, &**lane)).collect(),
            None => records,
        }
    }

    /// What is to be told of records, once it is known what became of them.
    pub(crate) fn changes(&self, records: &[EventRecord], parked: bool) -> Vec<Change> {
        let kind = if parked { ChangeKind::Parked } else { ChangeKind::Accepted };
        if self.hooks.is_empty() {
            return Vec::new();
        }
        records.iter().map(|record| Change::of(kind, None, 0, record)).collect()
    }

    pub(crate) fn tell(&self, changes: Vec<Change>, accepted: &[Accepted]) {
        for (change, accepted) in changes.into_iter().zip(accepted) {
            let kind = match accepted {
                Accepted::New => change.kind,
                Accepted::Requeued => ChangeKind::Requeued,
                Accepted::Duplicate => continue,
            };
            Change { kind, ..change }.tell(&self.hooks);
        }
    }
}

/// Whether each of so many events may have a head of its own.
fn fits(whole: &EventRecord, parts: usize) -> bool {
    let head = whole.weight().saturating_sub(whole.body.len());
    head.saturating_mul(parts) <= MOST_HEADS
}

fn records_of(whole: &EventRecord, parts: Vec<Part>) -> Vec<EventRecord> {
    // Two that differ under one id are no copies, whatever the id is.
    let mut seen: HashMap<String, bytes::Bytes> = HashMap::new();
    let mut records = Vec::with_capacity(parts.len());
    for (at, part) in parts.into_iter().enumerate() {
        let clash = part.id.as_ref().is_some_and(|id| {
            let first = seen.entry(id.clone()).or_insert_with(|| part.body.clone());
            *first != part.body
        });
        if clash {
            tracing::warn!(target: "hookporter", endpoint = whole.endpoint, "two events of a delivery have one id and differ");
        }
        records.push(record_of(whole, at, part, clash));
    }
    records
}

/// The record of one event of several. What identifies it is its own id where the proof covers that and no other has it,
/// else its place in what identifies the delivery.
fn record_of(whole: &EventRecord, at: usize, part: Part, clash: bool) -> EventRecord {
    let signed = matches!(whole.coverage, Coverage::Body | Coverage::Payload);
    let place = u64::try_from(at).unwrap_or(u64::MAX).to_be_bytes();
    let is_id_signed = signed || part.is_id_signed;
    let identity = match &part.id {
        Some(id) if is_id_signed && !clash && id.len() <= LONGEST_ID => Some([b"p", id.as_bytes()].concat()),
        _ => whole.identity.as_ref().map(|delivery| [b"q", &place[..], delivery].concat()),
    };
    let label = |text, signed| RecordLabel { text, signed };
    EventRecord {
        identity,
        event_id: part.id.map(|id| label(id, is_id_signed)),
        event_type: part.kind.map(|kind| label(kind, signed)).or_else(|| whole.event_type.clone()),
        body: part.body,
        payload: None,
        // A part is cut from what was inflated.
        headers: whole.headers.iter().filter(|(name, _)| name != "content-encoding").cloned().collect(),
        ..whole.clone()
    }
}

fn in_lane(record: EventRecord, lane: &Lane) -> EventRecord {
    let lane = lane(&record.clone().into_event(0, 1));
    // No index grows with what a sender says.
    let lane = lane.map(|lane| if lane.len() > LONGEST_ID { body_digest(lane.as_bytes()) } else { lane });
    EventRecord { lane, ..record }
}

/// The inbox of an endpoint.
#[derive(Clone)]
pub(crate) struct InboxHandoff {
    side: Arc<dyn AcceptingSide>,
    quarantine: Option<Arc<dyn QuarantineSide>>,
    shared: Option<Arc<dyn SharedSide>>,
}

impl InboxHandoff {
    pub(crate) fn new(side: impl AcceptingSide) -> Self {
        Self { quarantine: side.quarantine(), shared: side.shared_side(), side: Arc::new(side) }
    }

    /// One that nothing is kept in: for a look at the health of an endpoint.
    pub(crate) const fn for_health(side: Arc<dyn AcceptingSide>) -> Self {
        Self { side, quarantine: None, shared: None }
    }

    pub(crate) fn weak(&self) -> Weak<dyn AcceptingSide> {
        Arc::downgrade(&self.side)
    }

    /// Where the nodes that have it agree, if several can.
    pub(crate) const fn shared(&self) -> Option<&Arc<dyn SharedSide>> {
        self.shared.as_ref()
    }

    /// Where the store keeps refused requests, if it does.
    pub(crate) const fn quarantine(&self) -> Option<&Arc<dyn QuarantineSide>> {
        self.quarantine.as_ref()
    }

    /// What it promises at this moment.
    pub(crate) fn durability(&self) -> Durability {
        self.side.durability()
    }

    /// Whether it works the events of a lane one after the other.
    pub(crate) fn keeps_order(&self) -> bool {
        self.side.keeps_order()
    }

    /// Where it is said which endpoint has which name.
    pub(crate) fn names(&self) -> &EndpointNames {
        self.side.endpoint_names()
    }

    /// How much waits in it.
    pub(crate) fn depth(&self) -> Option<InboxDepth> {
        self.side.depth()
    }

    /// Keeps the event, or those that it tells of; `parked` says whether they wait for somebody to release them.
    pub(crate) fn keep(
        &self,
        event: &Event,
        trace: TraceId,
        how: &Keeping,
        parked: bool,
    ) -> BoxFuture<'static, Result<HandedOff, HandoffError>> {
        let records = how.records(event, trace, parked);
        let changes = how.changes(&records, parked);
        let accepting = self.side.accept(records);
        let (how, side) = (how.clone(), self.side.clone());
        Box::pin(async move {
            let accepted = accepting.await?;
            // It may have turned weaker since it was asked.
            if side.durability() < how.durability {
                return Err(HandoffError::failed("the inbox turned weaker than it must be while it took the event"));
            }
            how.tell(changes, &accepted);
            let is_new = |accepted: &Accepted| matches!(accepted, Accepted::New);
            match accepted.iter().any(is_new) {
                true if parked => Ok(HandedOff::Parked),
                true => Ok(HandedOff::New),
                false if accepted.is_empty() => Err(HandoffError::failed("the inbox gave no answer for the event")),
                false => Ok(HandedOff::Duplicate),
            }
        })
    }
}

impl Change {
    pub(super) fn of(kind: ChangeKind, number: Option<i64>, attempt: u32, record: &EventRecord) -> Self {
        Self {
            kind,
            number,
            attempt,
            endpoint: record.endpoint.clone(),
            tenant: record.tenant.clone(),
            event_id: record.event_id.as_ref().map(|label| label.text.clone()),
            event_type: record.event_type.as_ref().map(|label| label.text.clone()),
            error: None,
        }
    }

    /// Tells every hook; what one of them does has no consequence.
    pub(super) fn tell(&self, hooks: &[Arc<Hook>]) {
        for hook in hooks {
            if catch_unwind(AssertUnwindSafe(|| hook(self))).is_err() {
                tracing::error!(target: "hookporter", "a hook for changes panicked");
            }
        }
    }
}

impl fmt::Debug for InboxHandoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InboxHandoff")
    }
}
