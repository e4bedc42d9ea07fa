//! What is good by now becomes events, in the transaction in which the request is forgotten.

use hookporter_pipeline::inbox::store::Times;
use hookporter_pipeline::inbox::{Accepted, EventRecord};
use sqlx::{Connection, PgConnection, Row};

use crate::accept::{accept, lanes_of};
use crate::lane;
use crate::sql::Sql;

/// What became of a request that was to be readmitted.
#[derive(Debug)]
pub(super) enum Readmitted {
    /// Its events are here, and it is gone.
    Done(Vec<Accepted>),
    /// It was gone.
    Gone,
    /// It is encrypted, and its events would lie beside it in clear: it stays.
    Sealed,
}

/// Takes over what a request tells of, and forgets the request: both or neither.
pub(super) async fn readmit(
    connection: &mut PgConnection,
    sql: &'static Sql,
    times: &Times,
    number: i64,
    records: &[EventRecord],
) -> sqlx::Result<Readmitted> {
    let records: Vec<&EventRecord> = records.iter().collect();
    let mut transaction = connection.begin().await?;
    // Before anything else, as everywhere, so that nobody waits in a circle.
    lane::lock(&mut transaction, &mut lanes_of(&records)).await?;
    let taken = sqlx::query(sql.refused.take).bind(number).fetch_optional(&mut *transaction).await?;
    let Some(taken) = taken else { return Ok(Readmitted::Gone) };
    if taken.try_get::<bool, _>(0)? && records.iter().any(|record| record.sealed_by.is_none()) {
        return Ok(Readmitted::Sealed);
    }
    let answers = accept(&mut transaction, sql, &records, times.now(), true).await?;
    transaction.commit().await?;
    Ok(Readmitted::Done(answers.iter().map(|answer| answer.accepted).collect()))
}
