//! What people change of events: many in bounded steps, each a transaction of its own.

use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::inbox::store::{Bulk, Doing, Moment, Times};
use hookporter_pipeline::operating::{Edited, State};
use sqlx::{Connection, PgConnection, Row};

use crate::desk::choose;
use crate::lane;
use crate::sql::Sql;
use crate::text::kept;

/// Does the next few.
pub(crate) async fn step(
    bulk: &mut Bulk,
    connection: &mut PgConnection,
    sql: &'static Sql,
    times: &Times,
) -> sqlx::Result<()> {
    let upto = match bulk.upto() {
        Some(upto) => upto,
        None => sqlx::query(sql.newest).fetch_one(&mut *connection).await?.try_get(0)?,
    };
    bulk.begin(upto);
    // By rows, since numbers have gaps of any size.
    let window = sqlx::query(sql.window).bind(bulk.after()).bind(upto).bind(Bulk::LOOKED_AT);
    let window: Option<i64> = window.fetch_one(&mut *connection).await?.try_get(0)?;
    let Some(window) = window else {
        bulk.end();
        return Ok(());
    };
    let query = choose(sql.chosen, bulk.selection()).bind(bulk.after()).bind(window).bind(Bulk::ROWS);
    let rows = query.bind(word(bulk.doing())).fetch_all(&mut *connection).await?;
    let chosen: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
    let done = if chosen.is_empty() { 0 } else { apply(bulk.doing_mut(), connection, sql, times, &chosen).await? };
    bulk.pass(window, &chosen, done);
    Ok(())
}

/// Which events it can be done with: a word of the statement `chosen`.
const fn word(doing: &Doing) -> &'static str {
    match doing {
        Doing::Requeue => "requeue",
        Doing::Release => "release",
        Doing::GiveUp(_) => "give up",
        Doing::Replay { .. } => "replay",
    }
}

/// Does it with these; with how many, since their states may have changed meanwhile.
async fn apply(
    doing: &mut Doing,
    connection: &mut PgConnection,
    sql: &'static Sql,
    times: &Times,
    numbers: &[i64],
) -> sqlx::Result<usize> {
    let mut transaction = connection.begin().await?;
    let mut lanes = lanes(&mut transaction, sql, numbers).await?;
    lane::lock(&mut transaction, &mut lanes).await?;
    let now = times.now();
    let done = match doing {
        Doing::Requeue => many(&mut transaction, sql.requeue_many, now, numbers).await?,
        Doing::Release => many(&mut transaction, sql.release_many, now, numbers).await?,
        Doing::GiveUp(told) => many(&mut transaction, sql.give_up_many, times.present(*told), numbers).await?,
        Doing::Replay { run, reason, now: told } => {
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
