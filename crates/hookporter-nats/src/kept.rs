//! Dead letters and parked events, given back to the workers.

use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use hookporter_pipeline::inbox::store::Fault;

use crate::common::Common;
use crate::link::fault;
use crate::marks::Marks;
use crate::names::{is_marker, token};
use crate::publish::{Message, Published, publish};
use crate::settle::Place;

/// Gives back everything that lies in this place when it is called, the oldest first, and says how much it was. Each has all of
/// its attempts again.
pub(crate) async fn release(core: &Common, place: Place) -> Result<u64, Fault> {
    let (stream, pattern) = match place {
        Place::Dead => (&core.dead, core.names.dead("*")),
        Place::Parked => (&core.parked, core.names.parked("*")),
    };
    let (mut released, mut from) = (0_u64, 1);
    let last = stream.get_info().await.map_err(fault)?.state.last_sequence;
    while let Some((sequence, subject, message)) = next(stream, &pattern, from).await? {
        if sequence > last {
            break;
        }
        from = sequence.saturating_add(1);
        if is_marker(&subject) {
            continue;
        }
        if give_back(core, &subject, &message).await? {
            released = released.saturating_add(1);
        }
        // Behind the event, so that it is in both places rather than in none if the process dies between. The copy that was read,
        // and not one that has come since.
        if let Err(error) = stream.delete_message(sequence).await {
            tracing::warn!(target: "hookporter", "a copy of an event that was given back stays where it was: {error}");
        }
    }
    core.wake.everybody();
    Ok(released)
}

/// The first message from this one on.
async fn next(stream: &Stream, pattern: &str, from: u64) -> Result<Option<(u64, String, Message)>, Fault> {
    match stream.get_first_raw_message_by_subject(pattern, from).await {
        Ok(found) => {
            let message = Message { marks: Marks::read(Some(&found.headers)), payload: found.payload };
            Ok(Some((found.sequence, found.subject.to_string(), message)))
        }
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(fault(error)),
    }
}

/// Whether the event was given back now: somebody may have been faster, as may its sender.
async fn give_back(core: &Common, kept_at: &str, kept: &Message) -> Result<bool, Fault> {
    let subject = core.names.event(token(kept_at));
    let event = kept.marks.event.unwrap_or(0);
    let number = kept.marks.number.or_else(|| i64::try_from(event).ok());
    let message = Message { marks: Marks { number, ..Marks::default() }, payload: kept.payload.clone() };
    let mut published = publish(&core.link, &subject, &message, Some(event)).await?;
    if published == Published::Taken(0) {
        // The event has been forgotten since.
        published = publish(&core.link, &subject, &message, Some(0)).await?;
    }
    Ok(published == Published::Stored)
}
