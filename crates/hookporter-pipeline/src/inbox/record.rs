//! What a store keeps of an event: plain data, nothing of it a proof.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use hookporter_core::{Coverage, HeaderVisitor, Headers, KeyId, Label, Labels, UnixTime, carries_credentials};

use crate::Event;
use crate::inbox::Kept;
use crate::kept::KeptHead;
use crate::trace::TraceId;

/// What a store keeps of one event.
///
/// Plain data, so that a store can have it in columns that people read. It holds the exact body, and neither proof nor
/// credential. The pipeline makes one from a proven event; a store gives back what it was given, and only a
/// [`Worker`](crate::inbox::Worker) makes an [`Event`] of it again.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventRecord {
    /// The version of this form. A store gives it back; one from a newer release is left alone, not guessed at.
    pub format: u32,
    /// The endpoint's name.
    pub endpoint: String,
    /// The tenant, where the endpoint has tenants.
    pub tenant: Option<String>,
    /// What identifies the event within endpoint and tenant; `None` if every delivery is an event of its own.
    pub identity: Option<Vec<u8>>,
    /// The provider's id, or `custom`.
    pub provider: String,
    /// The event id.
    pub event_id: Option<RecordLabel>,
    /// The event type.
    pub event_type: Option<RecordLabel>,
    /// The API version.
    pub api_version: Option<RecordLabel>,
    /// The method of the request.
    pub method: String,
    /// Path and query of the request, without a proof.
    pub target: String,
    /// The headers that the event kept: names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, byte for byte as received.
    pub body: Bytes,
    /// What the body says, where that is not the body itself: a token's payload, or what was compressed.
    pub payload: Option<Bytes>,
    /// What the proof covered: [`Coverage::as_str`].
    pub coverage: Coverage,
    /// The id of the key that fitted.
    pub key_id: String,
    /// When the request arrived.
    pub received_at: UnixTime,
    /// The signed timestamp, where the sender signs one.
    pub sent_at: Option<UnixTime>,
    /// Whether the event is only kept, until somebody releases it.
    pub parked: bool,
    /// Events of one endpoint, tenant and lane are worked one after the other, in the order of acceptance; `None`: in no
    /// order.
    pub lane: Option<String>,
    /// Who sent it, as address and port, where the adapter knows.
    pub peer: Option<String>,
    /// What the log calls the request that brought it.
    pub trace: Option<TraceId>,
    /// The id of the key that headers, body and payload are encrypted with; `None`: they are as they came.
    pub sealed_by: Option<String>,
    /// Whether somebody has changed the body since it came in: a store gives such a record with the coverage
    /// [`Coverage::Origin`], and with labels that are hints.
    pub edited: bool,
}

/// A label of an event, and whether the proof covered it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a text and its standing, made by stores")]
pub struct RecordLabel {
    /// The text, as sent.
    pub text: String,
    /// Whether the proof covered it; else it is a hint.
    pub signed: bool,
}

impl EventRecord {
    /// The form that this release writes, and the newest that it reads.
    pub const FORMAT: u32 = 1;

    /// A record with these contents and nothing else: for a store that fills in what it kept, and for tests of one.
    #[must_use]
    pub fn new(endpoint: &str, body: Bytes, received_at: UnixTime) -> Self {
        Self {
            format: Self::FORMAT,
            endpoint: endpoint.to_owned(),
            tenant: None,
            identity: None,
            provider: "custom".to_owned(),
            event_id: None,
            event_type: None,
            api_version: None,
            method: "POST".to_owned(),
            target: "/".to_owned(),
            headers: Vec::new(),
            body,
            payload: None,
            coverage: Coverage::Origin,
            key_id: String::new(),
            received_at,
            sent_at: None,
            parked: false,
            lane: None,
            peer: None,
            trace: None,
            sealed_by: None,
            edited: false,
        }
    }

    /// How many bytes it has: what a bounded queue counts.
    #[must_use]
    pub fn weight(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.len().saturating_add(value.len()));
        let payload = self.payload.as_ref().map_or(0, Bytes::len);
        headers.fold(self.target.len(), usize::saturating_add).saturating_add(self.body.len()).saturating_add(payload)
    }

    /// How many bytes all of these have.
    #[must_use]
    pub fn weight_of(records: &[Self]) -> usize {
        records.iter().fold(0, |weight, record| record.weight().saturating_add(weight))
    }

    pub(crate) fn of(event: &Event) -> Self {
        let label = |label: &Option<Label>| {
            label.as_ref().map(|label| RecordLabel { text: label.as_str().to_owned(), signed: label.is_signed() })
        };
        let labels = event.labels();
        Self {
            tenant: event.tenant().map(str::to_owned),
            identity: event.durable_key(),
            provider: event.provider().to_owned(),
            event_id: label(&labels.id),
            event_type: label(&labels.kind),
            api_version: label(&labels.version),
            method: event.method().to_owned(),
            target: event.target().to_owned(),
            headers: headers_of(event),
            payload: (event.payload().as_ptr() != event.body().as_ptr()).then(|| event.payload().clone()),
            coverage: event.coverage(),
            key_id: event.key_id().as_str().to_owned(),
            sent_at: event.sent_at(),
            peer: event.peer().map(|peer| peer.to_string()),
            ..Self::new(event.endpoint(), event.body().clone(), event.received_at())
        }
    }

    /// The event that it tells of, for a worker.
    pub(crate) fn into_event(self, number: i64, attempt: u32) -> Event {
        let label = |label: Option<RecordLabel>| label.map(|label| Label::kept(label.text, label.signed));
        let mut labels = Labels::default();
        labels.id = label(self.event_id);
        labels.kind = label(self.event_type);
        labels.version = label(self.api_version);
        let peer = self.peer.and_then(|peer| peer.parse().ok());
        let head = KeptHead::restored(&self.target, &self.headers).with_peer(peer);
        let kept = Kept {
            body: self.body,
            payload: self.payload,
            coverage: self.coverage,
            key: KeyId::from(&*self.key_id),
            received: self.received_at,
            sent: self.sent_at,
            identity: self.identity,
            number,
            attempt,
            edited: self.edited,
        };
        let provider = Cow::Owned(self.provider);
        Event::kept(Arc::from(self.endpoint), provider, self.tenant.map(Arc::from), self.method, head, labels, kept)
    }
}

/// The kept headers, without those that no store gets and without such as could not be written one a line.
fn headers_of(event: &Event) -> Vec<(String, Vec<u8>)> {
    let mut headers = Vec::new();
    let mut keep = |name: &str, value: &[u8]| {
        let fits = !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        if fits && !carries_credentials(name) {
            headers.push((name.to_owned(), value.to_vec()));
        }
    };
    event.kept_head().visit(&mut HeaderVisitor::new(&mut keep));
    headers
}

impl std::fmt::Debug for EventRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventRecord")
            .field("endpoint", &self.endpoint)
            .field("tenant", &self.tenant)
            .field("event_id", &self.event_id)
            .field("event_type", &self.event_type)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
