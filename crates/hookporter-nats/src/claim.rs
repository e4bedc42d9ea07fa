//! Lending events to workers: a pull that waits for nothing.

use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::PullConsumer;
use futures_util::StreamExt;
use hookporter_pipeline::inbox::store::Fault;
use hookporter_pipeline::inbox::{Claim, Claimed, EventRecord, Lease, LeaseId};
use tokio::time::{Instant, timeout_at};

use crate::common::Common;
use crate::leases::Lent;
use crate::link::fault;
use crate::marks::Marks;
use crate::names::is_marker;
use crate::settle::{self, Place};

/// How long a pull may take. What came until then is lent.
const PULL: Duration = Duration::from_secs(2);

pub(crate) async fn claim(core: &Common, claim: Claim) -> Result<Claimed, Fault> {
    core.leases.forget();
    let consumer = core.consumer(claim.lease).await?;
    // Before the server's clock for these leases begins.
    let began = Instant::now();
    let mut claimed = Claimed::default();
    let mut messages = match pull(&consumer, claim.most, began).await {
        Ok(messages) => messages,
        Err(error) => {
            core.forget_consumer().await;
            return Err(error);
        }
    };
    if pass_marker(core, &mut messages).await {
        // It took the place of an event, which is due all the same.
        messages.extend(pull(&consumer, 1, began).await.unwrap_or_default());
    }
    for message in messages {
        // One that cannot be settled now comes back when its lease runs out.
        if let Err(error) = lend(core, message, &claim, began, &mut claimed).await {
            tracing::error!(target: "hookporter", "the inbox could not lend an event: {error}");
        }
    }
    Ok(claimed)
}

/// Says of a stream's marker that it is done, where it was given out; whether it was.
async fn pass_marker(core: &Common, messages: &mut Vec<Message>) -> bool {
    let Some(at) = messages.iter().position(|message| is_marker(&message.subject)) else { return false };
    let reply = messages.remove(at).message.reply.map(|reply| reply.to_string()).unwrap_or_default();
    if let Err(error) = settle::done(core, reply).await {
        // It is given out again, and nobody is the worse for it.
        tracing::debug!(target: "hookporter", "the stream's marker is not settled: {error}");
    }
    true
}

async fn pull(consumer: &PullConsumer, most: usize, began: Instant) -> Result<Vec<Message>, Fault> {
    let end = began.checked_add(PULL).unwrap_or(began);
    let asking = consumer.fetch().max_messages(most).messages();
    let Ok(asked) = timeout_at(end, asking).await else {
        return Err(Fault::Store("the server does not answer".to_owned()));
    };
    let mut messages = asked.map_err(fault)?;
    let mut given = Vec::new();
    loop {
        match timeout_at(end, messages.next()).await {
            Ok(Some(Ok(message))) => given.push(message),
            Ok(Some(Err(error))) if given.is_empty() => return Err(Fault::Store(error.to_string())),
            Err(_) if given.is_empty() => return Err(Fault::Store("the server does not answer".to_owned())),
            _ => return Ok(given),
        }
    }
}

/// Lends an event, or puts it where it belongs if nobody is to work it now.
async fn lend(
    core: &Common,
    message: Message,
    claim: &Claim,
    began: Instant,
    claimed: &mut Claimed,
) -> Result<(), Fault> {
    let info = message.info().map_err(|error| Fault::Store(error.to_string()))?;
    let (sequence, epoch, delivered) = (info.stream_sequence, info.consumer_sequence, info.delivered);
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let marks = Marks::read(message.headers.as_ref());
    let lent = Lent {
        id: LeaseId { number: marks.number.unwrap_or_else(|| number(sequence)), epoch: number(epoch) },
        attempt: marks.attempt(delivered),
        sequence,
        subject: message.subject.to_string(),
        reply: message.reply.as_ref().map(ToString::to_string).unwrap_or_default(),
        marks,
        payload: message.message.payload,
        lease: claim.lease,
    };
    let Some(record) = EventRecord::from_bytes(&lent.payload) else {
        tracing::error!(target: "hookporter", event = lent.id.number, "what is in the stream is no event, and goes to the dead letters");
        return settle::put(core, &lent, Place::Dead, "no event is in it").await;
    };
    if lent.marks.parked {
        return settle::put(core, &lent, Place::Parked, "parked as it came").await;
    }
    if let Some(early) = lent.marks.due.map(|due| due.since(claim.now)).filter(|early| !early.is_zero()) {
        return settle::delay(core, &lent, early).await;
    }
    let record = core.sealing.open(record);
    let spent = lent.attempt > claim.attempts;
    let attempt = if spent { lent.attempt.saturating_sub(1) } else { lent.attempt };
    let lease = Lease { id: lent.id, attempt, record };
    if spent {
        settle::put(core, &lent, Place::Dead, "the last attempt never ended").await?;
        claimed.dead.push(lease);
    } else {
        core.leases.insert(lent, began.checked_add(claim.lease).unwrap_or(began));
        claimed.leases.push(lease);
    }
    Ok(())
}
