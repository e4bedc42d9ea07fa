//! Lanes: events that are worked one after the other.
//!
//! Of the events of a lane that wait, only the first has a moment at which it is due. So a claim never looks at those behind
//! it, however many they are. Whoever adds an event to a lane, and whoever takes the first one away, holds the lane's lock to
//! the end of the transaction: else neither would see the other, and nothing would be due for ever.

use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::inbox::store::Moment;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::sql::Sql;

/// The key of a lane. Two lanes that have the same one by chance are one lane, which does no harm.
pub(crate) fn key(endpoint: &str, tenant: &str, lane: &str) -> i64 {
    let mut digest = Sha256::new();
    for part in [endpoint, tenant, lane] {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    let mut first = [0; 8];
    first.iter_mut().zip(digest.finalize()).for_each(|(to, byte)| *to = byte);
    i64::from_be_bytes(first)
}

/// The key of a record's lane.
pub(crate) fn of(record: &EventRecord) -> Option<i64> {
    let lane = record.lane.as_ref()?;
    Some(key(&record.endpoint, record.tenant.as_deref().unwrap_or_default(), lane))
}

/// Locks lanes until the transaction ends: in one order everywhere, so that nobody waits in a circle.
pub(crate) async fn lock(connection: &mut PgConnection, keys: &mut Vec<i64>) -> sqlx::Result<()> {
    keys.sort_unstable();
    keys.dedup();
    let sql = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS lanes (key)";
    sqlx::query(sql).bind(&keys[..]).execute(connection).await?;
    Ok(())
}

/// Makes the first event of each of these lanes due in which none is; whether there was one. The lanes are locked.
pub(crate) async fn advance(
    connection: &mut PgConnection,
    sql: &'static Sql,
    keys: &[i64],
    now: Moment,
) -> sqlx::Result<bool> {
    let query = sqlx::query(sql.advance).bind(now.now).bind(now.after).bind(keys);
    Ok(query.execute(connection).await?.rows_affected() > 0)
}
