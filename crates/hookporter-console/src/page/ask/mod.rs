//! What pages ask a store for, with the words of their queries.

mod many;

use std::sync::Arc;

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::Outcome;
use hookporter_pipeline::journal::Query;
use hookporter_pipeline::operating::{OperatingSide, Replayed, State, Stats, Verdict};
use maud::Markup;

use crate::fields::Fields;
use crate::look;
use crate::page::body::{Look, Part, Wanted};
use crate::page::frame::Place;
use crate::page::refused::{Cause, Now};
use crate::page::view::View;
use crate::page::{deliveries, delivery, event, events, refused, rejected, replays};
use crate::room::Room;
use crate::selection;
use crate::trouble::Trouble;

/// What is at a path.
pub(super) enum Found {
    /// A page: where it belongs, its title, and what is on it.
    Page(Place, String, Markup),
    /// Bytes to be kept, and the name of their file.
    Bytes(String, Bytes),
}

/// How many of the latest replays are looked through for an event.
const REPLAYS_OF_AN_EVENT: usize = 5;
/// How many events of a replay are counted.
const COUNTED: usize = 2_000;
/// How many causes of a refusal are shown.
#[cfg(feature = "diagnosis")]
const CAUSES: usize = 4;
/// How many replays are listed.
const REPLAYS: usize = 200;

/// How much the inbox holds, where there is one; why nobody can say, where it fails: endpoints are shown all the same.
pub(super) async fn stats(room: &Room) -> Option<Result<Stats, Trouble>> {
    let events = room.events.as_ref()?;
    Some(events.stats().await.map_err(Trouble::from))
}

/// What of a store is at this path; `None` if there is nothing.
pub(super) async fn store(
    room: &Room,
    view: &View,
    path: &[&str],
    mut fields: Fields,
) -> Result<Option<Found>, Trouble> {
    Ok(Some(match *path {
        ["events"] => list(room, view, Place::Events, fields).await?,
        ["dead"] => list(room, view, Place::Dead, fields).await?,
        ["parked"] => list(room, view, Place::Parked, fields).await?,
        ["events", number] => {
            let wanted = wanted(&mut fields)?;
            fields.end()?;
            one_event(room, view, number_of(number)?, wanted).await?
        }
        ["events", number, file] => {
            let Some(part) = file.strip_suffix(".bin").and_then(Part::of) else { return Ok(None) };
            fields.end()?;
            let file = look::event_file(room, number_of(number)?, part.of_event()).await?;
            Found::Bytes(file.name, file.bytes)
        }
        ["deliveries"] => journal(room, view, fields).await?,
        ["deliveries", number] => {
            fields.end()?;
            let entry = room.requests()?.entry(number_of(number)?).await?;
            let entry = entry.ok_or_else(|| Trouble::absent("there is no such delivery, or not any more"))?;
            let found = room.endpoint(&entry.record.endpoint).ok().and_then(|endpoint| endpoint.health().likely_cause);
            let page = delivery::delivery(view, &entry, found.as_ref());
            Found::Page(Place::Deliveries, format!("Delivery {number}"), page)
        }
        ["rejected"] => turned_away(room, view, fields).await?,
        ["quarantine", number] => {
            let wanted = wanted(&mut fields)?;
            fields.end()?;
            let number = number_of(number)?;
            let request = look::refused(room, number).await?;
            let page = refused::refused(view, number, &request, &again(room, number).await, wanted);
            Found::Page(Place::Rejected, format!("Refused request {number}"), page)
        }
        ["quarantine", number, "body.bin"] => {
            fields.end()?;
            let file = look::refused_file(room, number_of(number)?).await?;
            Found::Bytes(file.name, file.bytes)
        }
        ["replays"] => {
            fields.end()?;
            let replays = room.events()?.replays(REPLAYS).await?;
            Found::Page(Place::Replays, "Replays".to_owned(), replays::replays(view, &replays))
        }
        ["replays", number] => one_replay(room, view, number_of(number)?, fields).await?,
        ["confirm"] => many::planned(room, view, fields).await?,
        _ => return Ok(None),
    }))
}

/// How a refused request would be judged now; nothing is handed off.
async fn again(room: &Room, number: i64) -> Now {
    match look::judge(room, number).await {
        Ok(Ok(())) => Now::Holds,
        Ok(Err(rejection)) => Now::Refused(rejection, causes(room, number).await),
        Err(trouble) => Now::Unknown(trouble),
    }
}

#[cfg(feature = "diagnosis")]
async fn causes(room: &Room, number: i64) -> Vec<Cause> {
    let found = look::diagnose(room, number).await.unwrap_or_default();
    let cause = |one: hookporter_core::diagnosis::Diagnosis| Cause {
        word: one.cause.as_str(),
        certainty: one.certainty.as_str(),
        message: one.to_string(),
    };
    found.into_iter().take(CAUSES).map(cause).collect()
}

#[cfg(not(feature = "diagnosis"))]
#[expect(clippy::unused_async, reason = "as with the feature")]
async fn causes(_: &Room, _: i64) -> Vec<Cause> {
    Vec::new()
}

fn number_of<N: std::str::FromStr>(text: &str) -> Result<N, Trouble> {
    text.parse().map_err(|_| Trouble::absent("there is no such page"))
}

/// `of`, `view` and `page` of a body.
fn wanted(fields: &mut Fields) -> Result<Wanted, Trouble> {
    Ok(Wanted {
        part: fields.word("of", Part::of)?.unwrap_or_default(),
        look: fields.word("view", Look::of)?,
        page: fields.number("page")?.unwrap_or(0),
    })
}

async fn list(room: &Room, view: &View, place: Place, mut fields: Fields) -> Result<Found, Trouble> {
    let limit = selection::limit(&mut fields)?;
    let is_later = fields.has("before");
    let page = selection::page(&mut fields)?;
    let filter = events::Filter {
        state: fields.peek("state"),
        endpoint: fields.peek("endpoint"),
        tenant: fields.peek("tenant"),
        kind: fields.peek("type"),
        since: fields.peek("since"),
        until: fields.peek("until"),
    };
    let mut which = selection::events(&mut fields, view.now)?;
    fields.end()?;
    which.state = match place {
        Place::Dead => Some(State::Dead),
        Place::Parked => Some(State::Parked),
        _ => which.state,
    };
    let mut found = room.events()?.select(which, page, limit.saturating_add(1)).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let list = events::Listing { place, filter: &filter, events: &found, more, is_later };
    Ok(Found::Page(place, list.heading().to_owned(), events::events(view, &list)))
}

async fn one_event(room: &Room, view: &View, number: i64, wanted: Wanted) -> Result<Found, Trouble> {
    let whole = look::event(room, number).await?;
    let replays = replays_of(room.events()?, number).await?;
    let page = event::event(view, &whole, &event::Beside { replays: &replays, wanted });
    Ok(Found::Page(event::place(&whole.listed), format!("Event {number}"), page))
}

async fn replays_of(events: &Arc<dyn OperatingSide>, number: i64) -> Result<Vec<(i64, Replayed)>, Trouble> {
    let mut found = Vec::new();
    for replay in events.replays(REPLAYS_OF_AN_EVENT).await? {
        let at = events.verdicts(replay.number, number.saturating_sub(1), 1).await?;
        found.extend(at.into_iter().filter(|one| one.event == number).map(|one| (replay.number, one)));
    }
    Ok(found)
}

async fn journal(room: &Room, view: &View, mut fields: Fields) -> Result<Found, Trouble> {
    let limit = selection::limit(&mut fields)?;
    let is_later = fields.has("before");
    let before = fields.number("before")?.unwrap_or(u64::MAX);
    let filter = deliveries::Filter {
        endpoint: fields.peek("endpoint"),
        outcomes: fields.peek_all("outcome"),
        reason: fields.peek("reason"),
        event: fields.peek("event"),
        text: fields.peek("text"),
        since: fields.peek("since"),
        until: fields.peek("until"),
    };
    let query = selection::requests(&mut fields, view.now)?;
    fields.end()?;
    let journal = room.requests()?;
    let mut entries = journal.entries(query, before, limit.saturating_add(1)).await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let list = deliveries::Listing { filter: &filter, entries: &entries, more, is_later, lost: journal.lost() };
    Ok(Found::Page(Place::Deliveries, "Deliveries".to_owned(), deliveries::deliveries(view, &list)))
}

async fn turned_away(room: &Room, view: &View, mut fields: Fields) -> Result<Found, Trouble> {
    let limit = selection::limit(&mut fields)?;
    let is_later = fields.has("after");
    let after = fields.number("after")?.unwrap_or(0);
    let filter = rejected::Filter {
        endpoint: fields.peek("endpoint"),
        reason: fields.peek("reason"),
        since: fields.peek("since"),
    };
    let since = fields.moment("since", view.now)?;
    let which = selection::refused(&mut fields)?;
    fields.end()?;
    let mut query = Query::new()
        .outcome(Outcome::Rejected)
        .outcome(Outcome::Unavailable)
        .since(since.unwrap_or_else(|| usual(view.now)));
    query.endpoint = which.endpoint.clone();
    query.reason = which.reason;
    let counts = match &room.requests {
        Some(journal) => Some(journal.reasons(query).await?),
        None => None,
    };
    let mut kept = match &room.refused {
        Some(quarantine) => Some(quarantine.select_refused(which, after, limit.saturating_add(1)).await?),
        None => None,
    };
    let more = kept.as_ref().is_some_and(|kept| kept.len() > limit);
    kept.iter_mut().for_each(|kept| kept.truncate(limit));
    if counts.is_none() && kept.is_none() {
        return Err(Trouble::absent("this console was given neither a journal nor a quarantine"));
    }
    let turned = rejected::Turned { filter: &filter, counts: counts.as_deref(), kept: kept.as_deref(), more, is_later };
    Ok(Found::Page(Place::Rejected, "Rejected".to_owned(), rejected::rejected(view, &turned)))
}

fn usual(now: UnixTime) -> UnixTime {
    crate::moment::parse(rejected::USUAL, now).unwrap_or(now)
}

async fn one_replay(room: &Room, view: &View, number: i64, mut fields: Fields) -> Result<Found, Trouble> {
    let limit = selection::limit(&mut fields)?;
    let is_later = fields.has("after");
    let after = fields.number("after")?.unwrap_or(0);
    fields.end()?;
    let events = room.events()?;
    let replays = events.replays(REPLAYS).await?;
    let counted = events.verdicts(number, 0, COUNTED).await?;
    let replay = replays.iter().find(|replay| replay.number == number);
    if replay.is_none() && counted.is_empty() {
        return Err(Trouble::absent("there is no such replay, or its events are gone"));
    }
    let mut shown = events.verdicts(number, after, limit.saturating_add(1)).await?;
    let more = shown.len() > limit;
    shown.truncate(limit);
    let going = replays::Going {
        number,
        replay,
        counts: Verdict::ALL.map(|verdict| many(counted.iter().filter(|one| one.verdict == verdict).count())),
        counted: many(counted.len()),
        events: &shown,
        more,
        is_later,
    };
    Ok(Found::Page(Place::Replays, format!("Replay {number}"), replays::replay(view, &going)))
}

fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
