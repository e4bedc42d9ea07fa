//! The one pipeline: door, papers, body, proof, labels, version gate, hand-off.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use hookporter_core::{Delivery, Head, PreparedKeyring, Reason, Rejection, UnixTime};
use tokio::time::Instant;

use crate::Endpoint;
use crate::body::BodyReader;
use crate::challenge;
use crate::event::Event;
use crate::exchange::Exchange;
use crate::gate::{self, Passed};
use crate::keys::RequestKeys;
use crate::peek::Peeked;
use crate::prove::prove;
use crate::replay::Replay;
use crate::reply::Reply;
use crate::ticket::Ticket;
use crate::work::{Panicked, once, poll_caught};

/// What an adapter is to do with a request.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "an adapter handles every case or does not compile")]
pub enum Verdict {
    /// Send this answer.
    Reply(Reply),
    /// Run the wrapped handler with this event, through [`Ticket::run`].
    Handle(Box<Ticket>),
    /// Report-only: pass the request on as if this endpoint were not there. These bytes of its body were read already.
    PassOn(Bytes),
    /// An event out of a store, on its way through the app again: call the wrapped handler with the event of [`Replay::begin`]
    /// and its body, and send the handler's answer as it is. Comes of [`Replay::at`] alone.
    Replay(Replay),
}

/// Runs a request through the pipeline up to the wrapped handler.
///
/// Never panics and never cancels a hand-off: a panic in the user's code becomes 503, and what was begun goes on when
/// this future is dropped.
///
/// `peer` is the other end of the connection, where the adapter knows it and [`Endpoint::asks_for_peer`].
pub async fn receive<B: BodyReader>(
    endpoint: &Arc<Endpoint>,
    head: &Head<'_>,
    peer: Option<SocketAddr>,
    body: &mut B,
) -> Verdict {
    let mut exchange = Exchange::new(endpoint.clone());
    let mut body = Peeked::new(body);
    let span = exchange.span.clone();
    // On the heap: allocators have two small blocks at hand, and look for one that is larger than a kilobyte.
    let turned_away = {
        let waited = AtomicBool::new(false);
        let mut future = Box::pin(steps(endpoint, &mut exchange, head, peer, &mut body, &waited));
        let polled = poll_fn(|cx| {
            let polled = span.in_scope(|| poll_caught(future.as_mut(), cx));
            waited.store(true, Ordering::Relaxed);
            polled
        });
        match polled.await {
            Ok(Ok(verdict)) => return verdict,
            Ok(Err(turned_away)) => turned_away,
            Err(Panicked) => TurnedAway::from(Rejection::new(Reason::HandlerPanicked)),
        }
    };
    let is_refusal = turned_away.event.is_none() && turned_away.rejection.kind().is_refusal();
    if is_refusal && endpoint.keeper().is_some() {
        // On the heap, so that the future of every other request is no larger for it.
        let mut keeping =
            Box::pin(crate::quarantine::keep(&mut exchange, head, peer, &turned_away.rejection, &mut body));
        if poll_fn(|cx| poll_caught(keeping.as_mut(), cx)).await.is_err() {
            tracing::error!(target: "hookporter", endpoint = &*endpoint.name, "keeping a refused request panicked");
        }
    }
    let (event, rejection) = (turned_away.event, turned_away.rejection);
    let reason = rejection.kind();
    let reply = if is_refusal && endpoint.holds(reason) {
        exchange.hold(head, rejection)
    } else {
        exchange.refuse(head, event.as_ref(), rejection)
    };
    #[cfg(feature = "diagnosis")]
    if event.is_none() && endpoint.may_tell(reason, head) {
        crate::examine::offer(&mut exchange, reason, head, peer);
    }
    if endpoint.report_only {
        return Verdict::PassOn(body.unread());
    }
    Verdict::Reply(reply)
}

/// Why a request is turned away, with its event where the proof held.
struct TurnedAway {
    rejection: Rejection,
    event: Option<Event>,
}

impl From<Rejection> for TurnedAway {
    fn from(rejection: Rejection) -> Self {
        Self { rejection, event: None }
    }
}

async fn steps<B: BodyReader>(
    endpoint: &Arc<Endpoint>,
    exchange: &mut Exchange,
    head: &Head<'_>,
    peer: Option<SocketAddr>,
    body: &mut Peeked<'_, B>,
    waited: &AtomicBool,
) -> Result<Verdict, TurnedAway> {
    let now = door(endpoint, head)?;
    exchange.arrived_at = Some(now);
    let url = endpoint.url_of(head, peer.map(|peer| peer.ip()))?;
    // On the heap, as few endpoints need it: what lives while this waits is a part of every request's future.
    let with_url = url.as_deref().map(|url| Box::new(head.with_url(url)));
    let head = with_url.as_deref().unwrap_or(head);
    if let Some(provider) = endpoint.provider.filter(|provider| provider.has_open_challenges())
        && let Some(answered) = Box::pin(challenge::answer(exchange, provider, head, body, now)).await?
    {
        return Ok(answered);
    }
    challenges_only(endpoint, head)?;
    if endpoint.keys.is_source() {
        // A stranger's request does not reach the source of keys before it looks like a delivery, as far as its head tells.
        endpoint.verifier.judge_papers(head, now)?;
    }
    let keyring = RequestKeys::of(endpoint, exchange, head).await?;
    let mut held = endpoint.memory.hold();
    let proven = prove(endpoint, exchange, head, body, &keyring, now, &mut held).await?;
    // A request that was here as a whole has not waited since it came, which spares a look at the clock.
    let at = if waited.load(Ordering::Relaxed) { Instant::now() } else { exchange.started() };
    let passed = match delivered(exchange, head, peer, body, keyring.keyring(), proven)? {
        Delivered::Answered(verdict) => return Ok(verdict),
        Delivered::Watched(event, is_handshake) => {
            Passed::Waits(Box::pin(async move { Ok(gate::watch(exchange, event, is_handshake).await) }))
        }
        Delivered::Event(event) => once(|cx| gate::pass(cx, exchange, event, held, at)).await,
    };
    passed.ended().await.map_err(|(rejection, event)| TurnedAway { rejection, event: Some(event) })
}

/// What a proven delivery is.
enum Delivered {
    /// A handshake, which is answered.
    Answered(Verdict),
    /// Report-only: an event, or a handshake.
    Watched(Event, bool),
    /// An event.
    Event(Event),
}

/// Makes an event of a delivery. Nothing here waits, so none of it takes room in the future of a request.
fn delivered<B: BodyReader>(
    exchange: &mut Exchange,
    head: &Head<'_>,
    peer: Option<SocketAddr>,
    body: &mut Peeked<'_, B>,
    keyring: Option<&PreparedKeyring>,
    delivery: Delivery,
) -> Result<Delivered, Rejection> {
    let endpoint = &exchange.endpoint;
    let handshake = match endpoint.provider {
        Some(provider) => provider.handshake(&delivery, head, keyring)?,
        None => None,
    };
    match &handshake {
        Some(answer) if !endpoint.report_only => {
            return Ok(Delivered::Answered(challenge::conclude(exchange, head, answer.clone(), body)));
        }
        // A method that only challenges have.
        None if !endpoint.methods().contains(&head.method()) => return Err(Rejection::new(Reason::MethodNotAllowed)),
        _ => {}
    }
    exchange.is_proven = true;
    let endpoint = &exchange.endpoint;
    if endpoint.state.vitals.proven(delivery.key_id(), delivery.received_at()) && endpoint.quarantine.holds {
        crate::quarantine::hold_ended(endpoint);
    }
    let context = crate::event::Context {
        endpoint: &endpoint.name,
        provider: endpoint.provider_id(),
        tenant: exchange.tenant.clone(),
        verifier: &endpoint.verifier,
        kept_headers: &endpoint.kept_headers,
        peer,
        target: endpoint.target_to_keep(head.target()),
    };
    let event = Event::new(context, delivery, head);
    if endpoint.report_only {
        return Ok(Delivered::Watched(event, handshake.is_some()));
    }
    Ok(Delivered::Event(event))
}

/// A method that events do not have is for challenges only.
fn challenges_only(endpoint: &Endpoint, head: &Head<'_>) -> Result<(), Rejection> {
    let may_be = || endpoint.provider.is_some_and(|provider| provider.may_be_signed_challenge(head));
    if endpoint.methods().contains(&head.method()) || may_be() {
        return Ok(());
    }
    Err(Rejection::new(Reason::MethodNotAllowed))
}

/// The door: is anybody in, is it the right door, does the clock run.
fn door(endpoint: &Endpoint, head: &Head<'_>) -> Result<UnixTime, Rejection> {
    let challenges = endpoint.provider.is_some_and(|provider| provider.challenges_by(head.method()));
    if !challenges && !endpoint.methods().contains(&head.method()) {
        return Err(Rejection::new(Reason::MethodNotAllowed));
    }
    if endpoint.state.shutting_down.load(Ordering::Relaxed) {
        return Err(Rejection::new(Reason::ShuttingDown));
    }
    endpoint.join();
    if endpoint.state.switches.is_paused() {
        return Err(Rejection::new(Reason::EndpointPaused));
    }
    let now = endpoint.clock.now();
    if now <= UnixTime::from_secs(0) {
        return Err(Rejection::new(Reason::ClockUnusable));
    }
    Ok(now)
}
