//! What people change of events: many in bounded steps, each a transaction of its own.

use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::inbox::store::{Moment, Times};
use hookporter_pipeline::operating::{Edited, Selection, State};
use sqlx::{Connection, PgConnection, Row};

use crate::desk::choose;
use crate::lane;
use crate::sql::Sql;
use crate::text::kept;

/// How many events one step changes.
const ROWS: i64 = 200;
/// How many rows one step looks at.
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

    /// Does the next few.
    pub(crate) async fn step(
        &mut self,
        connection: &mut PgConnection,
        sql: &'static Sql,
        times: &Times,
    ) -> sqlx::Result<()> {
        let upto = match self.upto {
            Some(upto) => upto,
            None => sqlx::query(sql.newest).fetch_one(&mut *connection).await?.try_get(0)?,
        };
        self.upto = Some(upto);
        // By rows, since numbers have gaps of any size.
        let window = sqlx::query(sql.window).bind(self.after).bind(upto).bind(LOOKED_AT);
        let window: Option<i64> = window.fetch_one(&mut *connection).await?.try_get(0)?;
        let Some(window) = window else {
            self.is_over = true;
            return Ok(());
        };
        let (text, state) = (sql.chosen, self.doing.word());
        let query = choose(text, &self.selection).bind(self.after).bind(window).bind(ROWS).bind(state);
        let rows = query.fetch_all(&mut *connection).await?;
        let chosen: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
        if !chosen.is_empty() {
            let done = self.doing.apply(connection, sql, times, &chosen).await?;
            self.done = self.done.saturating_add(done);
        }
        let is_full = i64::try_from(chosen.len()).unwrap_or(ROWS) >= ROWS;
        self.after = chosen.last().copied().filter(|_| is_full).unwrap_or(window);
        self.is_over = self.after >= upto;
        Ok(())
    }
}

impl Doing {
    /// Which events it can be done with: a word of the statement `chosen`.
    const fn word(&self) -> &'static str {
        match self {
            Self::Requeue => "requeue",
            Self::Release => "release",
            Self::GiveUp(_) => "give up",
            Self::Replay { .. } => "replay",
        }
    }

    /// Does it with these; with how many, since their states may have changed meanwhile.
    async fn apply(
        &mut self,
        connection: &mut PgConnection,
        sql: &'static Sql,
        times: &Times,
        numbers: &[i64],
    ) -> sqlx::Result<usize> {
        let mut transaction = connection.begin().await?;
        let mut lanes = lanes(&mut transaction, sql, numbers).await?;
        lane::lock(&mut transaction, &mut lanes).await?;
        let now = times.now();
        let done = match self {
            Self::Requeue => many(&mut transaction, sql.requeue_many, now, numbers).await?,
            Self::Release => many(&mut transaction, sql.release_many, now, numbers).await?,
            Self::GiveUp(told) => many(&mut transaction, sql.give_up_many, times.present(*told), numbers).await?,
            Self::Replay { run, reason, now: told } => {
                let replay = match *run {
                    Some(run) => run,
                    None => begin(&mut transaction, sql, reason.as_deref(), *told).await?,
                };
                *run = Some(replay);
                let query = sqlx::query(sql.replay_many).bind(numbers).bind(replay);
                let rows = query.fetch_all(&mut *transaction).await?;
                let fit: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
                many(&mut transaction, sql.requeue_many, now, &fit).await?
            }
        };
        lane::advance(&mut transaction, sql, &lanes, now).await?;
        sqlx::query("SELECT pg_notify($1, '')").bind(sql.channel).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(done)
    }
}

/// The lanes of these events.
async fn lanes(connection: &mut PgConnection, sql: &'static Sql, numbers: &[i64]) -> sqlx::Result<Vec<i64>> {
    let rows = sqlx::query(sql.lanes_of).bind(numbers).fetch_all(connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

async fn many(connection: &mut PgConnection, text: &'static str, now: Moment, numbers: &[i64]) -> sqlx::Result<usize> {
    let query = sqlx::query(text).bind(now.now).bind(now.after).bind(numbers);
    Ok(usize::try_from(query.execute(connection).await?.rows_affected()).unwrap_or(usize::MAX))
}

/// Notes a new replay; its number.
async fn begin(
    connection: &mut PgConnection,
    sql: &'static Sql,
    reason: Option<&str>,
    now: UnixTime,
) -> sqlx::Result<i64> {
    let query = sqlx::query(sql.begin_replay).bind(now.as_millis()).bind(reason.map(kept));
    query.fetch_one(connection).await?.try_get(0)
}

/// Replaces the body of an event, and what it says: see [`Edited`] for what is left of its proof.
pub(crate) async fn edit(
    connection: &mut PgConnection,
    sql: &'static Sql,
    number: i64,
    body: &[u8],
    reason: Option<&str>,
    now: UnixTime,
) -> sqlx::Result<Edited> {
    let mut transaction = connection.begin().await?;
    if let Some(refused) = refusal(&mut transaction, sql, number).await? {
        return Ok(refused);
    }
    let query = sqlx::query(sql.edit).bind(number).bind(body).bind(Coverage::Origin.as_str()).bind(now.as_millis());
    query.bind(reason.map(kept)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(Edited::Done)
}

/// Puts back what came in.
pub(crate) async fn restore(connection: &mut PgConnection, sql: &'static Sql, number: i64) -> sqlx::Result<Edited> {
    let mut transaction = connection.begin().await?;
    if let Some(refused) = refusal(&mut transaction, sql, number).await? {
        return Ok(refused);
    }
    let changed = sqlx::query(sql.restore).bind(number).execute(&mut *transaction).await?.rows_affected();
    transaction.commit().await?;
    Ok(if changed > 0 { Edited::Done } else { Edited::AsItCame })
}

/// Why this event is not to be edited; one that is stays so to the end of the transaction.
async fn refusal(connection: &mut PgConnection, sql: &'static Sql, number: i64) -> sqlx::Result<Option<Edited>> {
    let Some(row) = sqlx::query(sql.editable).bind(number).fetch_optional(connection).await? else {
        return Ok(Some(Edited::Absent));
    };
    Ok(match (State::of(row.try_get(0)?), row.try_get(1)?) {
        (State::Dead | State::Parked, false) => None,
        (State::Dead | State::Parked, true) => Some(Edited::Encrypted),
        (state, _) => Some(Edited::NotSetAside(state)),
    })
}

/// Erases an event with all that was kept of it; whether there was one. Its worker, if one has it, is fenced off.
pub(crate) async fn erase(
    connection: &mut PgConnection,
    sql: &'static Sql,
    times: &Times,
    number: i64,
) -> sqlx::Result<bool> {
    let mut transaction = connection.begin().await?;
    let mut lanes = lanes(&mut transaction, sql, &[number]).await?;
    lane::lock(&mut transaction, &mut lanes).await?;
    let erased = !sqlx::query(sql.erase).bind(number).fetch_all(&mut *transaction).await?.is_empty();
    lane::advance(&mut transaction, sql, &lanes, times.now()).await?;
    transaction.commit().await?;
    Ok(erased)
}
