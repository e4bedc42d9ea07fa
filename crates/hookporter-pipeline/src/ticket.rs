//! A ticket: the right to work one event, and the duty to answer for it within the acknowledgement budget.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use hookporter_core::{Evidence, Reason, Rejection};
use tokio::time::Instant;

use crate::event::Event;
use crate::exchange::{Exchange, Subject};
use crate::handoff::{BoxFuture, HandedOff, HandoffError};
use crate::outcome::Outcome;
use crate::reply::Reply;
use crate::work::{Custody, Driver, Panicked, Spawn, TokioSpawn, WorkResult, Worked};

/// Work of the endpoint's own: a route's handler, or a hand-off.
pub(crate) type OwnWork = BoxFuture<'static, Result<HandedOff, HandoffError>>;

/// The reply to work of the endpoint's own; `Err` when the deadline has passed.
pub(crate) fn own_reply(
    exchange: &Exchange,
    event: &Event,
    ended: Result<Result<Result<HandedOff, HandoffError>, Panicked>, ()>,
) -> Reply {
    let rejection = match ended {
        Ok(Ok(Ok(HandedOff::New))) => return exchange.acknowledge(event, Outcome::Accepted),
        Ok(Ok(Ok(HandedOff::Parked))) => return exchange.acknowledge(event, Outcome::Parked),
        Ok(Ok(Ok(HandedOff::Duplicate))) => return exchange.acknowledge(event, Outcome::Duplicate),
        Ok(Ok(Err(error))) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(target: "hookporter", endpoint = event.endpoint(), source, "hand-off: {error}");
            Rejection::new(error.kind())
        }
        Ok(Err(Panicked)) => Rejection::new(Reason::HandlerPanicked),
        Err(()) => Rejection::new(Reason::HandoffTimeout),
    };
    exchange.refuse_event(event, rejection)
}

/// The right to run the wrapped handler for one event.
#[derive(Debug)]
#[must_use = "a ticket that is not run takes its event's mark back"]
pub struct Ticket {
    exchange: Exchange,
    event: Event,
    custody: Custody,
    /// When the sender is to be told 503; `None` where the budget is endless.
    deadline: Option<Instant>,
}

/// The answer of a wrapped handler.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "a response and its status, made by adapters")]
pub struct Answer<R> {
    /// Its status.
    pub status: u16,
    /// The response itself.
    pub response: R,
}

impl<R> Worked for Answer<R> {
    fn result(&self) -> WorkResult {
        if (200..300).contains(&self.status) { WorkResult::Taken } else { WorkResult::Failed }
    }
}

/// What an adapter sends after the wrapped handler ran.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "an adapter handles both or does not compile")]
pub enum Handled<R> {
    /// The pipeline's own answer.
    Reply(Reply),
    /// The handler's response, with this status.
    Response {
        /// The response.
        response: R,
        /// The status that it is sent with: the handler's, or one that the sender takes as success.
        status: u16,
    },
}

impl Ticket {
    pub(crate) const fn new(exchange: Exchange, event: Event, custody: Custody, deadline: Option<Instant>) -> Self {
        Self { exchange, event, custody, deadline }
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }

    /// Answers 503: nobody takes this event. For an adapter that wraps no handler.
    #[must_use]
    pub fn no_handler(self) -> Reply {
        self.exchange.refuse_event(&self.event, Rejection::new(Reason::NoHandler))
    }

    /// Runs the wrapped handler, in the background or within the budget, as the endpoint says.
    ///
    /// Dropping this future does not cancel the handler once it was begun.
    pub fn run<F, R, S>(mut self: Box<Self>, work: F, spawn: S) -> impl Future<Output = Handled<R>>
    where
        F: Future<Output = Answer<R>> + 'static,
        R: 'static,
        S: Spawn<F>,
    {
        let background = self.custody.permit.is_some();
        let custody = self.take_custody();
        // Put on the heap before the future below begins, which would else hold the handler's in several places.
        let driver = Box::pin(Driver::new(work, custody));
        async move {
            if background {
                return Handled::Reply(self.run_in_background(driver, &spawn));
            }
            if self.exchange.endpoint.report_only {
                return match drive(driver, &spawn, None).await {
                    Ok(Ok(Answer { response, status })) => Handled::Response { response, status },
                    _ => Handled::Reply(Reply::status(Reason::HandlerPanicked.status())),
                };
            }
            match drive(driver, &spawn, self.deadline).await {
                Ok(Ok(answer)) => self.judge(answer),
                Ok(Err(Panicked)) => self.refuse(Rejection::new(Reason::HandlerPanicked)),
                Err(()) => self.refuse(Rejection::new(Reason::HandoffTimeout)),
            }
        }
    }

    /// Runs work of the endpoint's own that was asked once, in a task of its own.
    pub(crate) async fn run_own(mut self: Box<Self>, work: OwnWork) -> Reply {
        let driver = Box::pin(Driver::new(work, self.take_custody()));
        let ended = await_elsewhere(driver, &TokioSpawn::new(), self.deadline).await;
        own_reply(&self.exchange, &self.event, ended)
    }

    /// Runs work of the endpoint's own in the background.
    pub(crate) fn run_own_in_background(mut self: Box<Self>, work: OwnWork) -> Reply {
        let driver = Box::pin(Driver::new(work, self.take_custody()));
        self.run_in_background(driver, &TokioSpawn::new())
    }

    /// Acknowledges now; the mark of the event stays unless the work fails.
    fn run_in_background<F, S>(&self, mut driver: Pin<Box<Driver<F>>>, spawn: &S) -> Reply
    where
        F: Future + 'static,
        F::Output: Worked,
        S: Spawn<F>,
    {
        driver.as_mut().acknowledged();
        drop(spawn.spawn(driver));
        self.exchange.acknowledge(&self.event, Outcome::Accepted)
    }

    fn judge<R>(&self, answer: Answer<R>) -> Handled<R> {
        let endpoint = &self.exchange.endpoint;
        let conclude = |outcome, status, rejection| {
            self.exchange.conclude(Subject::Event(&self.event), outcome, status, rejection);
        };
        let Answer { status, response } = answer;
        let verbatim = endpoint.verbatim;
        let failed = Rejection::new(Reason::HandlerFailed).with_evidence(Evidence::Status(status));
        match status {
            200..300 => {
                let status = if verbatim || endpoint.is_success(status) { status } else { endpoint.ack_status };
                if !verbatim && endpoint.demands_a_body() {
                    return Handled::Reply(self.exchange.acknowledge_with(&self.event, Outcome::Accepted, status));
                }
                conclude(Outcome::Accepted, status, None);
                Handled::Response { response, status }
            }
            // Senders give up, or unsubscribe, at these; they are not the sender's doing.
            406 | 410 if !verbatim => self.refuse(failed),
            400..500 => {
                let refused = Rejection::new(Reason::HandlerRefused).with_evidence(Evidence::Status(status));
                conclude(Outcome::Rejected, status, Some(&refused));
                if !verbatim && endpoint.demands_a_body() {
                    return Handled::Reply(Reply::status(status));
                }
                Handled::Response { response, status }
            }
            _ if verbatim => {
                conclude(Outcome::Unavailable, status, Some(&failed));
                Handled::Response { response, status }
            }
            _ => self.refuse(failed),
        }
    }

    fn refuse<R>(&self, rejection: Rejection) -> Handled<R> {
        Handled::Reply(self.exchange.refuse_event(&self.event, rejection))
    }

    /// What must live as long as the work, and not as long as the request.
    fn take_custody(&mut self) -> Custody {
        Custody { span: self.exchange.span.clone(), ..std::mem::replace(&mut self.custody, Custody::empty()) }
    }
}

/// Polls the work once here, where most work ends; what does not goes on elsewhere. `Err` when the deadline passes.
pub(crate) async fn drive<F, S>(
    mut driver: Pin<Box<Driver<F>>>,
    spawn: &S,
    deadline: Option<Instant>,
) -> Result<Result<F::Output, Panicked>, ()>
where
    F: Future + 'static,
    F::Output: Worked,
    S: Spawn<F>,
{
    let first = poll_fn(|cx| Poll::Ready(driver.as_mut().poll(cx))).await;
    match first {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => await_elsewhere(driver, spawn, deadline).await,
    }
}

/// Goes on with work in a task of its own, where a sender that hangs up cannot reach it. `Err` when the deadline passes;
/// the work goes on.
async fn await_elsewhere<F, S>(
    driver: Pin<Box<Driver<F>>>,
    spawn: &S,
    deadline: Option<Instant>,
) -> Result<Result<F::Output, Panicked>, ()>
where
    F: Future + 'static,
    F::Output: Worked,
    S: Spawn<F>,
{
    let task = spawn.spawn(driver);
    let ended = match deadline {
        Some(deadline) => Box::pin(tokio::time::timeout_at(deadline, task)).await.map_err(|_| ())?,
        None => task.await,
    };
    // A task that a runtime cancels while it shuts down has not done its work.
    Ok(ended.unwrap_or(Err(Panicked)))
}
