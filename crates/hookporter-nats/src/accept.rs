//! Taking records over: one publish for each, which says at once whether the event is new.

use std::collections::HashMap;

use async_nats::jetstream::stream::DirectGetErrorKind;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use hookporter_pipeline::inbox::store::Fault;
use hookporter_pipeline::inbox::{Accepted, EventRecord};

use crate::common::Common;
use crate::link::fault;
use crate::marks::Marks;
use crate::names::{token, token_of};
use crate::publish::{Message, Published, publish};

/// How often a sender that never stops has a dead letter worked again.
const MOST_REQUEUES: u32 = 100;
/// How many records of one request are on their way at once.
const AT_ONCE: usize = 256;

/// Takes the records of one request, and ends when the stream has confirmed all of them.
///
/// They are not one step: where one fails, others may be kept. None is acknowledged then, and the sender's next try finds those
/// as duplicates.
pub(crate) async fn accept(core: &Common, records: Vec<EventRecord>) -> Result<Vec<Accepted>, Fault> {
    if records.iter().any(|record| record.lane.is_some()) {
        return Err(Fault::Store("an inbox on JetStream keeps no order: `in_order_by` needs another one".to_owned()));
    }
    let subjects: Vec<_> =
        records.iter().map(|record| core.names.event(&token_of(record, &core.link.client))).collect();
    let accepted = match (&*records, &*subjects) {
        // Nearly always, and without what many need.
        ([record], [subject]) => one(core, subject, record).await.map(|accepted| vec![accepted]),
        _ => Box::pin(many(core, records, subjects)).await,
    };
    // What was kept of a request that failed is to be worked, too.
    core.wake.everybody();
    accepted
}

async fn many(core: &Common, records: Vec<EventRecord>, subjects: Vec<String>) -> Result<Vec<Accepted>, Fault> {
    let mut first = HashMap::new();
    let accepting: Vec<_> = records
        .into_iter()
        .zip(subjects)
        .enumerate()
        .map(|(at, (record, subject))| {
            let is_first = *first.entry(subject.clone()).or_insert(at) == at;
            async move { if is_first { one(core, &subject, &record).await } else { Ok(Accepted::Duplicate) } }
        })
        .collect();
    stream::iter(accepting).buffered(AT_ONCE).try_collect().await
}

async fn one(core: &Common, subject: &str, record: &EventRecord) -> Result<Accepted, Fault> {
    let marks = Marks { parked: record.parked, ..Marks::default() };
    let mut message = Message { marks, payload: Bytes::from(record.to_bytes()) };
    let taken = match publish(&core.link, subject, &message, Some(0)).await? {
        Published::Stored => return Ok(Accepted::New),
        Published::Taken(taken) => taken,
    };
    let dead = core.names.dead(token(subject));
    let Some(letter) = dead_letter(core, &dead).await?.filter(|letter| may_return(letter, taken)) else {
        return Ok(Accepted::Duplicate);
    };
    // A further delivery of a dead letter is the wish to try again, with the contents that came now. Of several such deliveries
    // one takes the place of what was there; a dead letter that was left behind names a message that is not the last any more.
    message.marks.requeued = letter.requeued.saturating_add(1);
    message.marks.number = letter.number.or_else(|| i64::try_from(taken).ok());
    match publish(&core.link, subject, &message, Some(taken)).await? {
        Published::Stored => {
            if let Err(error) = core.dead.purge().filter(dead).await {
                tracing::warn!(target: "hookporter", "a dead letter that is worked again stays in its stream: {error}");
            }
            Ok(Accepted::Requeued)
        }
        Published::Taken(_) => Ok(Accepted::Duplicate),
    }
}

/// Whether it is the dead letter of this message, and its sender may have it worked again.
const fn may_return(letter: &Marks, taken: u64) -> bool {
    matches!(letter.event, Some(event) if event == taken) && letter.requeued < MOST_REQUEUES
}

/// The marks of the dead letter of this subject, if there is one.
async fn dead_letter(core: &Common, subject: &str) -> Result<Option<Marks>, Fault> {
    match core.dead.direct_get_last_for_subject(subject).await {
        Ok(letter) => Ok(Some(Marks::read(Some(&letter.headers)))),
        Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(error)),
    }
}
