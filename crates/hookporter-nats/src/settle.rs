//! What a worker says of a lease, told to the server and confirmed by it.

use std::time::Duration;

use bytes::Bytes;
use hookporter_pipeline::inbox::store::Fault;
use hookporter_pipeline::inbox::{Failure, LeaseId, Next, Settled};
use tokio::time::Instant;

use crate::common::Common;
use crate::leases::Lent;
use crate::marks::Marks;
use crate::names::token;
use crate::publish::{Message, Published, publish};

/// Where an event goes that nobody is to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Dead,
    Parked,
}

/// The event is worked.
pub(crate) async fn complete(core: &Common, id: LeaseId) -> Result<Settled, Fault> {
    let Some(lent) = core.leases.live(id) else { return Ok(Settled::Fenced) };
    done(core, lent.reply.clone()).await?;
    core.leases.end(id);
    Ok(Settled::Done)
}

/// Makes a lease as long as it was at first, from now on: the server knows no other length.
pub(crate) async fn renew(core: &Common, id: LeaseId) -> Result<Settled, Fault> {
    let Some(lent) = core.leases.live(id) else { return Ok(Settled::Fenced) };
    let began = Instant::now();
    say(core, lent.reply.clone(), "+WPI".to_owned()).await?;
    core.leases.extend(id, began.checked_add(lent.lease).unwrap_or(began));
    Ok(Settled::Done)
}

/// The attempt failed.
pub(crate) async fn fail(core: &Common, id: LeaseId, failure: &Failure) -> Result<Settled, Fault> {
    let Some(lent) = core.leases.live(id) else { return Ok(Settled::Fenced) };
    match failure.next {
        Next::Due(due) => delay(core, &lent, due.since(failure.now)).await?,
        Next::Held(due) => {
            let marks = Marks { due: Some(due), ..uncounted(&lent) };
            if anew(core, &lent, marks).await? == Settled::Fenced {
                return Ok(Settled::Fenced);
            }
        }
        Next::Dead => put(core, &lent, Place::Dead, &failure.error).await?,
        Next::Parked => put(core, &lent, Place::Parked, &failure.error).await?,
    }
    core.leases.end(id);
    core.wake.everybody();
    Ok(Settled::Done)
}

/// Gives it back.
pub(crate) async fn release(core: &Common, id: LeaseId) -> Result<Settled, Fault> {
    let Some(lent) = core.leases.live(id) else { return Ok(Settled::Fenced) };
    let settled = anew(core, &lent, uncounted(&lent)).await?;
    core.leases.end(id);
    core.wake.everybody();
    Ok(settled)
}

/// The server is to give it out again after this time.
pub(crate) async fn delay(core: &Common, lent: &Lent, wait: Duration) -> Result<(), Fault> {
    say(core, lent.reply.clone(), format!("-NAK {{\"delay\": {}}}", wait.as_nanos())).await
}

/// Puts an event where nobody works it: there first, and then away from the events, so that it is in both places rather than in
/// none if the process dies between. There is one such copy of an event, however often it is put there.
pub(crate) async fn put(core: &Common, lent: &Lent, place: Place, why: &str) -> Result<(), Fault> {
    let marks =
        Marks { event: Some(lent.sequence), error: Some(why.to_owned()), attempts: lent.attempt, ..lent.copied() };
    let message = Message { marks, payload: lent.payload.clone() };
    let name = token(&lent.subject);
    let subject = if place == Place::Dead { core.names.dead(name) } else { core.names.parked(name) };
    publish(&core.link, &subject, &message, None).await?;
    say(core, lent.reply.clone(), "+TERM".to_owned()).await
}

/// The marks of a copy to which the present attempt does not count.
fn uncounted(lent: &Lent) -> Marks {
    Marks { attempts: lent.attempt.saturating_sub(1), ..lent.copied() }
}

/// Writes an event anew: its message makes way for another one, which the server has given to nobody. In one step of the server's,
/// and only while it is the last message of its subject, so that of two who do it one does.
async fn anew(core: &Common, lent: &Lent, marks: Marks) -> Result<Settled, Fault> {
    let message = Message { marks, payload: lent.payload.clone() };
    match publish(&core.link, &lent.subject, &message, Some(lent.sequence)).await? {
        Published::Taken(_) => Ok(Settled::Fenced),
        Published::Stored => {
            // The message is gone already. Where the server does not learn it from us, it finds that out when the lease is over.
            if let Err(error) = done(core, lent.reply.clone()).await {
                tracing::debug!(target: "hookporter", "a message that is gone is not settled: {error}");
            }
            Ok(Settled::Done)
        }
    }
}

/// The message that is answered there is done.
pub(crate) async fn done(core: &Common, reply: String) -> Result<(), Fault> {
    say(core, reply, "+ACK".to_owned()).await
}

/// Tells the server, which confirms it: a word that is lost would be work done twice.
async fn say(core: &Common, reply: String, word: String) -> Result<(), Fault> {
    core.link.ask(reply, None, Bytes::from(word)).await.map(|_| ())
}
