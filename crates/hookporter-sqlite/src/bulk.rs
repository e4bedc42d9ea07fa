//! Changes to many events, in bounded steps: senders wait behind each.

use hookporter_pipeline::inbox::store::{Bulk, Doing};
use hookporter_pipeline::operating::Selection;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::selection::condition;
use crate::{change, replay};

/// Does the next few; where that leads to. It changes nothing of `bulk`, since it may be rolled back and done again.
pub(crate) fn step(bulk: &Bulk, connection: &Connection) -> rusqlite::Result<Bulk> {
    let mut next = bulk.clone();
    let upto = match bulk.upto() {
        Some(upto) => upto,
        None => connection.query_row("SELECT coalesce(max(id), 0) FROM events", [], |row| row.get(0))?,
    };
    next.begin(upto);
    // By rows, since numbers have gaps of any size.
    let sql = "SELECT max(id) FROM (SELECT id FROM events WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3)";
    let looked_at: Option<i64> =
        connection.prepare_cached(sql)?.query_row([bulk.after(), upto, Bulk::LOOKED_AT], |row| row.get(0))?;
    let Some(looked_at) = looked_at else {
        next.end();
        return Ok(next);
    };
    let chosen = chosen(bulk, connection, looked_at)?;
    let mut done = 0_usize;
    for number in &chosen {
        if apply(next.doing_mut(), connection, *number)? {
            done = done.saturating_add(1);
        }
    }
    next.pass(looked_at, &chosen, done);
    Ok(next)
}

/// The next numbers, up to one of them.
fn chosen(bulk: &Bulk, connection: &Connection, upto: i64) -> rusqlite::Result<Vec<i64>> {
    let chosen = condition(bulk.selection(), 4);
    let sql = format!(
        "SELECT id FROM events WHERE id > ?1 AND id <= ?2 AND {} AND {} ORDER BY id LIMIT ?3",
        fit(bulk.doing()),
        chosen.sql
    );
    let mut values = vec![Value::Integer(bulk.after()), Value::Integer(upto), Value::Integer(Bulk::ROWS)];
    values.extend(chosen.values);
    // Not kept: there are as many such statements as filters.
    connection.prepare(&sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect()
}

/// How many events would be changed.
pub(crate) fn count(connection: &Connection, selection: &Selection, doing: &Doing) -> rusqlite::Result<u64> {
    let chosen = condition(selection, 1);
    let sql = format!("SELECT count(*) FROM events WHERE {} AND {}", fit(doing), chosen.sql);
    let count: i64 = connection.query_row(&sql, params_from_iter(chosen.values), |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Which events it can be done with, as a condition.
const fn fit(doing: &Doing) -> &'static str {
    match doing {
        Doing::Requeue => "state IN ('dead', 'done', 'waiting') AND EXISTS (SELECT 1 FROM contents WHERE event = id)",
        Doing::Release => "state IN ('dead', 'parked') AND state = 'parked'",
        Doing::GiveUp(_) => "state IN ('dead', 'parked')",
        Doing::Replay { .. } => replay::FIT,
    }
}

fn apply(doing: &mut Doing, connection: &Connection, number: i64) -> rusqlite::Result<bool> {
    match doing {
        Doing::Requeue => change::requeue(connection, number),
        Doing::Release => change::release(connection, number),
        Doing::GiveUp(now) => change::give_up(connection, number, *now),
        Doing::Replay { run, reason, now } => {
            let replay = match *run {
                Some(run) => run,
                None => replay::begin(connection, reason.as_deref(), *now)?,
            };
            *run = Some(replay);
            replay::add(connection, replay, number)
        }
    }
}
