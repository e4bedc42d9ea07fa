//! What pages and the API show, where that is more than one question to a store.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{KeyId, Rejection, UnixTime};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::operating::{Attempted, Listed, Original, Page, RefusedRequest, Selection};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::room::Room;
use crate::trouble::Trouble;

/// All that is known of an event.
pub(crate) struct Whole {
    pub(crate) listed: Listed,
    /// `None`: it was swept.
    pub(crate) record: Option<EventRecord>,
    pub(crate) attempts: Vec<Attempted>,
    /// What came in, where it was edited.
    pub(crate) original: Option<Original>,
    /// The requests that told of it, the newest first, where there is a journal.
    pub(crate) requests: Vec<Arc<Entry>>,
}

/// How many requests are shown with an event.
const REQUESTS: usize = 50;

pub(crate) async fn event(room: &Room, number: i64) -> Result<Whole, Trouble> {
    let events = room.events()?;
    let (listed, record) = match events.inspect(number).await? {
        Some((listed, record)) => (listed, Some(record)),
        None => (listed(room, number).await?, None),
    };
    let attempts = events.attempts(number).await?;
    let original = events.original(number).await?;
    let requests = requests_of(room, number, record.as_ref()).await?;
    Ok(Whole { listed, record, attempts, original, requests })
}

async fn listed(room: &Room, number: i64) -> Result<Listed, Trouble> {
    let found = room.events()?.select(Selection::all().numbers([number]), Page::After(0), 1).await?;
    found.into_iter().next().ok_or_else(|| Trouble::absent("there is no such event"))
}

/// A journal in memory knows no number of an event, but what the log calls the request that brought it.
async fn requests_of(room: &Room, number: i64, record: Option<&EventRecord>) -> Result<Vec<Arc<Entry>>, Trouble> {
    let Some(journal) = &room.requests else { return Ok(Vec::new()) };
    let by_number = journal.entries(Query::new().event(number), u64::MAX, REQUESTS).await?;
    match record.and_then(|record| record.trace) {
        Some(trace) if by_number.is_empty() => {
            Ok(journal.entries(Query::new().text(&trace.to_string()), u64::MAX, REQUESTS).await?)
        }
        _ => Ok(by_number),
    }
}

/// Bytes to be kept, and the name of their file. Of what is encrypted, with a key that does not open it here, there are none.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

/// Which bytes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfEvent {
    Body,
    /// What the body says, where that is not the body itself.
    Payload,
    /// What came in, of an event that was edited since.
    Original,
}

/// Bytes of an event.
pub(crate) async fn event_file(room: &Room, number: i64, part: OfEvent) -> Result<File, Trouble> {
    let (events, gone) = (room.events()?, || Trouble::absent("there are no such bytes, or not any more"));
    if part == OfEvent::Original {
        // An encrypted event is not edited, so that none has an original.
        let original = events.original(number).await?.ok_or_else(gone)?;
        return Ok(File { name: format!("event-{number}-original.bin"), bytes: original.body });
    }
    let (_, record) = events.inspect(number).await?.ok_or_else(gone)?;
    opened(record.sealed_by.as_deref())?;
    Ok(match part {
        OfEvent::Payload => {
            File { name: format!("event-{number}-payload.bin"), bytes: record.payload.ok_or_else(gone)? }
        }
        _ => File { name: format!("event-{number}.bin"), bytes: record.body },
    })
}

/// The body of a kept request.
pub(crate) async fn refused_file(room: &Room, number: i64) -> Result<File, Trouble> {
    let request = refused(room, number).await?;
    opened(request.sealed_by.as_deref())?;
    Ok(File { name: format!("refused-{number}.bin"), bytes: request.body })
}

/// A kept request, opened or not.
pub(crate) async fn refused(room: &Room, number: i64) -> Result<RefusedRequest, Trouble> {
    let found = room.refused()?.refused_request(number).await?;
    found.ok_or_else(|| Trouble::absent("there is no such request, or not any more"))
}

fn opened(sealed_by: Option<&str>) -> Result<(), Trouble> {
    let Some(key) = sealed_by else { return Ok(()) };
    Err(Trouble::conflict(format!("encrypted with the key `{key}`, which does not open it here")))
}

/// One at a time in the process: each may ask for keys, and hashes a body again and again.
static TURN: Semaphore = Semaphore::const_new(1);

async fn turn() -> Result<SemaphorePermit<'static>, Trouble> {
    TURN.acquire().await.map_err(|_| Trouble::new(503, "busy", "nobody is left to judge it"))
}

/// A kept request, and the endpoint that it came to.
async fn kept(room: &Room, number: i64) -> Result<(&Endpoint, RefusedRequest), Trouble> {
    let request = refused(room, number).await?;
    opened(request.sealed_by.as_deref())?;
    Ok((room.endpoint(&request.endpoint)?, request))
}

/// Whether the proof of a kept request would hold now; nothing is handed off.
pub(crate) async fn judge(room: &Room, number: i64) -> Result<Result<(), Rejection>, Trouble> {
    let _turn = turn().await?;
    let (endpoint, request) = kept(room, number).await?;
    Ok(endpoint.judge(&request).await)
}

/// Why it does not, the surest cause first.
#[cfg(feature = "diagnosis")]
pub(crate) async fn diagnose(room: &Room, number: i64) -> Result<Vec<hookporter_core::diagnosis::Diagnosis>, Trouble> {
    let _turn = turn().await?;
    let (endpoint, request) = kept(room, number).await?;
    Ok(endpoint.diagnose(&request).await)
}

/// When a key last fitted, since the process started.
pub(crate) struct Key {
    pub(crate) endpoint: String,
    pub(crate) id: KeyId,
    pub(crate) last_used: UnixTime,
    pub(crate) idle: Duration,
    /// Whether it can go: another key has fitted since, and so long ago that no sender still tries with this one.
    pub(crate) is_spent: bool,
}

/// Senders try again for some days; after this long none does.
const SPENT: Duration = Duration::from_secs(7 * 24 * 3600);

pub(crate) fn keys(room: &Room) -> Vec<Key> {
    let now = room.now();
    let of = |endpoint: &hookporter_pipeline::Endpoint| {
        let health = endpoint.health();
        let latest = health.keys.iter().map(|key| key.last_used).max();
        // Of tenants each has keys of its own: that one is idle says nothing of another.
        let can_tell = !endpoint.has_tenants();
        let key = |key: &hookporter_pipeline::health::KeyUse| {
            let idle = now.since(key.last_used);
            let is_followed = latest.is_some_and(|latest| latest.since(key.last_used) > SPENT);
            Key {
                endpoint: health.endpoint.to_string(),
                id: key.id.clone(),
                last_used: key.last_used,
                idle,
                is_spent: can_tell && is_followed,
            }
        };
        health.keys.iter().map(key).collect::<Vec<_>>()
    };
    room.endpoints.iter().flat_map(of).collect()
}
