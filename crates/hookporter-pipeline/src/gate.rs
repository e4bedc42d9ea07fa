//! From a proven event to its hand-off: version gate, filter, duplicates, routes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use hookporter_core::{Reason, Rejection};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::Endpoint;
use crate::dedupe::{Claim, Dedupe, Seen};
use crate::endpoint::Mode;
use crate::event::Event;
use crate::exchange::Exchange;
use crate::handoff::{BoxFuture, HandedOff, HandoffError};
use crate::memory::Held;
use crate::outcome::Outcome;
use crate::receive::Verdict;
use crate::reply::Reply;
use crate::routes::Route;
use crate::ticket::{OwnWork, Ticket, own_reply};
use crate::work::{Custody, WorkResult, Worked, once, poll_caught};

/// How far an event came when it was asked once.
pub(crate) enum Passed<'e> {
    /// To its end: a verdict, or a refusal.
    Ended(Result<Verdict, (Rejection, Event)>),
    /// It waits: for a first copy, or for its hand-off. On the heap, so that the future of no other request is larger for it.
    Waits(BoxFuture<'e, Result<Verdict, (Rejection, Event)>>),
}

impl Passed<'_> {
    const fn reply(reply: Reply) -> Self {
        Self::Ended(Ok(Verdict::Reply(reply)))
    }

    fn refused(reason: Reason, event: Event) -> Self {
        Self::Ended(Err((Rejection::new(reason), event)))
    }

    /// What becomes of it in the end.
    pub(crate) async fn ended(self) -> Result<Verdict, (Rejection, Event)> {
        match self {
            Self::Ended(ended) => ended,
            Self::Waits(waiting) => waiting.await,
        }
    }
}

/// Passes an event through the gates and hands it off where the endpoint itself does that.
///
/// No future of its own: nearly every event comes to its end here, with nothing that would have to be kept for a second time.
pub(crate) fn pass<'e>(
    cx: &mut Context<'_>,
    exchange: &'e Exchange,
    event: Event,
    held: Held,
    proven: Instant,
) -> Passed<'e> {
    let endpoint = &exchange.endpoint;
    let handled = endpoint.gate.as_ref().is_none_or(|gate| gate.handles(event.api_version()));
    if !handled && endpoint.parking().is_none() {
        return Passed::refused(Reason::VersionNotHandled, event);
    }
    let confirmer = endpoint.confirmer_of(&event);
    let confirms = confirmer.is_some();
    let route = match confirmer {
        Some(confirmer) => Route::Handler(confirmer.clone()),
        None => endpoint.route(&event),
    };
    if matches!(route, Route::Ignore) {
        return Passed::reply(exchange.acknowledge(&event, Outcome::Ignored));
    }
    // What is not handled is parked, whatever route there is for it.
    let route = if handled { route } else { Route::On };
    let passing = Passing { exchange, event, held, proven, route, parked: !handled, confirms };
    // An inbox tells duplicates by itself, at the commit: what memory says would only stand in its way.
    if matches!((&passing.route, &endpoint.mode), (Route::On, Mode::Inbox(_))) {
        return passing.claimed(cx, Claimed::Free);
    }
    match ask(endpoint, &passing.event, proven) {
        Ok(claimed) => passing.claimed(cx, claimed),
        Err(_) => Passed::Waits(Box::pin(async move {
            let claimed = claim(endpoint, &passing.event, proven, exchange.deadline(proven)).await;
            once(|cx| passing.claimed(cx, claimed)).await.ended().await
        })),
    }
}

/// An event that is not ignored, with all that is known of where it goes.
struct Passing<'e> {
    exchange: &'e Exchange,
    event: Event,
    held: Held,
    proven: Instant,
    route: Route,
    parked: bool,
    /// Whether it is a subscription to be confirmed.
    confirms: bool,
}

impl<'e> Passing<'e> {
    fn claimed(self, cx: &mut Context<'_>, claimed: Claimed) -> Passed<'e> {
        let Self { exchange, event, held, proven, route, parked, confirms } = self;
        let claim = match claimed {
            Claimed::Free => None,
            Claimed::Mine(claim) => Some(claim),
            Claimed::Duplicate => return Passed::reply(exchange.acknowledge(&event, Outcome::Duplicate)),
            Claimed::StillInFlight => return Passed::refused(Reason::DuplicateInFlight, event),
        };
        let permit = match &exchange.endpoint.mode {
            // A sender that was told 2xx does not ask for a confirmation again.
            Mode::Background(slots) if !confirms => match slots.clone().try_acquire_owned() {
                Ok(permit) => Some(permit),
                Err(_) => return Passed::refused(Reason::HandoffFull, event),
            },
            _ => None,
        };
        let custody = Custody { claim, held: Some(held), permit, ..Custody::empty() };
        hand_off(cx, exchange, event, custody, proven, route, parked)
    }
}

impl Endpoint {
    /// Where an event goes that its type does not rule out.
    pub(crate) fn route(&self, event: &Event) -> Route {
        let wanted = self
            .only_types
            .as_ref()
            .is_none_or(|types| event.event_type().is_some_and(|kind| types.iter().any(|wanted| wanted == kind)));
        if wanted { self.routes.route(event) } else { Route::Ignore }
    }
}

/// Report-only: writes down what would have become of the event, and lets it through.
pub(crate) async fn watch(exchange: &Exchange, event: Event, handshake: bool) -> Verdict {
    let endpoint = &exchange.endpoint;
    let handled = endpoint.gate.as_ref().is_none_or(|gate| gate.handles(event.api_version()));
    if !handled {
        exchange.refuse_event(&event, Rejection::new(Reason::VersionNotHandled));
    } else if handshake {
        exchange.acknowledge(&event, Outcome::Handshake);
    } else {
        let now = Instant::now();
        let outcome = match claim(endpoint, &event, now, Some(now)).await {
            Claimed::Mine(mut claim) => {
                claim.taken();
                Outcome::Accepted
            }
            Claimed::Free => Outcome::Accepted,
            Claimed::Duplicate | Claimed::StillInFlight => Outcome::Duplicate,
        };
        exchange.acknowledge(&event, outcome);
    }
    Verdict::Handle(Box::new(Ticket::new(exchange.clone(), event, Custody::empty(), None)))
}

/// Hands off what the endpoint's own routes, hand-off or inbox take; the rest is the wrapped handler's. An inbox parks what
/// nobody is to work yet.
fn hand_off<'e>(
    cx: &mut Context<'_>,
    exchange: &'e Exchange,
    event: Event,
    mut custody: Custody,
    proven: Instant,
    route: Route,
    parked: bool,
) -> Passed<'e> {
    let ticket = |event, custody| Box::new(Ticket::new(exchange.clone(), event, custody, exchange.deadline(proven)));
    // A panic of the call itself is one of the work.
    let mut work = match catch_unwind(AssertUnwindSafe(|| begin(exchange, &event, route, parked))) {
        Ok(Some(work)) => work,
        Ok(None) => return Passed::Ended(Ok(Verdict::Handle(ticket(event, custody)))),
        Err(_) => return Passed::reply(exchange.refuse_event(&event, Rejection::new(Reason::HandlerPanicked))),
    };
    if custody.permit.is_some() {
        return Passed::reply(ticket(event, custody).run_own_in_background(work));
    }
    // Most hand-offs are over when they have been asked once, and need neither a task nor a ticket.
    match poll_caught(Pin::new(&mut work), cx) {
        Poll::Ready(output) => {
            custody.settle(output.as_ref().map_or(WorkResult::Failed, Worked::result));
            Passed::reply(own_reply(exchange, &event, Ok(output)))
        }
        Poll::Pending => {
            let ticket = ticket(event, custody);
            Passed::Waits(Box::pin(async move { Ok(Verdict::Reply(ticket.run_own(work).await)) }))
        }
    }
}

/// The endpoint's own work with an event, where there is any.
fn begin(exchange: &Exchange, event: &Event, route: Route, parked: bool) -> Option<OwnWork> {
    let endpoint = &exchange.endpoint;
    Some(match (route, &endpoint.mode) {
        (Route::Handler(handler), _) => {
            let event = event.clone();
            Box::pin(async move { handler.call(event).await.map(|()| HandedOff::New).map_err(HandoffError::failed) })
        }
        (_, Mode::Handoff(handoff)) => handoff.hand_off(event.clone()),
        (_, Mode::Inbox(inbox)) => match endpoint.may_use_inbox() {
            Ok(()) => inbox.keep(event, exchange.trace(), &endpoint.keeping, parked),
            Err(error) => Box::pin(std::future::ready(Err(HandoffError::failed(error)))),
        },
        _ => return None,
    })
}

pub(crate) enum Claimed {
    /// Nothing identifies the event: it is distinct.
    Free,
    Mine(Claim),
    Duplicate,
    StillInFlight,
}

/// Claims an event; `Err` while a first copy is in flight, with what tells of its end.
fn ask(endpoint: &Endpoint, event: &Event, proven: Instant) -> Result<Claimed, watch::Receiver<()>> {
    let Some(store) = &endpoint.dedupe else { return Ok(Claimed::Free) };
    let Some(key) = event.key() else { return Ok(Claimed::Free) };
    match Dedupe::claim(store, event.tenant(), &key, proven) {
        Seen::New(claim) => Ok(Claimed::Mine(claim)),
        Seen::Before => Ok(Claimed::Duplicate),
        Seen::InFlight(change) => Err(change),
    }
}

/// Claims an event, waiting within the budget for a first copy that is in flight.
pub(crate) async fn claim(endpoint: &Endpoint, event: &Event, proven: Instant, deadline: Option<Instant>) -> Claimed {
    loop {
        let mut change = match ask(endpoint, event, proven) {
            Ok(claimed) => return claimed,
            Err(change) => change,
        };
        let ended = async {
            // An error says that the sender is gone: the first copy has ended.
            while change.changed().await.is_ok() {}
        };
        match deadline {
            None => ended.await,
            Some(deadline) => {
                if tokio::time::timeout_at(deadline, ended).await.is_err() {
                    return Claimed::StillInFlight;
                }
            }
        }
    }
}
