//! Lending events to workers.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::{Moment, Times};
use hookporter_pipeline::inbox::{Claim, Claimed, EventRecord, Lease, LeaseId};
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection, Row};

use crate::settle::fenced;
use crate::sql::Sql;
use crate::text::kept;
use crate::{lane, row};

/// What is said of an event whose last attempt never ended.
const NEVER_ENDED: &str = "the last attempt never ended: the process died, or the work hung";

/// An event that was due and could not be lent.
struct Left {
    number: i64,
    epoch: i64,
    attempts: i32,
}

/// Lends what is due, and writes each attempt down. Of what other nodes are just lending it gives nothing.
pub(crate) async fn claim(
    connection: &mut PgConnection,
    sql: &'static Sql,
    times: &Times,
    claim: Claim,
) -> sqlx::Result<Claimed> {
    let now = times.present(claim.now);
    let most = i64::try_from(claim.most).unwrap_or(i64::MAX);
    let lease = i64::try_from(claim.lease.as_millis()).unwrap_or(i64::MAX);
    let attempts = i32::try_from(claim.attempts).unwrap_or(i32::MAX);
    let query = sqlx::query(sql.claim).bind(now.now).bind(now.after).bind(most).bind(lease).bind(attempts);
    let rows = query.fetch_all(&mut *connection).await?;
    let mut claimed = Claimed::default();
    let mut left = Vec::new();
    for row in &rows {
        match lent(row)? {
            Ok(lease) => claimed.leases.push(lease),
            Err(event) => left.push(event),
        }
    }
    // Where some could not be lent, others may be due behind them.
    let more = rows.len() >= claim.most || !left.is_empty();
    for event in left {
        claimed.dead.extend(end(connection, sql, now, &event, attempts).await?);
    }
    claimed.next_due = if more { Some(claim.now) } else { next_due(connection, sql, now, claim.now).await? };
    Ok(claimed)
}

fn lent(row: &PgRow) -> sqlx::Result<Result<Lease, Left>> {
    let number = row.try_get(0)?;
    let Some(epoch) = row.try_get::<Option<i64>, _>(3)? else {
        return Ok(Err(Left { number, epoch: row.try_get(1)?, attempts: row.try_get(2)? }));
    };
    let attempt = u32::try_from(row.try_get::<i32, _>(4)?).unwrap_or(u32::MAX);
    Ok(Ok(Lease { id: LeaseId { number, epoch }, attempt, record: row::read(row, 5)? }))
}

/// When the next event is due, as the caller tells the time.
async fn next_due(
    connection: &mut PgConnection,
    sql: &'static Sql,
    now: Moment,
    told: UnixTime,
) -> sqlx::Result<Option<UnixTime>> {
    let row = sqlx::query(sql.next_due).bind(now.now).bind(now.after).fetch_one(connection).await?;
    let wait: Option<i64> = row.try_get(0)?;
    Ok(wait.map(|wait| UnixTime::from_millis(told.as_millis().saturating_add(wait))))
}

/// Makes an event a dead letter whose attempts are spent, or whose contents are gone: it must not stand in the way of others.
/// The event, if it was this claim that did it and there is something to tell of.
async fn end(
    connection: &mut PgConnection,
    sql: &'static Sql,
    now: Moment,
    event: &Left,
    most: i32,
) -> sqlx::Result<Option<Lease>> {
    let found = record(connection, sql, event.number).await?;
    let problem = match &found {
        None => "its contents are gone",
        Some(_) if event.attempts >= most => NEVER_ENDED,
        // Somebody has just put them back.
        Some(_) => return Ok(None),
    };
    let mut transaction = connection.begin().await?;
    let lane = sqlx::query(sql.lane_of).bind(event.number).fetch_optional(&mut *transaction).await?;
    let lane = lane.map(|row| row.try_get::<Option<i64>, _>(0)).transpose()?.flatten();
    let mut lanes: Vec<i64> = lane.into_iter().collect();
    lane::lock(&mut transaction, &mut lanes).await?;
    let bury = fenced(sql.bury, now, LeaseId { number: event.number, epoch: event.epoch }).bind(kept(problem));
    if bury.execute(&mut *transaction).await?.rows_affected() == 0 {
        return Ok(None);
    }
    lane::advance(&mut transaction, sql, &lanes, now).await?;
    transaction.commit().await?;
    if found.is_none() {
        tracing::error!(target: "hookporter", event = event.number, "a dead letter: {problem}");
    }
    let id = LeaseId { number: event.number, epoch: event.epoch.saturating_add(1) };
    Ok(found.map(|record| Lease { id, attempt: u32::try_from(event.attempts).unwrap_or(0), record }))
}

/// The record of an event; `None` once its contents are gone.
pub(crate) async fn record(
    connection: &mut PgConnection,
    sql: &'static Sql,
    number: i64,
) -> sqlx::Result<Option<EventRecord>> {
    let found = sqlx::query(sql.record).bind(number).fetch_optional(connection).await?;
    found.map(|row| row::read(&row, 0)).transpose()
}
