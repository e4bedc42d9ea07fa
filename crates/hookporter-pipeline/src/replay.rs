//! Replays: a stored event is sent through the whole app once more, so that the user's own handlers work it.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::{HeaderVisitor, Headers};

use crate::inbox::WorkError;
use crate::receive::Verdict;
use crate::reply::Reply;
use crate::{Endpoint, Event};

/// What another endpoint than the event's answers to a replay. No sender ever sees it.
const MISDIRECTED: u16 = 421;
/// What a handler's `Retry-After` may ask for at the most.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// Headers of a connection or of a body's transfer, should an endpoint keep them. A replay has its own length.
const OF_THE_CONNECTION: [&str; 8] =
    ["connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/// The mark of a replay, for adapters: in the extensions of a request it makes the endpoint of its event let the request
/// through without a proof. It is for one endpoint, and notes whom it met there, and what that one answered.
///
/// It is made from an [`Event`] out of a store alone; nothing that comes over a connection becomes one. An adapter puts it
/// into a request that it builds of the event, sends that through the app, and asks it for the result. It takes it out again
/// before it calls the wrapped handler: what a handler has of its request opens no door.
#[derive(Debug, Clone)]
pub struct Replay {
    event: Event,
    /// Who met it; set where the endpoint is mounted. Without it the 200 of a catch-all route would be a success once the
    /// route of the endpoint is gone.
    met: Arc<Mutex<Met>>,
}

/// Who was behind the endpoint.
#[derive(Debug, Clone, Default)]
enum Met {
    /// No endpoint was reached.
    #[default]
    Nothing,
    /// The endpoint of this name was, which is not the event's.
    Other(String),
    /// The endpoint was, and wraps no handler.
    Nobody,
    /// The handler was called, and gave no answer yet.
    Called,
    /// The handler's own answer; middleware around the endpoint may make another one of it.
    Answered(Result<(), WorkError>),
}

/// How an app, or the handler in it, answered a replay.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "what an adapter sees of an answer, made by adapters")]
pub struct ReplayAnswer<'a> {
    /// The status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<&'a [u8]>,
    /// What the framework knows of a failure, for the operator.
    pub detail: Option<String>,
    /// What the handler itself said of the event, in the extensions of its answer.
    pub said: Option<WorkError>,
}

impl Replay {
    /// A replay of this event.
    ///
    /// # Errors
    /// [`WorkError`] if the event comes out of no store: its request is under way, and would run in circles.
    pub fn of(event: Event) -> Result<Self, WorkError> {
        if event.number().is_some() {
            return Ok(Self { event, met: Arc::default() });
        }
        Err(WorkError::dead_letter("only events out of an inbox can be sent through the app"))
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }

    /// Which attempt this is, for the extensions of the request.
    #[must_use]
    pub fn attempt(&self) -> Attempt {
        Attempt(self.event.attempt())
    }

    /// The other end of the original connection, where it was kept.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.event.peer()
    }

    /// Shows the headers that the request is to have, but for the length of its body.
    pub fn visit_headers(&self, see: &mut dyn FnMut(&str, &[u8])) {
        let mut see = |name: &str, value: &[u8]| {
            if !OF_THE_CONNECTION.contains(&name) {
                see(name, value);
            }
        };
        self.event.kept_head().visit(&mut HeaderVisitor::new(&mut see));
    }

    /// What `endpoint` does with the request: the event's own lets it through to the wrapped handler, past proof, version
    /// gate, duplicates and hand-off. Nothing is counted and no observer is told: it is no new request.
    ///
    /// Another endpoint lets it through to nobody, not even to an endpoint that it may wrap: what it wraps may as well be a
    /// handler, which would be given a request that its endpoint never proved.
    #[must_use]
    pub fn at(&self, endpoint: &Endpoint) -> Verdict {
        if endpoint.name() != self.event.endpoint() {
            self.met(Met::Other(endpoint.name().to_owned()));
            return Verdict::Reply(Reply::status(MISDIRECTED));
        }
        Verdict::Replay(self.clone())
    }

    /// The event for the wrapped handler, which is about to be called. [`Replay::answered`] is to follow.
    #[must_use]
    pub fn begin(&self) -> Event {
        self.met(Met::Called);
        self.event.clone()
    }

    /// Notes the wrapped handler's own answer, where the adapter called it: what middleware around the endpoint makes of it
    /// does not turn a failure into a success.
    pub fn answered(&self, answer: ReplayAnswer<'_>) {
        self.met(Met::Answered(judge("the handler", answer)));
    }

    /// The answer of an adapter that wraps no handler.
    #[must_use]
    pub fn no_handler(&self) -> Reply {
        self.met(Met::Nobody);
        Reply::status(MISDIRECTED)
    }

    fn met(&self, met: Met) {
        *self.met.lock().unwrap_or_else(PoisonError::into_inner) = met;
    }

    /// Whether the attempt succeeded: the endpoint was reached, its handler answered 2xx, and so did the app around it. Read
    /// the answer's body to its end first, since a streamed one does its work meanwhile.
    ///
    /// # Errors
    /// [`WorkError`] if not: what the handler said, or its status, with the time that it asks to wait at the least, at most a
    /// day.
    pub fn conclude(&self, answer: ReplayAnswer<'_>) -> Result<(), WorkError> {
        let (name, method) = (self.event.endpoint(), self.event.method());
        let path = self.event.target().split('?').next().unwrap_or_default();
        let status = answer.status;
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match met {
            Met::Nothing => {
                let text =
                    format!("no route of the app led to the endpoint `{name}`: {method} {path} was answered {status}");
                Err(WorkError::retry(text))
            }
            // No attempt will find another one, before somebody has mended it.
            Met::Other(other) => {
                let text = format!(
                    "{method} {path} leads to the endpoint `{other}`, and this event is of `{name}`: mount `{name}` there, \
                     with no other endpoint around it, and requeue the event"
                );
                Err(WorkError::dead_letter(text))
            }
            Met::Nobody => {
                let text =
                    format!("the endpoint `{name}` wraps no handler: a layer or middleware around one is needed");
                Err(WorkError::retry(text))
            }
            Met::Called => {
                let text = format!("the handler ended without an answer, and the app around it answered {status}");
                Err(WorkError::retry(text))
            }
            Met::Answered(Err(error)) => Err(error),
            Met::Answered(Ok(())) => judge("the handler succeeded, and the app around it", answer),
        }
    }

    /// The error of an attempt whose handler panicked, where the adapter itself must catch that.
    #[must_use]
    pub fn panicked(panic: &(dyn Any + Send)) -> WorkError {
        WorkError::panicked(panic)
    }
}

/// What an answer says of the work. What was said in words comes before the status.
fn judge(who: &str, answer: ReplayAnswer<'_>) -> Result<(), WorkError> {
    let ReplayAnswer { status, retry_after, detail, said } = answer;
    if let Some(said) = said {
        return Err(said);
    }
    let text = match detail {
        Some(detail) => format!("{who} answered {status}: {detail}"),
        None => format!("{who} answered {status}"),
    };
    let wait = retry_after.and_then(|value| std::str::from_utf8(value).ok()?.trim().parse().ok());
    match (status, wait) {
        (200..300, _) => Ok(()),
        // A floor: such a header speaks to a sender, who waits longer each time by itself.
        (503, Some(seconds)) => Err(WorkError::retry_no_sooner(Duration::from_secs(seconds).min(LONGEST_WAIT), text)),
        _ => Err(WorkError::retry(text)),
    }
}

/// Which attempt to work an event this is, in the extensions of a request that comes out of an inbox. A request that comes
/// from a sender has none.
///
/// It opens no door: what makes a request a replay is nothing that code outside of the adapters has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt(u32);

impl Attempt {
    /// 1 for the first.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}
