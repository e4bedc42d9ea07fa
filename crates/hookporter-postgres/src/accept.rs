//! Taking records over, many in one statement.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::{Accepted, EventRecord};
use sqlx::{Connection, PgConnection, Row};

use crate::moment::Moment;
use crate::sql::Sql;
use crate::text::kept;
use crate::{batch, lane, row};

/// Takes these records over, and ends when they are durable: one answer for each, in their order.
///
/// Without lanes it is one statement, which is its own transaction. `tells` has other nodes told that something is due.
pub(crate) async fn accept(
    connection: &mut PgConnection,
    sql: &'static Sql,
    records: &[&EventRecord],
    now: Moment,
    tells: bool,
) -> sqlx::Result<Vec<Accepted>> {
    let mut lanes: Vec<i64> =
        records.iter().filter(|record| !record.parked).filter_map(|record| lane::of(record)).collect();
    let mut answers = vec![Accepted::Duplicate; records.len()];
    let new = if lanes.is_empty() {
        insert(connection, sql, records, now, tells).await?
    } else {
        let mut transaction = connection.begin().await?;
        lane::lock(&mut transaction, &mut lanes).await?;
        let new = insert(&mut transaction, sql, records, now, tells).await?;
        lane::advance(&mut transaction, sql, &lanes, now).await?;
        transaction.commit().await?;
        new
    };
    let is_full = new.len() == records.len();
    mark(&mut answers, new, Accepted::New);
    if !is_full {
        let requeued = requeue(connection, sql, records, &answers, now).await?;
        mark(&mut answers, requeued, Accepted::Requeued);
    }
    Ok(answers)
}

/// Notes an answer at these places.
fn mark(answers: &mut [Accepted], places: Vec<usize>, answer: Accepted) {
    for place in places {
        if let Some(noted) = answers.get_mut(place) {
            *noted = answer;
        }
    }
}

/// A place of SQL's, counted from 1.
fn place(row: &sqlx::postgres::PgRow) -> sqlx::Result<usize> {
    Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0).saturating_sub(1))
}

/// The places of those that are new.
async fn insert(
    connection: &mut PgConnection,
    sql: &'static Sql,
    records: &[&EventRecord],
    now: Moment,
    tells: bool,
) -> sqlx::Result<Vec<usize>> {
    let query = sqlx::query(sql.accept).bind(now.now).bind(now.after);
    let query = batch::bind_contents(batch::bind_events(query, records), records);
    let rows = query.bind(tells.then_some(sql.channel)).fetch_all(connection).await?;
    rows.iter().map(place).collect()
}

/// A further delivery of a dead letter is the wish to try again, with the contents and the labels that came now: those that
/// were kept may be what killed it. The places of those that it brought back.
async fn requeue(
    connection: &mut PgConnection,
    sql: &'static Sql,
    records: &[&EventRecord],
    answers: &[Accepted],
    now: Moment,
) -> sqlx::Result<Vec<usize>> {
    let seen = records.iter().zip(answers).enumerate();
    let seen: Vec<(usize, &EventRecord)> = seen
        .filter(|(_, (_, answer))| **answer == Accepted::Duplicate)
        .map(|(at, (record, _))| (at, *record))
        .collect();
    let told: Vec<&EventRecord> = seen.iter().map(|(_, record)| *record).collect();
    let dead = batch::bind_identities(sqlx::query(sql.dead), &told).fetch_all(&mut *connection).await?;
    if dead.is_empty() {
        return Ok(Vec::new());
    }
    let dead = dead.iter().map(place).collect::<sqlx::Result<Vec<_>>>()?;
    let dead: Vec<_> = dead.into_iter().filter_map(|at| seen.get(at).copied()).collect();
    let mut lanes: Vec<i64> =
        dead.iter().filter(|(_, record)| !record.parked).filter_map(|(_, record)| lane::of(record)).collect();
    let mut transaction = connection.begin().await?;
    lane::lock(&mut transaction, &mut lanes).await?;
    let mut places = Vec::new();
    for (at, record) in dead {
        if requeue_one(&mut transaction, sql, record, now).await? {
            places.push(at);
        }
    }
    lane::advance(&mut transaction, sql, &lanes, now).await?;
    sqlx::query("SELECT pg_notify($1, '')").bind(sql.channel).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(places)
}

/// Whether there was a dead letter to bring back: another node may have been faster.
async fn requeue_one(
    connection: &mut PgConnection,
    sql: &'static Sql,
    record: &EventRecord,
    now: Moment,
) -> sqlx::Result<bool> {
    let due = now.now.map(|_| record.received_at.as_millis());
    let query = sqlx::query(sql.requeue).bind(due).bind(now.after).bind(row::state(record));
    let query = query.bind(kept(&record.endpoint)).bind(batch::tenant(record)).bind(record.identity.as_deref());
    let query = query.bind(batch::maybe(record.lane.as_ref())).bind(lane::of(record)).bind(kept(&record.provider));
    let query = query.bind(batch::label(record.event_id.as_ref())).bind(batch::label(record.event_type.as_ref()));
    let query = query.bind(batch::label(record.api_version.as_ref())).bind(row::signed(record));
    let Some(found) = query.fetch_optional(&mut *connection).await? else { return Ok(false) };
    let query = sqlx::query(sql.refill).bind(found.try_get::<i64, _>(0)?).bind(record.format.cast_signed());
    let query = query.bind(kept(&record.method)).bind(kept(&record.target)).bind(row::headers(record));
    let query = query.bind(&record.body[..]).bind(record.payload.as_deref()).bind(record.coverage.as_str());
    let query = query.bind(kept(&record.key_id)).bind(record.sent_at.map(UnixTime::as_millis));
    let query = query.bind(batch::maybe(record.peer.as_ref())).bind(batch::maybe(record.sealed_by.as_ref()));
    let query = query.bind(record.trace.map(|trace| trace.to_bits().cast_signed()));
    query.execute(connection).await?;
    Ok(true)
}
