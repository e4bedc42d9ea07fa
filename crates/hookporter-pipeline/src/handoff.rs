//! Hand-off: giving an event to whatever does the work. The 2xx is sent only after it succeeded.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use hookporter_core::Reason;
use tokio::sync::mpsc;

use crate::Event;

/// A boxed error of the user's code.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A future that can be kept.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a hand-off did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandedOff {
    /// It took the event.
    New,
    /// It had taken this event before.
    Duplicate,
    /// It keeps the event until somebody releases it.
    Parked,
}

/// Takes events over.
///
/// A success is the promise that the event will be worked: the sender is told 2xx for it and does not come again.
/// The call runs in a task that the request cannot cancel; after the acknowledgement budget the sender is told 503
/// and the call goes on.
pub trait Handoff: Send + Sync + 'static {
    /// Takes one event. The future owns what it needs: it may outlive the request.
    ///
    /// # Errors
    /// [`HandoffError`] if the event is not taken; the sender is told 503.
    fn hand_off(&self, event: Event) -> BoxFuture<'static, Result<HandedOff, HandoffError>>;
}

/// Why a hand-off did not take an event. For the operator; the sender learns 503.
#[derive(Debug)]
pub struct HandoffError {
    reason: Reason,
    source: Option<BoxError>,
}

impl HandoffError {
    /// There is no free slot.
    #[must_use]
    pub const fn full() -> Self {
        Self { reason: Reason::HandoffFull, source: None }
    }

    /// It failed.
    pub fn failed(source: impl Into<BoxError>) -> Self {
        Self { reason: Reason::HandoffFailed, source: Some(source.into()) }
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> Reason {
        self.reason
    }
}

impl fmt::Display for HandoffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl Error for HandoffError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// A bounded channel: acknowledged means that a slot was taken. What is in it is lost when the process dies.
impl Handoff for mpsc::Sender<Event> {
    fn hand_off(&self, event: Event) -> BoxFuture<'static, Result<HandedOff, HandoffError>> {
        let sent = self.try_send(event).map(|()| HandedOff::New).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => HandoffError::full(),
            mpsc::error::TrySendError::Closed(_) => HandoffError::failed("the receiving side of the channel is gone"),
        });
        Box::pin(std::future::ready(sent))
    }
}
