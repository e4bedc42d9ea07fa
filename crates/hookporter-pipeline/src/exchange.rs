//! One request from head to answer: what is written down of it, exactly once.

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Head, Rejection, UnixTime};
use tokio::time::Instant;
use tracing::field::Empty;

use crate::Endpoint;
use crate::answered::Answered;
use crate::event::Event;
use crate::keys::Asker;
use crate::outcome::Outcome;
use crate::reply::Reply;
use crate::span::RequestSpan;
use crate::trace::TraceId;

/// What is concluded about: a request, or the event that it told of.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    Request(&'a Head<'a>),
    Event(&'a Event),
}

/// What is known of a request under way.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) endpoint: Arc<Endpoint>,
    started: Instant,
    trace: TraceId,
    /// What a tracer shows of this request: it is open until the answer, and for as long as work of its own goes on.
    pub(crate) span: RequestSpan,
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) body_bytes: usize,
    /// Whether its proof held.
    pub(crate) is_proven: bool,
    /// Whether its proof was judged, whatever came of it.
    pub(crate) reached_proof: bool,
    /// When it arrived, by the endpoint's clock; none before the door.
    pub(crate) arrived_at: Option<UnixTime>,
    /// The body of a request whose proof was refused, for those who look at it afterwards.
    pub(crate) refused_body: Option<Box<bytes::Bytes>>,
    /// Whose question it is where a finder is asked for keys.
    pub(crate) asker: Asker,
}

impl Exchange {
    pub(crate) fn new(endpoint: Arc<Endpoint>) -> Self {
        let trace = TraceId::next();
        // Below what a log usually shows: a subscriber that wants it spends more on it than the whole check costs.
        let span = tracing::debug_span!(
            target: "hookporter",
            "webhook",
            endpoint = &*endpoint.name,
            provider = endpoint.provider_id(),
            trace = %trace,
            outcome = Empty,
            reason = Empty,
            status = Empty,
        );
        Self {
            endpoint,
            started: Instant::now(),
            trace,
            span: RequestSpan::new(span),
            tenant: None,
            body_bytes: 0,
            is_proven: false,
            reached_proof: false,
            arrived_at: None,
            refused_body: None,
            asker: Asker::Request,
        }
    }

    /// Why a proof does not hold.
    #[cold]
    pub(crate) fn refused(&mut self, refused: hookporter_core::Refused) -> Rejection {
        let (rejection, body) = refused.into_parts();
        self.reached_proof = true;
        if cfg!(feature = "diagnosis") || self.endpoint.keeper().is_some() {
            self.refused_body = Some(Box::new(body));
        }
        rejection
    }

    /// A request is refused whose body was read to its end, and whose proof was not judged.
    #[cold]
    pub(crate) fn refused_unjudged(&mut self, rejection: Rejection, body: bytes::Bytes) -> Rejection {
        if self.endpoint.keeper().is_some() {
            self.refused_body = Some(Box::new(body));
        }
        rejection
    }

    /// What the request is called.
    pub(crate) const fn trace(&self) -> TraceId {
        self.trace
    }

    /// When the head arrived.
    pub(crate) const fn started(&self) -> Instant {
        self.started
    }

    /// When the acknowledgement of what was proven then is due; `None` where the budget is endless.
    pub(crate) fn deadline(&self, proven: Instant) -> Option<Instant> {
        proven.checked_add(self.endpoint.budget_after(proven.saturating_duration_since(self.started)))
    }

    /// Refuses, and writes it down.
    pub(crate) fn refuse(&self, head: &Head<'_>, event: Option<&Event>, rejection: Rejection) -> Reply {
        self.turn_away(event.map_or(Subject::Request(head), Subject::Event), rejection)
    }

    /// Refuses a request for now, since the fault is ours, and writes it down.
    pub(crate) fn hold(&self, head: &Head<'_>, rejection: Rejection) -> Reply {
        self.end(Subject::Request(head), Reply::hold(rejection))
    }

    /// Refuses an event, and writes it down.
    pub(crate) fn refuse_event(&self, event: &Event, rejection: Rejection) -> Reply {
        self.turn_away(Subject::Event(event), rejection)
    }

    #[cold]
    fn turn_away(&self, subject: Subject<'_>, rejection: Rejection) -> Reply {
        self.end(subject, Reply::refusal(rejection, &self.endpoint))
    }

    fn end(&self, subject: Subject<'_>, reply: Reply) -> Reply {
        if let Some(refusal) = &reply.refusal {
            self.conclude(subject, refusal.outcome(), reply.status, Some(refusal.rejection()));
        }
        reply
    }

    /// Acknowledges, and writes it down.
    pub(crate) fn acknowledge(&self, event: &Event, outcome: Outcome) -> Reply {
        self.acknowledge_with(event, outcome, self.endpoint.ack_status)
    }

    /// Acknowledges with a status that the sender takes as success, and writes it down.
    pub(crate) fn acknowledge_with(&self, event: &Event, outcome: Outcome, status: u16) -> Reply {
        let reply = Reply::acknowledgement(status, self.endpoint.provider);
        self.conclude(Subject::Event(event), outcome, reply.status, None);
        reply
    }

    /// Writes down how the request ended: counts, log, observers.
    pub(crate) fn conclude(&self, subject: Subject<'_>, outcome: Outcome, status: u16, rejection: Option<&Rejection>) {
        self.span.record("outcome", outcome.as_str());
        self.span.record("status", status);
        self.span.in_scope(|| self.write_down(subject, outcome, status, rejection));
    }

    fn write_down(&self, subject: Subject<'_>, outcome: Outcome, status: u16, rejection: Option<&Rejection>) {
        self.endpoint.state.count(outcome);
        let is_timed = cfg!(feature = "metrics") || !self.endpoint.observers.is_empty();
        let took = if is_timed { self.started.elapsed() } else { Duration::ZERO };
        #[cfg(feature = "metrics")]
        self.meter(outcome, rejection, took);
        match rejection {
            None => {
                self.endpoint.state.vitals.succeeded(outcome, self.moment(subject));
                let trace = tracing::field::display(self.trace);
                tracing::debug!(target: "hookporter", trace, endpoint = &*self.endpoint.name, outcome = outcome.as_str(), status);
            }
            Some(rejection) => {
                self.span.record("reason", rejection.kind().as_str());
                self.endpoint.state.vitals.failed(
                    outcome,
                    status,
                    rejection,
                    self.is_proven,
                    self.endpoint.clock.now(),
                );
                self.warn(outcome, status, rejection);
            }
        }
        if !self.endpoint.observers.is_empty() {
            let at = self.moment(subject);
            let record = OnceCell::new();
            Answered { exchange: self, subject, outcome, status, rejection, at, duration: took, record }.tell();
        }
    }

    /// Counts for the recorder, which may be anybody's.
    #[cfg(feature = "metrics")]
    fn meter(&self, outcome: Outcome, rejection: Option<&Rejection>, took: Duration) {
        let reason = rejection.map(Rejection::kind);
        let meters = &self.endpoint.state.meters;
        crate::metrics::caught(|| {
            meters.request(&self.endpoint.name, outcome, reason, took, self.body_bytes);
        });
    }

    /// When the request came; of one without an event the present moment, which is close.
    fn moment(&self, subject: Subject<'_>) -> UnixTime {
        match subject {
            Subject::Event(event) => event.received_at(),
            Subject::Request(_) => self.endpoint.clock.now(),
        }
    }

    #[cold]
    fn warn(&self, outcome: Outcome, status: u16, rejection: &Rejection) {
        tracing::warn!(
            target: "hookporter",
            trace = %self.trace,
            endpoint = &*self.endpoint.name,
            outcome = outcome.as_str(),
            reason = rejection.kind().as_str(),
            status,
            "{rejection}"
        );
    }
}
