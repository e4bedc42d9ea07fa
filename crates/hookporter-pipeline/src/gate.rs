//! From a proven event to its hand-off: version gate, filter, duplicates, routes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hookporter_core::{Reason, Rejection};
use tokio::time::Instant;

use crate::Endpoint;
use crate::dedupe::{Claim, Dedupe, Seen};
use crate::endpoint::Mode;
use crate::event::Event;
use crate::exchange::Exchange;
use crate::handoff::{HandedOff, HandoffError};
use crate::memory::Held;
use crate::outcome::Outcome;
use crate::receive::Verdict;
use crate::routes::Route;
use crate::ticket::{OwnWork, Ticket};
use crate::work::Custody;

/// Passes an event through the gates and hands it off where the endpoint itself does that.
pub(crate) async fn pass(
    exchange: &Exchange,
    event: Event,
    held: Held,
    proven: Instant,
    deadline: Option<Instant>,
) -> Result<Verdict, (Rejection, Event)> {
    let endpoint = &exchange.endpoint;
    let handled = endpoint.gate.as_ref().is_none_or(|gate| gate.handles(event.api_version()));
    if !handled && endpoint.parking().is_none() {
        return Err((Rejection::new(Reason::VersionNotHandled), event));
    }
    let confirmer = endpoint.confirmer_of(&event);
    let confirms = confirmer.is_some();
    let route = match confirmer {
        Some(confirmer) => Route::Handler(confirmer.clone()),
        None => endpoint.route(&event),
    };
    if matches!(route, Route::Ignore) {
        return Ok(Verdict::Reply(exchange.acknowledge(&event, Outcome::Ignored)));
    }
    // What is not handled is parked, whatever route there is for it.
    let route = if handled { route } else { Route::On };
    // An inbox tells duplicates by itself, at the commit: what memory says would only stand in its way.
    let kept = matches!((&route, &endpoint.mode), (Route::On, Mode::Inbox(_)));
    let claimed = if kept { Claimed::Free } else { claim(endpoint, &event, proven, deadline).await };
    let claim = match claimed {
        Claimed::Free => None,
        Claimed::Mine(claim) => Some(claim),
        Claimed::Duplicate => return Ok(Verdict::Reply(exchange.acknowledge(&event, Outcome::Duplicate))),
        Claimed::StillInFlight => return Err((Rejection::new(Reason::DuplicateInFlight), event)),
    };
    let permit = match &endpoint.mode {
        // A sender that was told 2xx does not ask for a confirmation again.
        Mode::Background(slots) if !confirms => match slots.clone().try_acquire_owned() {
            Ok(permit) => Some(permit),
            Err(_) => return Err((Rejection::new(Reason::HandoffFull), event)),
        },
        _ => None,
    };
    let custody = Custody { claim, held: Some(held), permit, ..Custody::empty() };
    let ticket = Box::new(Ticket::new(exchange.clone(), event, custody, deadline));
    Ok(hand_off(endpoint, ticket, route, !handled).await)
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
async fn hand_off(endpoint: &Arc<Endpoint>, ticket: Box<Ticket>, route: Route, parked: bool) -> Verdict {
    let (event, trace) = (ticket.event().clone(), ticket.trace());
    // A panic of the call itself is one of the work.
    let begun = catch_unwind(AssertUnwindSafe(|| -> Option<OwnWork> {
        Some(match (route, &endpoint.mode) {
            (Route::Handler(handler), _) => {
                Box::pin(
                    async move { handler.call(event).await.map(|()| HandedOff::New).map_err(HandoffError::failed) },
                )
            }
            (_, Mode::Handoff(handoff)) => handoff.hand_off(event),
            (_, Mode::Inbox(inbox)) => match endpoint.may_use_inbox() {
                Ok(()) => inbox.keep(&event, trace, &endpoint.keeping, parked),
                Err(error) => Box::pin(std::future::ready(Err(HandoffError::failed(error)))),
            },
            _ => return None,
        })
    }));
    match begun {
        Ok(Some(work)) => Verdict::Reply(ticket.run_own(work).await),
        Ok(None) => Verdict::Handle(ticket),
        Err(_) => Verdict::Reply(ticket.panicked()),
    }
}

pub(crate) enum Claimed {
    /// Nothing identifies the event: it is distinct.
    Free,
    Mine(Claim),
    Duplicate,
    StillInFlight,
}

/// Claims an event, waiting within the budget for a first copy that is in flight.
pub(crate) async fn claim(endpoint: &Endpoint, event: &Event, proven: Instant, deadline: Option<Instant>) -> Claimed {
    let Some(store) = &endpoint.dedupe else { return Claimed::Free };
    let Some(key) = event.key() else { return Claimed::Free };
    loop {
        let mut change = match Dedupe::claim(store, event.tenant(), &key, proven) {
            Seen::New(claim) => return Claimed::Mine(claim),
            Seen::Before => return Claimed::Duplicate,
            Seen::InFlight(change) => change,
        };
        let ended = async {
            // An error says that the sender is gone: the first copy has ended.
            while change.changed().await.is_ok() {}
        };
        match deadline {
            None => Box::pin(ended).await,
            Some(deadline) => {
                if Box::pin(tokio::time::timeout_at(deadline, ended)).await.is_err() {
                    return Claimed::StillInFlight;
                }
            }
        }
    }
}
