//! Changes to many events, in bounded steps: senders wait behind each.

use hookporter_core::UnixTime;
use hookporter_pipeline::operating::Selection;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::selection::condition;
use crate::{change, replay};

/// How many events one step changes: a few milliseconds.
const ROWS: i64 = 200;
/// How many rows one step looks at: where few are chosen, it must not go through a whole file in one turn.
const LOOKED_AT: i64 = 20_000;

/// What is done with each.
#[derive(Debug, Clone)]
pub(crate) enum Doing {
    Requeue,
    Release,
    GiveUp(UnixTime),
    Replay {
        /// Its number, once it has an event.
        run: Option<i64>,
        reason: Option<String>,
        now: UnixTime,
    },
}

/// How far it got.
#[derive(Debug, Clone)]
pub(crate) struct Bulk {
    selection: Selection,
    pub(crate) doing: Doing,
    /// Every event up to this number is dealt with.
    after: i64,
    /// The newest event when it began: what comes in meanwhile is not chosen.
    upto: Option<i64>,
    pub(crate) done: usize,
    pub(crate) is_over: bool,
}

impl Bulk {
    pub(crate) fn new(selection: Selection, doing: Doing) -> Self {
        // Where numbers are named, only the rows between them are looked at.
        let numbers = selection.numbers.as_deref();
        let after = numbers.and_then(|numbers| numbers.iter().min()).map_or(0, |first| first.saturating_sub(1).max(0));
        let upto = numbers.map(|numbers| numbers.iter().max().copied().unwrap_or(0));
        Self { selection, doing, after, upto, done: 0, is_over: false }
    }

    /// Does the next few; where that leads to. It changes nothing of `self`, since it may be rolled back and done again.
    pub(crate) fn step(&self, connection: &Connection) -> rusqlite::Result<Self> {
        let mut next = self.clone();
        let upto = match self.upto {
            Some(upto) => upto,
            None => connection.query_row("SELECT coalesce(max(id), 0) FROM events", [], |row| row.get(0))?,
        };
        next.upto = Some(upto);
        // By rows, since numbers have gaps of any size.
        let sql = "SELECT max(id) FROM (SELECT id FROM events WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3)";
        let looked_at: Option<i64> =
            connection.prepare_cached(sql)?.query_row([self.after, upto, LOOKED_AT], |row| row.get(0))?;
        let Some(looked_at) = looked_at else {
            next.is_over = true;
            return Ok(next);
        };
        let chosen = self.chosen(connection, looked_at)?;
        for number in &chosen {
            if next.doing.apply(connection, *number)? {
                next.done = next.done.saturating_add(1);
            }
        }
        let is_full = i64::try_from(chosen.len()).unwrap_or(ROWS) >= ROWS;
        next.after = chosen.last().copied().filter(|_| is_full).unwrap_or(looked_at);
        next.is_over = next.after >= upto;
        Ok(next)
    }

    /// The next numbers, up to one of them.
    fn chosen(&self, connection: &Connection, upto: i64) -> rusqlite::Result<Vec<i64>> {
        let chosen = condition(&self.selection, 4);
        let sql = format!(
            "SELECT id FROM events WHERE id > ?1 AND id <= ?2 AND {} AND {} ORDER BY id LIMIT ?3",
            self.doing.fit(),
            chosen.sql
        );
        let mut values = vec![Value::Integer(self.after), Value::Integer(upto), Value::Integer(ROWS)];
        values.extend(chosen.values);
        // Not kept: there are as many such statements as filters.
        connection.prepare(&sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect()
    }
}

/// How many events would be changed.
pub(crate) fn count(connection: &Connection, selection: &Selection, doing: &Doing) -> rusqlite::Result<u64> {
    let chosen = condition(selection, 1);
    let sql = format!("SELECT count(*) FROM events WHERE {} AND {}", doing.fit(), chosen.sql);
    let count: i64 = connection.query_row(&sql, params_from_iter(chosen.values), |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

impl Doing {
    pub(crate) fn replay(reason: Option<&str>, now: UnixTime) -> Self {
        Self::Replay { run: None, reason: reason.map(str::to_owned), now }
    }

    /// Which events it can be done with, as a condition.
    const fn fit(&self) -> &'static str {
        match self {
            Self::Requeue => {
                "state IN ('dead', 'done', 'waiting') AND EXISTS (SELECT 1 FROM contents WHERE event = id)"
            }
            Self::Release => "state IN ('dead', 'parked') AND state = 'parked'",
            Self::GiveUp(_) => "state IN ('dead', 'parked')",
            Self::Replay { .. } => replay::FIT,
        }
    }

    fn apply(&mut self, connection: &Connection, number: i64) -> rusqlite::Result<bool> {
        match self {
            Self::Requeue => change::requeue(connection, number),
            Self::Release => change::release(connection, number),
            Self::GiveUp(now) => change::give_up(connection, number, *now),
            Self::Replay { run, reason, now } => {
                let replay = match *run {
                    Some(run) => run,
                    None => replay::begin(connection, reason.as_deref(), *now)?,
                };
                *run = Some(replay);
                replay::add(connection, replay, number)
            }
        }
    }
}
