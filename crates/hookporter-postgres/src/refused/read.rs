//! Reading what is kept.

use std::net::SocketAddr;

use bytes::Bytes;
use hookporter_core::{Reason, UnixTime};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::store::columns;
use hookporter_pipeline::operating::{RefusedCount, RefusedListed, RefusedRequest, RefusedSelection};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres, Row};

use crate::sql::Sql;
use crate::text::{kept, told};

/// Binds a selection: the first three parameters.
pub(super) fn choose<'q>(text: &'static str, which: &'q RefusedSelection) -> Query<'q, Postgres, PgArguments> {
    sqlx::query(text)
        .bind(which.numbers.as_deref())
        .bind(which.endpoint.as_deref().map(kept))
        .bind(which.reason.map(Reason::as_str))
}

/// Those that are chosen, by number.
pub(super) async fn list(
    connection: &mut PgConnection,
    sql: &'static Sql,
    which: &RefusedSelection,
    after: i64,
    most: usize,
) -> sqlx::Result<Vec<RefusedListed>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = choose(sql.refused.list, which).bind(after).bind(most).fetch_all(connection).await?;
    let listed = |row: &PgRow| {
        Ok(RefusedListed {
            number: row.try_get(0)?,
            trace: trace(row, 1)?,
            endpoint: told(row.try_get(2)?),
            reason: reason(row, 3)?,
            detail: told(row.try_get(4)?),
            arrived_at: moment(row, 5)?,
            judged_at: row.try_get::<Option<i64>, _>(6)?.map(UnixTime::from_millis),
            reached_proof: row.try_get(7)?,
            body_bytes: unsigned(row, 8)?,
        })
    };
    rows.iter().map(listed).collect()
}

/// How many there are of each reason, the most frequent first.
pub(super) async fn by_reason(
    connection: &mut PgConnection,
    sql: &'static Sql,
    which: &RefusedSelection,
) -> sqlx::Result<Vec<RefusedCount>> {
    let counted = |row: &PgRow| {
        Ok(RefusedCount {
            endpoint: told(row.try_get(0)?),
            reason: reason(row, 1)?,
            count: unsigned(row, 2)?,
            first: moment(row, 3)?,
            last: moment(row, 4)?,
        })
    };
    choose(sql.refused.by_reason, which).fetch_all(connection).await?.iter().map(counted).collect()
}

/// All that is kept of one; what is encrypted is left so.
pub(super) async fn request(
    connection: &mut PgConnection,
    sql: &'static Sql,
    number: i64,
) -> sqlx::Result<Option<RefusedRequest>> {
    let read = |row: PgRow| {
        let peer: Option<String> = row.try_get(10)?;
        Ok(RefusedRequest {
            trace: trace(&row, 0)?,
            endpoint: told(row.try_get(1)?),
            reason: reason(&row, 2)?,
            detail: told(row.try_get(3)?),
            arrived_at: moment(&row, 4)?,
            method: told(row.try_get(5)?),
            target: told(row.try_get(6)?),
            reached_proof: row.try_get(7)?,
            headers: columns::headers(row.try_get(8)?),
            body: Bytes::copy_from_slice(row.try_get(9)?),
            peer: peer.and_then(|peer| peer.parse::<SocketAddr>().ok()),
            sealed_by: row.try_get(11)?,
        })
    };
    sqlx::query(sql.refused.request).bind(number).fetch_optional(connection).await?.map(read).transpose()
}

fn trace(row: &PgRow, at: usize) -> sqlx::Result<TraceId> {
    Ok(TraceId::from_bits(row.try_get::<i64, _>(at)?.cast_unsigned()))
}

/// The reason of a word; of a newer release's word no more is said than that the proof did not hold.
fn reason(row: &PgRow, at: usize) -> sqlx::Result<Reason> {
    let reason = hookporter_pipeline::journal::Row::reason_of(row.try_get(at)?);
    Ok(reason.unwrap_or(Reason::InvalidSignature))
}

fn moment(row: &PgRow, at: usize) -> sqlx::Result<UnixTime> {
    Ok(UnixTime::from_millis(row.try_get(at)?))
}

fn unsigned(row: &PgRow, at: usize) -> sqlx::Result<u64> {
    Ok(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or(0))
}
