//! Filters as people and programs give them.

use hookporter_core::{Reason, UnixTime};
use hookporter_pipeline::Outcome;
use hookporter_pipeline::journal::Query;
use hookporter_pipeline::operating::{Page, RefusedSelection, Selection, State};

use crate::fields::Fields;
use crate::trouble::Trouble;

/// How many a page of a list has, unless the request says.
const USUAL: usize = 50;
/// How many it has at the most.
const MOST: usize = 500;

/// Which events: `state`, `endpoint`, `tenant`, `type`, `since`, `until`, and `numbers`.
pub(crate) fn events(fields: &mut Fields, now: UnixTime) -> Result<Selection, Trouble> {
    let mut which = Selection::all();
    which.numbers = fields.numbers("numbers")?;
    which.endpoint = fields.text("endpoint")?;
    which.tenant = fields.text("tenant")?;
    which.event_type = fields.text("type")?;
    which.state = fields.word("state", |word| State::ALL.into_iter().find(|state| state.as_str() == word))?;
    which.since = fields.moment("since", now)?;
    which.until = fields.moment("until", now)?;
    Ok(which)
}

/// Which requests: `endpoint`, `outcome` (several), `reason`, `event`, `since`, `until`, and `text`.
pub(crate) fn requests(fields: &mut Fields, now: UnixTime) -> Result<Query, Trouble> {
    let mut query = Query::new();
    query.endpoint = fields.text("endpoint")?;
    for word in fields.all("outcome").unwrap_or_default() {
        let outcome = word.parse::<Outcome>().map_err(|_| Trouble::request("`outcome`: there is no such word"))?;
        query.outcomes.push(outcome);
    }
    query.reason = reason(fields)?;
    query.event = fields.number("event")?;
    query.since = fields.moment("since", now)?;
    query.until = fields.moment("until", now)?;
    query.text = fields.text("text")?;
    Ok(query)
}

/// Which refused requests: `endpoint`, `reason`, and `numbers`.
pub(crate) fn refused(fields: &mut Fields) -> Result<RefusedSelection, Trouble> {
    let mut which = RefusedSelection::all();
    which.numbers = fields.numbers("numbers")?;
    which.endpoint = fields.text("endpoint")?;
    which.reason = reason(fields)?;
    Ok(which)
}

fn reason(fields: &mut Fields) -> Result<Option<Reason>, Trouble> {
    fields.word("reason", |word| Reason::ALL.iter().copied().find(|reason| reason.as_str() == word))
}

/// Where a page of events begins: `before`, which is the usual way, or `after`.
pub(crate) fn page(fields: &mut Fields) -> Result<Page, Trouble> {
    match (fields.number("before")?, fields.number("after")?) {
        (Some(_), Some(_)) => Err(Trouble::request("`before` and `after` do not go together")),
        (before, None) => Ok(Page::Before(before.unwrap_or(i64::MAX))),
        (None, Some(after)) => Ok(Page::After(after)),
    }
}

/// How many at the most: `limit`.
pub(crate) fn limit(fields: &mut Fields) -> Result<usize, Trouble> {
    let limit = fields.number("limit")?.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) { Ok(limit) } else { Err(Trouble::request(format!("`limit` is 1 to {MOST}"))) }
}

/// Refuses to change everything by an oversight. `narrowed` says whether the filter leaves anything out that matters.
pub(crate) fn deliberate(fields: &mut Fields, narrowed: bool) -> Result<(), Trouble> {
    if fields.flag("deliberate")? || narrowed {
        return Ok(());
    }
    Err(Trouble::request("this would change everything that fits: name `numbers` or a filter, or say `deliberate`"))
}
