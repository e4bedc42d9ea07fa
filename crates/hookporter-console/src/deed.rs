//! What can be changed: each deed has one path, for forms and, behind `api/`, for programs.

mod endpoint;

use bytes::Bytes;
use hookporter_pipeline::operating::{Edited, RefusedSelection, Selection};
use serde_json::{Value, json};

use crate::fields::Fields;
use crate::room::Room;
use crate::selection;
use crate::trouble::Trouble;

/// A change, as its path names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    Pause(String),
    Resume(String),
    RevokeKey(String),
    RestoreKey(String),
    Requeue,
    Release,
    GiveUp,
    Replay,
    Edit(i64),
    Restore(i64),
    Erase(i64),
    Forget,
    Recheck,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Done {
    /// The word by which a page tells of it: `?done=requeued&count=3`.
    pub(crate) word: &'static str,
    pub(crate) count: Option<i64>,
    /// What a program is told.
    pub(crate) json: Value,
}

impl Deed {
    /// The deed of a path below the mount, or below `api/`.
    pub(crate) fn of(path: &[&str]) -> Option<Self> {
        Some(match *path {
            ["endpoints", name, "pause"] => Self::Pause(name.to_owned()),
            ["endpoints", name, "resume"] => Self::Resume(name.to_owned()),
            ["endpoints", name, "revoke-key"] => Self::RevokeKey(name.to_owned()),
            ["endpoints", name, "restore-key"] => Self::RestoreKey(name.to_owned()),
            ["events", "requeue"] => Self::Requeue,
            ["events", "release"] => Self::Release,
            ["events", "give-up"] => Self::GiveUp,
            ["events", "replay"] => Self::Replay,
            ["events", number, "edit"] => Self::Edit(number.parse().ok()?),
            ["events", number, "restore"] => Self::Restore(number.parse().ok()?),
            ["events", number, "erase"] => Self::Erase(number.parse().ok()?),
            ["quarantine", "forget"] => Self::Forget,
            ["quarantine", "recheck"] => Self::Recheck,
            _ => return None,
        })
    }

    /// Does it, with what the request says.
    pub(crate) async fn run(self, room: &Room, mut fields: Fields) -> Result<Done, Trouble> {
        let fields = &mut fields;
        match self {
            Self::Pause(name) => endpoint::pause(room, &name, fields).await,
            Self::Resume(name) => endpoint::resume(room, &name, fields).await,
            Self::RevokeKey(name) => endpoint::revoke(room, &name, fields).await,
            Self::RestoreKey(name) => endpoint::restore(room, &name, fields).await,
            Self::Requeue => {
                let which = chosen(room, fields, Among::Any)?;
                end(fields)?;
                Ok(Done::events("requeued", room.events()?.requeue(which).await?))
            }
            Self::Release => {
                let which = chosen(room, fields, Among::SetAside)?;
                end(fields)?;
                Ok(Done::events("released", room.events()?.release(which).await?))
            }
            Self::GiveUp => {
                let which = chosen(room, fields, Among::SetAside)?;
                end(fields)?;
                Ok(Done::events("given-up", room.events()?.give_up(which, room.now()).await?))
            }
            Self::Replay => replay(room, fields).await,
            Self::Edit(number) => edit(room, number, fields).await,
            Self::Restore(number) => {
                end(fields)?;
                edited("restored", room.events()?.restore(number).await?)
            }
            Self::Erase(number) => erase(room, number, fields).await,
            Self::Forget => forget(room, fields).await,
            Self::Recheck => recheck(room, fields).await,
        }
    }
}

/// What a deed can be done with at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    /// Also with what is done: a filter without a state chooses what nobody meant.
    Any,
    /// Dead letters and parked events only.
    SetAside,
}

fn chosen(room: &Room, fields: &mut Fields, among: Among) -> Result<Selection, Trouble> {
    let which = selection::events(fields, room.now())?;
    let names_some = which.numbers.is_some() || which.state.is_some();
    selection::deliberate(fields, names_some || (among == Among::SetAside && which != Selection::all()))?;
    Ok(which)
}

fn end(fields: &mut Fields) -> Result<(), Trouble> {
    std::mem::take(fields).end()
}

async fn replay(room: &Room, fields: &mut Fields) -> Result<Done, Trouble> {
    let which = chosen(room, fields, Among::Any)?;
    let reason = fields.text("reason")?;
    end(fields)?;
    let replay = room.events()?.replay(which, reason, room.now()).await?;
    Ok(Done { word: "replayed", count: replay, json: json!({ "replay": replay }) })
}

async fn edit(room: &Room, number: i64, fields: &mut Fields) -> Result<Done, Trouble> {
    let mut body = fields.text("body")?.ok_or_else(|| Trouble::request("`body` is missing"))?;
    // A form sends every end of a line as CR LF, whatever it was.
    if fields.word("lines", |word| (word == "lf").then_some(()))?.is_some() {
        body = body.replace("\r\n", "\n");
    }
    let reason = fields.text("reason")?;
    end(fields)?;
    edited("edited", room.events()?.edit(number, Bytes::from(body), reason, room.now()).await?)
}

fn edited(word: &'static str, edited: Edited) -> Result<Done, Trouble> {
    match edited {
        Edited::Done => Ok(Done { word, count: None, json: json!({ word: true }) }),
        Edited::Absent => Err(Trouble::absent("there is no such event, or its body is no longer kept")),
        Edited::NotSetAside(state) => {
            Err(Trouble::conflict(format!("the event is {state}: only dead letters and parked events are edited")))
        }
        Edited::Encrypted => Err(Trouble::conflict("the event is encrypted: a body in clear must not lie beside it")),
        Edited::AsItCame => Err(Trouble::conflict("the event is as it came: there is nothing to put back")),
        _ => Err(Trouble::conflict("the store says something that this release does not know")),
    }
}

async fn erase(room: &Room, number: i64, fields: &mut Fields) -> Result<Done, Trouble> {
    let deliberate = fields.flag("deliberate")?;
    end(fields)?;
    if !deliberate {
        return Err(Trouble::request("an erased event does not come back: say `deliberate`"));
    }
    if room.events()?.erase(number).await? {
        Ok(Done { word: "erased", count: None, json: json!({ "erased": true }) })
    } else {
        Err(Trouble::absent("there is no such event"))
    }
}

async fn forget(room: &Room, fields: &mut Fields) -> Result<Done, Trouble> {
    let which = selection::refused(fields)?;
    selection::deliberate(fields, which != RefusedSelection::all())?;
    end(fields)?;
    let count = room.refused()?.forget(which).await?;
    Ok(Done { json: json!({ "requests": count }), ..Done::events("forgotten", count) })
}

/// Each endpoint judges its own.
async fn recheck(room: &Room, fields: &mut Fields) -> Result<Done, Trouble> {
    let which = selection::refused(fields)?;
    selection::deliberate(fields, which != RefusedSelection::all())?;
    end(fields)?;
    let side = room.refused()?;
    let mut judged = Vec::new();
    for endpoint in room.endpoints.iter() {
        judged.extend(endpoint.recheck_in(side.clone(), which.clone()).await?);
    }
    let handed_off = judged.iter().filter(|one| !one.outcome.stays()).count();
    let shown = |one: &hookporter_pipeline::quarantine::Rechecked| {
        json!({
            "number": one.number,
            "trace": one.trace.to_string(),
            "outcome": one.outcome.as_str(),
            "message": one.outcome.to_string(),
            "stays": one.outcome.stays(),
        })
    };
    let json = json!({ "handed_off": handed_off, "requests": judged.iter().map(shown).collect::<Vec<_>>() });
    Ok(Done { json, ..Done::events("rechecked", handed_off) })
}

impl Done {
    fn events(word: &'static str, count: usize) -> Self {
        Self { word, count: i64::try_from(count).ok(), json: json!({ "events": count }) }
    }
}
