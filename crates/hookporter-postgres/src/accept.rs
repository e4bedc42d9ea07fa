//! Taking records over, many in one statement.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::{Moment, columns};
use hookporter_pipeline::inbox::{Accepted, EventRecord};
use sqlx::{Connection, PgConnection, Row};

use crate::sql::Sql;
use crate::text::kept;
use crate::{batch, lane, row};

/// What became of a record, and the number of its event, where it is known: of a duplicate, that of the first delivery's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub(crate) accepted: Accepted,
    pub(crate) number: Option<i64>,
}

/// Takes these records over, and ends when they are durable, unless a transaction is under way: one answer for each, in their
/// order.
///
/// Without lanes it is one statement, which is its own transaction. `tells` has other nodes told that something is due.
pub(crate) async fn accept(
    connection: &mut PgConnection,
    sql: &'static Sql,
    records: &[&EventRecord],
    now: Moment,
    tells: bool,
) -> sqlx::Result<Vec<Told>> {
    let mut lanes = lanes_of(records);
    let mut answers = vec![Told { accepted: Accepted::Duplicate, number: None }; records.len()];
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
    for (place, number) in new {
        tell(&mut answers, place, Told { accepted: Accepted::New, number: Some(number) });
    }
    if !is_full {
        requeue(connection, sql, records, &mut answers, now).await?;
    }
    Ok(answers)
}

/// The lanes that these records wait in.
pub(crate) fn lanes_of(records: &[&EventRecord]) -> Vec<i64> {
    records.iter().filter(|record| !record.parked).filter_map(|record| lane::of(record)).collect()
}

/// Notes an answer at a place.
fn tell(answers: &mut [Told], place: usize, answer: Told) {
    if let Some(noted) = answers.get_mut(place) {
        *noted = answer;
    }
}

/// A place of SQL's, counted from 1.
fn place(row: &sqlx::postgres::PgRow) -> sqlx::Result<usize> {
    Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0).saturating_sub(1))
}

/// The places of those that are new, and their numbers.
async fn insert(
    connection: &mut PgConnection,
    sql: &'static Sql,
    records: &[&EventRecord],
    now: Moment,
    tells: bool,
) -> sqlx::Result<Vec<(usize, i64)>> {
    let query = sqlx::query(sql.accept).bind(now.now).bind(now.after);
    let query = batch::bind_contents(batch::bind_events(query, records), records);
    let rows = query.bind(tells.then_some(sql.channel)).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((place(row)?, row.try_get(1)?))).collect()
}

/// Looks at those that are not new. A further delivery of a dead letter is the wish to try again, with the contents and the labels
/// that came now: those that were kept may be what killed it.
async fn requeue(
    connection: &mut PgConnection,
    sql: &'static Sql,
    records: &[&EventRecord],
    answers: &mut [Told],
    now: Moment,
) -> sqlx::Result<()> {
    let seen = records.iter().zip(answers.iter()).enumerate();
    let seen: Vec<(usize, &EventRecord)> = seen
        .filter(|(_, (_, answer))| answer.accepted == Accepted::Duplicate)
        .map(|(at, (record, _))| (at, *record))
        .collect();
    let told: Vec<&EventRecord> = seen.iter().map(|(_, record)| *record).collect();
    let known = batch::bind_identities(sqlx::query(sql.known), &told).fetch_all(&mut *connection).await?;
    let mut dead = Vec::new();
    for row in &known {
        let Some((at, record)) = seen.get(place(row)?).copied() else { continue };
        let number = row.try_get(1)?;
        tell(answers, at, Told { accepted: Accepted::Duplicate, number: Some(number) });
        if row.try_get(2)? {
            dead.push((at, number, record));
        }
    }
    if dead.is_empty() {
        return Ok(());
    }
    let mut lanes = lanes_of(&dead.iter().map(|(_, _, record)| *record).collect::<Vec<_>>());
    let mut transaction = connection.begin().await?;
    lane::lock(&mut transaction, &mut lanes).await?;
    for (at, number, record) in dead {
        if requeue_one(&mut transaction, sql, record, now).await? {
            tell(answers, at, Told { accepted: Accepted::Requeued, number: Some(number) });
        }
    }
    lane::advance(&mut transaction, sql, &lanes, now).await?;
    sqlx::query("SELECT pg_notify($1, '')").bind(sql.channel).execute(&mut *transaction).await?;
    transaction.commit().await
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
    let query = query.bind(batch::label(record.api_version.as_ref())).bind(i16::from(columns::signed(record)));
    let Some(found) = query.fetch_optional(&mut *connection).await? else { return Ok(false) };
    let query = sqlx::query(sql.refill).bind(found.try_get::<i64, _>(0)?).bind(record.format.cast_signed());
    let query = query.bind(kept(&record.method)).bind(kept(&record.target)).bind(columns::lines(&record.headers));
    let query = query.bind(&record.body[..]).bind(record.payload.as_deref()).bind(record.coverage.as_str());
    let query = query.bind(kept(&record.key_id)).bind(record.sent_at.map(UnixTime::as_millis));
    let query = query.bind(batch::maybe(record.peer.as_ref())).bind(batch::maybe(record.sealed_by.as_ref()));
    let query = query.bind(record.trace.map(|trace| trace.to_bits().cast_signed()));
    query.execute(connection).await?;
    Ok(true)
}
