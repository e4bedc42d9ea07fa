//! Replays: a stored event is sent through the whole app once more, so that the user's own handlers work it.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
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
/// through without a proof. It is for one endpoint, and notes whether that was reached.
///
/// It is made from an [`Event`] out of a store alone; nothing that comes over a connection becomes one. An adapter puts it
/// into a request that it builds of the event, sends that through the app, and asks it for the result.
#[derive(Debug, Clone)]
pub struct Replay {
    event: Event,
    /// Who met it; set where the endpoint is mounted. Without it the 200 of a catch-all route would be a success once the
    /// route of the endpoint is gone.
    met: Arc<OnceLock<Met>>,
}

/// Who was behind the endpoint.
#[derive(Debug, Clone, Copy)]
enum Met {
    Handler,
    Nobody,
}

/// How an app answered a replay.
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
    #[must_use]
    pub fn at(&self, endpoint: &Endpoint) -> Verdict {
        if endpoint.name() != self.event.endpoint() {
            return Verdict::Reply(Reply::status(MISDIRECTED));
        }
        Verdict::Replay(self.clone())
    }

    /// The event for the wrapped handler, which is about to be called.
    #[must_use]
    pub fn begin(&self) -> Event {
        let _ = self.met.set(Met::Handler);
        self.event.clone()
    }

    /// The answer of an adapter that wraps no handler.
    #[must_use]
    pub fn no_handler(&self) -> Reply {
        let _ = self.met.set(Met::Nobody);
        Reply::status(MISDIRECTED)
    }

    /// Whether the attempt succeeded: the endpoint was reached, and its handler answered 2xx. Read the answer's body to its
    /// end first, since a streamed one does its work meanwhile.
    ///
    /// # Errors
    /// [`WorkError`] if not: what the handler said, or its status and how long it asks to wait, at most a day.
    pub fn conclude(&self, answer: ReplayAnswer<'_>) -> Result<(), WorkError> {
        let ReplayAnswer { status, retry_after, detail, said } = answer;
        let name = self.event.endpoint();
        match (self.met.get(), said) {
            (None, _) => {
                let path = self.event.target().split('?').next().unwrap_or_default();
                let method = self.event.method();
                let text =
                    format!("no route of the app led to the endpoint `{name}`: {method} {path} was answered {status}");
                Err(WorkError::retry(text))
            }
            (Some(Met::Nobody), _) => {
                let text =
                    format!("the endpoint `{name}` wraps no handler: a layer or middleware around one is needed");
                Err(WorkError::retry(text))
            }
            (Some(Met::Handler), Some(error)) => Err(error),
            (Some(Met::Handler), None) => judge(status, retry_after, detail),
        }
    }

    /// The error of an attempt whose handler panicked, where the adapter itself must catch that.
    #[must_use]
    pub fn panicked(panic: &(dyn Any + Send)) -> WorkError {
        WorkError::panicked(panic)
    }
}

/// What a handler's status says.
fn judge(status: u16, retry_after: Option<&[u8]>, detail: Option<String>) -> Result<(), WorkError> {
    let text = match detail {
        Some(detail) => format!("the handler answered {status}: {detail}"),
        None => format!("the handler answered {status}"),
    };
    let wait = retry_after.and_then(|value| std::str::from_utf8(value).ok()?.trim().parse().ok());
    match (status, wait) {
        (200..300, _) => Ok(()),
        (503, Some(seconds)) => Err(WorkError::retry_after(Duration::from_secs(seconds).min(LONGEST_WAIT), text)),
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
