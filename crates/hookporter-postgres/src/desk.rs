//! What people see of the events.

use bytes::Bytes;
use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::operating::{
    Attempted, Listed, Original, Page, Replay, Replayed, Selection, State, Stats, Verdict,
};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres, Row};

use crate::claim;
use crate::sql::Sql;
use crate::text::{kept, told};

/// Binds a selection: the first seven parameters.
pub(crate) fn choose<'q>(sql: &'static str, which: &'q Selection) -> Query<'q, Postgres, PgArguments> {
    let text = |text: &'q Option<String>| text.as_deref().map(kept);
    let moment = |moment: Option<UnixTime>| moment.map(UnixTime::as_millis);
    sqlx::query(sql)
        .bind(which.numbers.as_deref())
        .bind(text(&which.endpoint))
        .bind(text(&which.tenant))
        .bind(text(&which.event_type))
        .bind(which.state.map(State::as_str))
        .bind(moment(which.since))
        .bind(moment(which.until))
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn unsigned(row: &PgRow, at: usize) -> sqlx::Result<u64> {
    Ok(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or(0))
}

fn text(row: &PgRow, at: usize) -> sqlx::Result<Option<String>> {
    Ok(row.try_get::<Option<String>, _>(at)?.map(told))
}

fn moment(row: &PgRow, at: usize) -> sqlx::Result<Option<UnixTime>> {
    Ok(row.try_get::<Option<i64>, _>(at)?.map(UnixTime::from_millis))
}

fn state(row: &PgRow, at: usize) -> sqlx::Result<State> {
    Ok(State::of(row.try_get(at)?))
}

pub(crate) async fn list(
    connection: &mut PgConnection,
    sql: &'static Sql,
    which: &Selection,
    page: Page,
    most: usize,
) -> sqlx::Result<Vec<Listed>> {
    let (text, number) = match page {
        Page::After(number) => (sql.list_after, number),
        Page::Before(number) => (sql.list_before, number),
    };
    let rows = choose(text, which).bind(number).bind(limit(most)).fetch_all(connection).await?;
    rows.iter().map(listed).collect()
}

fn listed(row: &PgRow) -> sqlx::Result<Listed> {
    Ok(Listed {
        number: row.try_get(0)?,
        state: state(row, 1)?,
        endpoint: text(row, 2)?.unwrap_or_default(),
        tenant: text(row, 3)?.filter(|tenant| !tenant.is_empty()),
        event_id: text(row, 4)?,
        event_type: text(row, 5)?,
        received_at: UnixTime::from_millis(row.try_get(6)?),
        due_at: moment(row, 7)?,
        attempts: u32::try_from(row.try_get::<i32, _>(8)?).unwrap_or(0),
        last_error: text(row, 9)?,
        finished_at: moment(row, 10)?,
    })
}

/// How many of these a statement counts.
pub(crate) async fn count_with(
    connection: &mut PgConnection,
    sql: &'static str,
    which: &Selection,
) -> sqlx::Result<u64> {
    unsigned(&choose(sql, which).fetch_one(connection).await?, 0)
}

pub(crate) async fn inspect(
    connection: &mut PgConnection,
    sql: &'static Sql,
    number: i64,
) -> sqlx::Result<Option<(Listed, EventRecord)>> {
    let which = Selection::all().numbers([number]);
    let listed = list(connection, sql, &which, Page::After(i64::MIN), 1).await?.pop();
    Ok(listed.zip(claim::record(connection, sql, number).await?))
}

pub(crate) async fn attempts(
    connection: &mut PgConnection,
    sql: &'static Sql,
    number: i64,
) -> sqlx::Result<Vec<Attempted>> {
    let attempted = |row: &PgRow| {
        Ok(Attempted {
            started_at: UnixTime::from_millis(row.try_get(0)?),
            ended_at: moment(row, 1)?,
            outcome: text(row, 2)?,
            error: text(row, 3)?,
        })
    };
    sqlx::query(sql.attempts).bind(number).fetch_all(connection).await?.iter().map(attempted).collect()
}

/// What came in; `None` for an event that is as it came.
pub(crate) async fn original(
    connection: &mut PgConnection,
    sql: &'static Sql,
    number: i64,
) -> sqlx::Result<Option<Original>> {
    let Some(row) = sqlx::query(sql.original).bind(number).fetch_optional(connection).await? else { return Ok(None) };
    Ok(Some(Original {
        body: Bytes::copy_from_slice(row.try_get(0)?),
        payload: row.try_get::<Option<&[u8]>, _>(1)?.map(Bytes::copy_from_slice),
        coverage: Coverage::of(row.try_get(2)?),
        edited_at: UnixTime::from_millis(row.try_get(3)?),
        reason: text(&row, 4)?,
    }))
}

pub(crate) async fn stats(connection: &mut PgConnection, sql: &'static Sql) -> sqlx::Result<Stats> {
    let mut stats = Stats::default();
    for row in sqlx::query(sql.states).fetch_all(&mut *connection).await? {
        stats.set(state(&row, 0)?, unsigned(&row, 1)?);
    }
    stats.oldest_undone = moment(&sqlx::query(sql.oldest).fetch_one(&mut *connection).await?, 0)?;
    let size = sqlx::query(sql.size).bind(sql.channel).fetch_one(connection).await?;
    stats.used_bytes = unsigned(&size, 0)?;
    stats.file_bytes = stats.used_bytes;
    Ok(stats)
}

/// The replays, the latest first.
pub(crate) async fn replays(
    connection: &mut PgConnection,
    sql: &'static Sql,
    most: usize,
) -> sqlx::Result<Vec<Replay>> {
    let replay = |row: &PgRow| {
        Ok(Replay {
            number: row.try_get(0)?,
            started_at: UnixTime::from_millis(row.try_get(1)?),
            reason: text(row, 2)?,
            events: unsigned(row, 3)?,
        })
    };
    sqlx::query(sql.replays).bind(limit(most)).fetch_all(connection).await?.iter().map(replay).collect()
}

/// How the events of a replay go, by number, some of those behind one.
pub(crate) async fn verdicts(
    connection: &mut PgConnection,
    sql: &'static Sql,
    replay: i64,
    after: i64,
    most: usize,
) -> sqlx::Result<Vec<Replayed>> {
    let replayed = |row: &PgRow| {
        let verdict = Verdict::of(row.try_get(1)?, row.try_get(2)?);
        Ok(Replayed {
            event: row.try_get(0)?,
            verdict,
            state: state(row, 3)?,
            endpoint: text(row, 4)?.unwrap_or_default(),
            event_id: text(row, 5)?,
            event_type: text(row, 6)?,
            error: text(row, 7)?.filter(|_| verdict.is_failure()),
        })
    };
    let query = sqlx::query(sql.verdicts).bind(replay).bind(after).bind(limit(most));
    query.fetch_all(connection).await?.iter().map(replayed).collect()
}
