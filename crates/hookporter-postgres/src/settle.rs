//! What workers say of the events that they were lent. Each word counts for its own epoch only.

use hookporter_pipeline::inbox::store::{Moment, Times};
use hookporter_pipeline::inbox::{Failure, LeaseId, Next, Settled};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{Connection, PgConnection, Postgres, Row};

use crate::lane;
use crate::sql::Sql;
use crate::text::kept;

/// A statement that begins with a moment and a lease.
pub(crate) fn fenced<'q>(sql: &'static str, moment: Moment, id: LeaseId) -> Query<'q, Postgres, PgArguments> {
    sqlx::query(sql).bind(moment.now).bind(moment.after).bind(id.number).bind(id.epoch)
}

/// Whether a statement found the lease.
async fn settled(connection: &mut PgConnection, query: Query<'_, Postgres, PgArguments>) -> sqlx::Result<Settled> {
    let found = query.fetch_optional(connection).await?;
    Ok(if found.is_some() { Settled::Done } else { Settled::Fenced })
}

/// The lane that a lease holds; `None` where the lease is over.
async fn held(connection: &mut PgConnection, sql: &'static Sql, id: LeaseId) -> sqlx::Result<Option<Option<i64>>> {
    let found = sqlx::query(sql.holds).bind(id.number).bind(id.epoch).fetch_optional(connection).await?;
    found.map(|row| row.try_get(0)).transpose()
}

pub(crate) async fn renew(
    connection: &mut PgConnection,
    sql: &'static Sql,
    until: Moment,
    id: LeaseId,
) -> sqlx::Result<Settled> {
    if fenced(sql.renew, until, id).execute(&mut *connection).await?.rows_affected() > 0 {
        return Ok(Settled::Done);
    }
    // Somebody has locked the row, and the lease still counts: it is being completed, or about to be lent to another one.
    Ok(if held(connection, sql, id).await?.is_some() { Settled::Done } else { Settled::Fenced })
}

/// Completes an event that is in a lane; whether another one is due in its stead.
pub(crate) async fn complete(
    connection: &mut PgConnection,
    sql: &'static Sql,
    now: Moment,
    id: LeaseId,
) -> sqlx::Result<(Settled, bool)> {
    let Some(lane) = held(connection, sql, id).await? else { return Ok((Settled::Fenced, false)) };
    let mut transaction = connection.begin().await?;
    let number = number(&mut transaction).await?;
    let end = complete_in(&mut transaction, sql, now, id, lane, number).await?;
    transaction.commit().await?;
    Ok(end)
}

/// The number of the transaction under way.
async fn number(connection: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query("SELECT txid_current()").fetch_one(connection).await?.try_get(0)
}

/// Completes an event in the transaction of this number, which the caller commits; whether another one is due in its stead.
pub(crate) async fn complete_in(
    connection: &mut PgConnection,
    sql: &'static Sql,
    now: Moment,
    id: LeaseId,
    lane: Option<i64>,
    number: i64,
) -> sqlx::Result<(Settled, bool)> {
    let mut lanes: Vec<i64> = lane.into_iter().collect();
    if lane.is_some() {
        lane::lock(connection, &mut lanes).await?;
    }
    let end = settled(connection, fenced(sql.complete_in, now, id).bind(number)).await?;
    let moved = end == Settled::Done && lane.is_some() && makes_way(connection, sql, &lanes, now).await?;
    Ok((end, moved))
}

/// Makes the next of these lanes due, and has other nodes told.
async fn makes_way(connection: &mut PgConnection, sql: &'static Sql, lanes: &[i64], now: Moment) -> sqlx::Result<bool> {
    let moved = lane::advance(connection, sql, lanes, now).await?;
    if moved {
        tell(connection, sql).await?;
    }
    Ok(moved)
}

/// Has other nodes told that something is due, once the transaction is committed.
async fn tell(connection: &mut PgConnection, sql: &'static Sql) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_notify($1, '')").bind(sql.channel).execute(connection).await?;
    Ok(())
}

pub(crate) async fn fail(
    connection: &mut PgConnection,
    sql: &'static Sql,
    times: &Times,
    id: LeaseId,
    failure: &Failure,
) -> sqlx::Result<Settled> {
    let error = kept(&failure.error);
    let state = match failure.next {
        Next::Due(due) => {
            let query = fenced(sql.fail, times.from(failure.now, due), id).bind(&*error);
            return settled(connection, query).await;
        }
        Next::Held(due) => {
            let query = fenced(sql.give_back, times.from(failure.now, due), id).bind(Some(&*error));
            return settled(connection, query).await;
        }
        Next::Dead => "dead",
        Next::Parked => "parked",
    };
    let Some(lane) = held(connection, sql, id).await? else { return Ok(Settled::Fenced) };
    let now = times.present(failure.now);
    let mut lanes: Vec<i64> = lane.into_iter().collect();
    let mut transaction = connection.begin().await?;
    lane::lock(&mut transaction, &mut lanes).await?;
    let query = fenced(sql.set_aside, now, id).bind(&*error).bind(state);
    let end = settled(&mut transaction, query).await?;
    if end == Settled::Done {
        makes_way(&mut transaction, sql, &lanes, now).await?;
    }
    transaction.commit().await?;
    Ok(end)
}

/// Gives an event back, which is due at once.
pub(crate) async fn release(
    connection: &mut PgConnection,
    sql: &'static Sql,
    now: Moment,
    id: LeaseId,
) -> sqlx::Result<Settled> {
    let end = settled(connection, fenced(sql.give_back, now, id).bind(None::<&str>)).await?;
    if end == Settled::Done {
        tell(connection, sql).await?;
    }
    Ok(end)
}
