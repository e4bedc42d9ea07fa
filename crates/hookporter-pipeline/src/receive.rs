//! The one pipeline: door, papers, body, proof, labels, version gate, hand-off.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use hookporter_core::{Check, Delivery, Head, PreparedKeyring, Reason, Rejection, UnixTime};
use tokio::time::Instant;

use crate::Endpoint;
use crate::body::{self, BodyReader};
use crate::event::Event;
use crate::exchange::Exchange;
use crate::keys::Resolved;
use crate::memory::Held;
use crate::outcome::Outcome;
use crate::reply::Reply;
use crate::ticket::Ticket;

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
}

/// Runs a request through the pipeline up to the wrapped handler.
///
/// Never panics and never cancels a hand-off: a panic in the user's code becomes 503, and what was begun goes on when
/// this future is dropped.
pub async fn receive<B: BodyReader>(endpoint: &Arc<Endpoint>, head: &Head<'_>, body: &mut B) -> Verdict {
    let mut exchange = Exchange::new(endpoint.clone());
    let url = endpoint.public_url.as_ref().and_then(|public| public.of(head, endpoint.verifier.has_fixed_url()));
    let head = url.as_deref().map_or(*head, |url| head.with_url(url));
    // What of the body was read when the request is turned away; report-only passes it on.
    let mut read = BytesMut::new();
    // Pinned where it is made: a variable in between would be a second place for it in this future.
    let stepped = {
        let future = std::pin::pin!(steps(&mut exchange, &head, body, &mut read));
        CatchPanic { future }.await
    };
    let turned_away = match stepped {
        Ok(Ok(verdict)) => return verdict,
        Ok(Err(turned_away)) => turned_away,
        Err(()) => TurnedAway::from(Rejection::new(Reason::HandlerPanicked)),
    };
    let reply = exchange.refuse(&head, turned_away.event.as_ref(), turned_away.rejection);
    if endpoint.report_only {
        return Verdict::PassOn(read.freeze());
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
    exchange: &mut Exchange,
    head: &Head<'_>,
    body: &mut B,
    read: &mut BytesMut,
) -> Result<Verdict, TurnedAway> {
    let endpoint = exchange.endpoint.clone();
    let now = door(&endpoint, head)?;
    let keyring = keyring(&endpoint, exchange, head, now).await?;
    let mut held = endpoint.memory.hold();
    let delivery = prove(&endpoint, exchange, head, body, &keyring, now, &mut held, read).await?;
    let at = Instant::now();
    let deadline = at.checked_add(endpoint.budget_after(exchange.elapsed(at)));
    let handshake = match endpoint.provider {
        Some(provider) => provider.handshake(&delivery)?,
        None => None,
    };
    if let Some(handshake) = &handshake
        && !endpoint.report_only
    {
        exchange.conclude(head.method(), head.target(), None, Outcome::Handshake, handshake.status, None);
        return Ok(Verdict::Reply(Reply::handshake(handshake.clone())));
    }
    let context = crate::event::Context {
        endpoint: &endpoint.name,
        provider: endpoint.provider_id(),
        tenant: exchange.tenant.clone(),
        verifier: &endpoint.verifier,
        kept_headers: &endpoint.kept_headers,
    };
    let event = Event::new(context, delivery, head);
    if endpoint.report_only {
        return Ok(crate::gate::watch(exchange, event, handshake.is_some()).await);
    }
    crate::gate::pass(exchange, event, held, deadline)
        .await
        .map_err(|(rejection, event)| TurnedAway { rejection, event: Some(event) })
}

/// The door: is anybody in, is it the right door, does the clock run.
fn door(endpoint: &Endpoint, head: &Head<'_>) -> Result<UnixTime, Rejection> {
    if !endpoint.methods().contains(&head.method()) {
        return Err(Rejection::new(Reason::MethodNotAllowed));
    }
    if endpoint.state.shutting_down.load(Ordering::Relaxed) {
        return Err(Rejection::new(Reason::ShuttingDown));
    }
    if endpoint.state.paused.load(Ordering::Relaxed) {
        return Err(Rejection::new(Reason::EndpointPaused));
    }
    let now = endpoint.clock.now();
    if now <= UnixTime::from_secs(0) {
        return Err(Rejection::new(Reason::ClockUnusable));
    }
    Ok(now)
}

/// The keyring that a request is checked with, and whether its tenant exists.
struct Keys {
    keyring: Arc<PreparedKeyring>,
    known: bool,
}

async fn keyring(
    endpoint: &Endpoint,
    exchange: &mut Exchange,
    head: &Head<'_>,
    now: UnixTime,
) -> Result<Keys, Rejection> {
    let unknown = || {
        let keyring = endpoint.decoy.clone().ok_or_else(|| Rejection::new(Reason::UnknownTenant))?;
        Ok(Keys { keyring, known: false })
    };
    let tenant = match &endpoint.tenant {
        None => None,
        Some(rule) => match rule.tenant(head) {
            Some(tenant) => Some(tenant),
            None => return unknown(),
        },
    };
    if endpoint.keys.is_source() {
        // A stranger's request does not reach the source of keys before it looks like a delivery.
        endpoint.verifier.judge_papers(head, now)?;
    }
    let resolved = match endpoint.keys.fixed() {
        Some(keyring) => Resolved::Keyring(keyring),
        None => Box::pin(endpoint.keys.resolve(tenant.clone(), &endpoint.verifier, endpoint.budget)).await?,
    };
    match resolved {
        Resolved::UnknownTenant => unknown(),
        Resolved::NoKey => {
            exchange.tenant = tenant;
            Err(Rejection::new(Reason::NoLiveKey))
        }
        Resolved::Keyring(keyring) => {
            exchange.tenant = tenant;
            Ok(Keys { keyring, known: true })
        }
    }
}

/// Papers, body, proof.
#[expect(clippy::too_many_arguments, reason = "the three steps share the whole of a request")]
async fn prove<B: BodyReader>(
    endpoint: &Endpoint,
    exchange: &mut Exchange,
    head: &Head<'_>,
    body: &mut B,
    keys: &Keys,
    now: UnixTime,
    held: &mut Held,
    read: &mut BytesMut,
) -> Result<Delivery, Rejection> {
    let mut check: Check<'_> = endpoint.verifier.begin(head, &keys.keyring, now)?;
    let keep = endpoint.report_only;
    let mut inflated = 0_usize;
    let received = body::read(body, endpoint.body_deadline, held, |chunk| {
        exchange.body_bytes = exchange.body_bytes.saturating_add(chunk.len());
        if keep {
            read.extend_from_slice(&chunk);
        }
        check.push(chunk)?;
        let before = std::mem::replace(&mut inflated, check.inflated_bytes());
        Ok(inflated.saturating_sub(before))
    })
    .await;
    received?;
    let proven = check.finish();
    if !keys.known {
        // Whatever the decoy says, and at the same cost.
        return Err(Rejection::new(Reason::UnknownTenant));
    }
    let delivery = proven.map_err(hookporter_core::Refused::into_rejection)?;
    if inflated == 0 && delivery.payload().as_ptr() != delivery.body().as_ptr() {
        // Inflated once it was proven, or taken out of a token.
        held.grow(delivery.payload().len())?;
    }
    Ok(delivery)
}

/// Catches a panic of a future that is pinned elsewhere.
struct CatchPanic<F> {
    future: F,
}

impl<F: Future + Unpin> Future for CatchPanic<F> {
    type Output = Result<F::Output, ()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.future).poll(cx)))
            .map_or(Poll::Ready(Err(())), |polled| polled.map(Ok))
    }
}
