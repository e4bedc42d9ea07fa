//! A request that was answered, as its observers see it.

use std::cell::OnceCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Label, Rejection, UnixTime};

use crate::event::Event;
use crate::exchange::{Exchange, Subject};
use crate::outcome::Outcome;
use crate::packed::{PackedRecord, Texts};
use crate::trace::TraceId;

/// A request that was answered, for observers that want little of most of them: its [record](Self::record) is made when it is
/// first asked for.
pub struct Answered<'a> {
    pub(crate) exchange: &'a Exchange,
    pub(crate) subject: Subject<'a>,
    pub(crate) outcome: Outcome,
    pub(crate) status: u16,
    pub(crate) rejection: Option<&'a Rejection>,
    pub(crate) at: UnixTime,
    pub(crate) duration: Duration,
    pub(crate) record: OnceCell<Arc<PackedRecord>>,
}

impl Answered<'_> {
    /// What the log calls the request.
    #[must_use]
    pub const fn trace(&self) -> TraceId {
        self.exchange.trace()
    }

    /// When it arrived; for one that was turned away, when that was.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at
    }

    /// The endpoint's name.
    #[must_use]
    pub fn endpoint(&self) -> &Arc<str> {
        &self.exchange.endpoint.name
    }

    /// The provider's id, or `custom`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.exchange.endpoint.provider_id()
    }

    /// The tenant, where the endpoint has tenants and this one is known.
    #[must_use]
    pub const fn tenant(&self) -> Option<&Arc<str>> {
        self.exchange.tenant.as_ref()
    }

    /// What became of it.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The status that the sender was told.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The path, without the query, however long it is.
    #[must_use]
    pub fn path(&self) -> &str {
        let target = match self.subject {
            Subject::Event(event) => event.target(),
            Subject::Request(head) => head.target(),
        };
        target.split('?').next().unwrap_or_default()
    }

    /// How many bytes of body arrived.
    #[must_use]
    pub const fn body_bytes(&self) -> usize {
        self.exchange.body_bytes
    }

    /// From the head to the answer.
    #[must_use]
    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// Whether the endpoint only reports.
    #[must_use]
    pub fn report_only(&self) -> bool {
        self.exchange.endpoint.report_only
    }

    /// All that is known of it.
    #[must_use]
    pub fn record(&self) -> &Arc<PackedRecord> {
        self.record.get_or_init(|| {
            Arc::new(PackedRecord {
                trace: self.trace(),
                at: self.at,
                endpoint: self.endpoint().clone(),
                provider: self.provider().into(),
                tenant: self.tenant().cloned(),
                outcome: self.outcome,
                status: self.status,
                reason: self.rejection.map(Rejection::kind),
                body_bytes: self.body_bytes(),
                duration: self.duration,
                report_only: self.report_only(),
                texts: self.texts(),
            })
        })
    }

    /// Tells every observer; what one of them does has no consequence.
    #[inline(never)]
    pub(crate) fn tell(&self) {
        for observer in &self.exchange.endpoint.observers {
            if catch_unwind(AssertUnwindSafe(|| observer.observe_answered(self))).is_err() {
                tracing::error!(target: "hookporter", endpoint = &**self.endpoint(), "an observer panicked");
            }
        }
    }

    fn texts(&self) -> Texts {
        let endpoint = &self.exchange.endpoint;
        let (method, event) = match self.subject {
            Subject::Event(event) => (event.method(), Some(event)),
            Subject::Request(head) => (head.method(), None),
        };
        let mut texts = Texts::new();
        texts.push(Some(method));
        texts.push(Some(self.path()));
        texts.push(self.rejection.map(Rejection::to_string).as_deref());
        texts.push(event.map(|event| event.key_id().as_str()));
        let labels = event.map(Event::labels);
        let mut label = |label: Option<&Option<Label>>| texts.push(label.and_then(Option::as_ref).map(Label::as_str));
        label(labels.map(|labels| &labels.id));
        label(labels.map(|labels| &labels.kind));
        label(labels.map(|labels| &labels.version));
        let digests = endpoint.observers.iter().any(|observer| observer.wants_digests());
        let digest = event.filter(|_| digests).map(|event| hookporter_core::body_digest(event.body()));
        texts.push(digest.as_deref());
        let keep = |name: &str, value: &[u8]| texts.push_header(name, value);
        match self.subject {
            Subject::Event(event) => event.kept_head().show(keep),
            Subject::Request(head) => endpoint.kept_headers.show(head, keep),
        }
        texts
    }
}

impl fmt::Debug for Answered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record().fmt(f)
    }
}
