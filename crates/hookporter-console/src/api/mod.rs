//! The API: what pages show, for programs.

mod shown;

use hookporter_pipeline::health::{Health, Light};
use hookporter_pipeline::nodes::Fleet;
use hookporter_pipeline::operating::{Selection, State};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::fields::Fields;
use crate::room::Room;
use crate::trouble::Trouble;
use crate::{look, selection};

/// Shows what is at this path below `api/`; `None` if there is nothing.
pub(crate) async fn show(room: &Room, path: &[&str], query: &str) -> Result<Option<Answer>, Trouble> {
    let mut fields = Fields::of_form(query.as_bytes());
    let value = match *path {
        [] => about(room, fields)?,
        ["endpoints"] => endpoints(room, fields)?,
        ["endpoints", name] => {
            fields.end()?;
            json!(room.endpoint(name)?.health())
        }
        ["keys"] => keys(room, fields)?,
        ["nodes"] => {
            fields.end()?;
            json!({ "fleet": Fleet::look(room.endpoints.iter()).await })
        }
        ["requests", ..] | ["reasons"] => requests(room, path, fields).await?,
        ["events"] => events(room, Selection::all(), fields).await?,
        ["dead"] => events(room, Selection::all().state(State::Dead), fields).await?,
        ["parked"] => events(room, Selection::all().state(State::Parked), fields).await?,
        ["events", "count"] => {
            let which = selection::events(&mut fields, room.now())?;
            fields.end()?;
            json!({ "events": room.events()?.count(which).await? })
        }
        ["events", number] => {
            fields.end()?;
            shown::event(&look::event(room, number_of(number)?).await?)
        }
        ["events", number, part @ ("body" | "original")] => {
            fields.end()?;
            let part = if part == "original" { look::OfEvent::Original } else { look::OfEvent::Body };
            return look::event_file(room, number_of(number)?, part).await.map(|file| Some(download(file)));
        }
        ["replays", ..] => replays(room, path, fields).await?,
        ["quarantine", ..] => return quarantine(room, path, fields).await,
        ["stats"] => {
            fields.end()?;
            shown::stats(&room.events()?.stats().await?)
        }
        _ => return Ok(None),
    };
    Ok(Some(Answer::json(200, &value)))
}

/// Why not, for programs.
pub(crate) fn trouble(trouble: &Trouble) -> Answer {
    let said = json!({ "status": trouble.status, "error": trouble.word, "message": trouble.message });
    Answer::json(trouble.status, &said)
}

fn number_of<N: std::str::FromStr>(text: &str) -> Result<N, Trouble> {
    text.parse().map_err(|_| Trouble::absent("that is no number"))
}

fn about(room: &Room, fields: Fields) -> Result<Value, Trouble> {
    fields.end()?;
    Ok(json!({
        "title": room.title,
        "version": env!("CARGO_PKG_VERSION"),
        "changes": room.token.is_some(),
        "token": room.token.as_ref().map(crate::token::Token::as_str),
        "events": room.events.is_some(),
        "requests": room.requests.is_some(),
        "quarantine": room.refused.is_some(),
    }))
}

fn endpoints(room: &Room, fields: Fields) -> Result<Value, Trouble> {
    fields.end()?;
    let healths: Vec<Health> = room.endpoints.iter().map(hookporter_pipeline::Endpoint::health).collect();
    let light = healths.iter().map(|health| health.light).max().unwrap_or(Light::Green);
    let ready = room.endpoints.iter().all(hookporter_pipeline::Endpoint::is_ready);
    Ok(json!({ "light": light, "ready": ready, "endpoints": healths }))
}

fn keys(room: &Room, fields: Fields) -> Result<Value, Trouble> {
    fields.end()?;
    let keys: Vec<_> = look::keys(room).iter().map(shown::key).collect();
    let revoked: Vec<_> = room.endpoints.iter().flat_map(hookporter_pipeline::Endpoint::revoked_keys).collect();
    Ok(json!({ "keys": keys, "revoked": revoked }))
}

async fn requests(room: &Room, path: &[&str], mut fields: Fields) -> Result<Value, Trouble> {
    let journal = room.requests()?;
    match *path {
        ["requests"] => {
            let (before, limit) = (fields.number("before")?.unwrap_or(u64::MAX), selection::limit(&mut fields)?);
            let query = selection::requests(&mut fields, room.now())?;
            fields.end()?;
            let entries = journal.entries(query, before, limit).await?;
            let next = next(limit, &entries, |entry| entry.number);
            let entries: Vec<_> = entries.iter().map(|entry| &**entry).collect();
            Ok(json!({ "requests": entries, "next": next, "lost": journal.lost() }))
        }
        ["requests", number] => {
            fields.end()?;
            let entry = journal.entry(number_of(number)?).await?;
            let entry = entry.ok_or_else(|| Trouble::absent("there is no such request, or not any more"))?;
            Ok(json!(*entry))
        }
        ["reasons"] => {
            let query = selection::requests(&mut fields, room.now())?;
            fields.end()?;
            Ok(json!({ "reasons": journal.reasons(query).await? }))
        }
        _ => Err(Trouble::absent("there is no such page")),
    }
}

async fn events(room: &Room, of: Selection, mut fields: Fields) -> Result<Value, Trouble> {
    let (page, limit) = (selection::page(&mut fields)?, selection::limit(&mut fields)?);
    let mut which = selection::events(&mut fields, room.now())?;
    fields.end()?;
    if of.state.is_some() && which.state.is_some() && of.state != which.state {
        return Err(Trouble::request("this list has a state of its own"));
    }
    which.state = of.state.or(which.state);
    let events = room.events()?.select(which, page, limit).await?;
    let next = next(limit, &events, |event| event.number);
    let events: Vec<_> = events.iter().map(shown::listed).collect();
    Ok(json!({ "events": events, "next": next }))
}

async fn replays(room: &Room, path: &[&str], mut fields: Fields) -> Result<Value, Trouble> {
    let limit = selection::limit(&mut fields)?;
    match *path {
        ["replays"] => {
            fields.end()?;
            let replays = room.events()?.replays(limit).await?;
            Ok(json!({ "replays": replays.iter().map(shown::replay).collect::<Vec<_>>() }))
        }
        ["replays", number] => {
            let after = fields.number("after")?.unwrap_or(0);
            fields.end()?;
            let verdicts = room.events()?.verdicts(number_of(number)?, after, limit).await?;
            let next = next(limit, &verdicts, |one| one.event);
            Ok(json!({ "events": verdicts.iter().map(shown::replayed).collect::<Vec<_>>(), "next": next }))
        }
        _ => Err(Trouble::absent("there is no such page")),
    }
}

async fn quarantine(room: &Room, path: &[&str], mut fields: Fields) -> Result<Option<Answer>, Trouble> {
    let quarantine = room.refused()?;
    Ok(match *path {
        ["quarantine"] => {
            let (after, limit) = (fields.number("after")?.unwrap_or(0), selection::limit(&mut fields)?);
            let which = selection::refused(&mut fields)?;
            fields.end()?;
            let refused = quarantine.select_refused(which, after, limit).await?;
            let next = next(limit, &refused, |one| one.number);
            let refused: Vec<_> = refused.iter().map(shown::refused).collect();
            Some(Answer::json(200, &json!({ "requests": refused, "next": next })))
        }
        ["quarantine", "reasons"] => {
            let which = selection::refused(&mut fields)?;
            fields.end()?;
            Some(Answer::json(200, &json!({ "reasons": quarantine.refused_by_reason(which).await? })))
        }
        ["quarantine", number, "judge"] => {
            fields.end()?;
            Some(Answer::json(200, &shown::judged(&look::judge(room, number_of(number)?).await?)))
        }
        #[cfg(feature = "diagnosis")]
        ["quarantine", number, "diagnose"] => {
            fields.end()?;
            Some(Answer::json(200, &shown::diagnosed(&look::diagnose(room, number_of(number)?).await?)))
        }
        ["quarantine", number] => {
            fields.end()?;
            let number = number_of(number)?;
            Some(Answer::json(200, &shown::refused_request(number, &look::refused(room, number).await?)))
        }
        ["quarantine", number, "body"] => {
            fields.end()?;
            Some(download(look::refused_file(room, number_of(number)?).await?))
        }
        _ => None,
    })
}

fn download(file: look::File) -> Answer {
    Answer::download(&file.name, file.bytes)
}

/// The number that the next page is asked for by, if this one is full: there may be more.
fn next<T, N>(limit: usize, page: &[T], number: impl Fn(&T) -> N) -> Option<N> {
    page.last().filter(|_| page.len() >= limit).map(number)
}
