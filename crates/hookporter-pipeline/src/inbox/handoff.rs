//! An inbox as an endpoint's hand-off.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hookporter_core::Coverage;

use crate::Event;
use crate::handoff::{BoxFuture, HandedOff, HandoffError};
use crate::inbox::split::Part;
use crate::inbox::worker::Hook;
use crate::inbox::{Accepted, AcceptingSide, Change, ChangeKind, EventRecord, RecordLabel, Split};

/// A longer id of a part is not kept as a key: no index grows with it.
const LONGEST_ID: usize = 255;

/// Names the lane of an event.
pub(crate) type Lane = dyn Fn(&Event) -> Option<String> + Send + Sync;

/// How an inbox is to keep the events of an endpoint.
#[derive(Clone, Default)]
pub(crate) struct Keeping {
    pub(crate) lane: Option<Arc<Lane>>,
    pub(crate) split: Option<Split>,
    pub(crate) hooks: Vec<Arc<Hook>>,
}

impl Keeping {
    /// What a store is to keep of a delivery.
    fn records(&self, event: &Event, parked: bool) -> Vec<EventRecord> {
        let whole = EventRecord { parked, ..EventRecord::of(event) };
        let parts = self.split.as_ref().and_then(|split| split.parts(event));
        let records = match parts {
            Some(parts) => parts.into_iter().enumerate().map(|(at, part)| record_of(&whole, at, part)).collect(),
            None => vec![whole],
        };
        match &self.lane {
            Some(lane) => records.into_iter().map(|record| in_lane(record, &**lane)).collect(),
            None => records,
        }
    }

    fn tell(&self, changes: Vec<Change>, accepted: &[Accepted]) {
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

/// The record of one event of several. What identifies it is its own id where the proof covers that, else its place in what
/// identifies the delivery.
fn record_of(whole: &EventRecord, at: usize, part: Part) -> EventRecord {
    let signed = matches!(whole.coverage, Coverage::Body | Coverage::Payload);
    let place = u64::try_from(at).unwrap_or(u64::MAX).to_be_bytes();
    let identity = match &part.id {
        Some(id) if signed && id.len() <= LONGEST_ID => Some([b"p", id.as_bytes()].concat()),
        _ => whole.identity.as_ref().map(|delivery| [b"q", &place[..], delivery].concat()),
    };
    let label = |text| RecordLabel { text, signed };
    EventRecord {
        identity,
        event_id: part.id.map(label),
        event_type: part.kind.map(label).or_else(|| whole.event_type.clone()),
        body: part.body,
        payload: None,
        // A part is cut from what was inflated.
        headers: whole.headers.iter().filter(|(name, _)| name != "content-encoding").cloned().collect(),
        ..whole.clone()
    }
}

fn in_lane(record: EventRecord, lane: &Lane) -> EventRecord {
    let lane = lane(&record.clone().into_event(0, 1));
    EventRecord { lane, ..record }
}

/// The inbox of an endpoint.
#[derive(Clone)]
pub(crate) struct InboxHandoff(Arc<dyn AcceptingSide>);

impl InboxHandoff {
    pub(crate) fn new(side: impl AcceptingSide) -> Self {
        Self(Arc::new(side))
    }

    /// Keeps the event, or those that it tells of; `parked` says whether they wait for somebody to release them.
    pub(crate) fn keep(
        &self,
        event: &Event,
        how: &Keeping,
        parked: bool,
    ) -> BoxFuture<'static, Result<HandedOff, HandoffError>> {
        let records = how.records(event, parked);
        let kind = if parked { ChangeKind::Parked } else { ChangeKind::Accepted };
        let changes = if how.hooks.is_empty() {
            Vec::new()
        } else {
            records.iter().map(|record| Change::of(kind, None, 0, record)).collect()
        };
        let accepting = self.0.accept(records);
        let how = how.clone();
        Box::pin(async move {
            let accepted = accepting.await?;
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
