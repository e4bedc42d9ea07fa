//! Events on their way into another store, and out of one: many in one transaction.

mod columns;
mod sql;

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::inbox::store::{self, Moment};
use hookporter_pipeline::operating::{Moved, Page, Selection, State, TakenOver};
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection, Row};

use crate::sql::Sql;
use crate::text::told;
use crate::{batch, claim, desk, lane};
use columns::Batch;
pub(crate) use sql::Statements;

/// How often a batch is tried again of which others have kept some meanwhile.
const ROUNDS: usize = 5;
/// What holds one import up while another one has a batch under way.
const LOCK: i64 = 0x686f_6f6b_696d_7074;

/// All that is kept of an event, as it is in one transaction.
pub(crate) async fn moved(
    connection: &mut PgConnection,
    sql: &'static Sql,
    number: i64,
) -> sqlx::Result<Option<Moved>> {
    let mut snapshot = connection.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *snapshot).await?;
    let which = Selection::all().numbers([number]);
    let listed = desk::list(&mut snapshot, sql, &which, Page::After(i64::MIN), 1).await?.pop();
    let Some(listed) = listed else { return Ok(None) };
    let kept = claim::record(&mut snapshot, sql, number).await?;
    let has_contents = kept.is_some();
    let record = kept.unwrap_or_else(|| EventRecord::new(&listed.endpoint, Bytes::new(), listed.received_at));
    let row = sqlx::query(sql.moving.moved).bind(number).fetch_one(&mut *snapshot).await?;
    let (record, claims) = facts(&row, record)?;
    let attempts = desk::attempts(&mut snapshot, sql, number).await?;
    let original = desk::original(&mut snapshot, sql, number).await?;
    snapshot.commit().await?;
    Ok(Some(Moved { listed, record, has_contents, claims, attempts, original }))
}

/// The record with what tells the event from others, and its labels as they came; how often it was lent.
fn facts(row: &PgRow, record: EventRecord) -> sqlx::Result<(EventRecord, u64)> {
    let signed: i16 = row.try_get(6)?;
    let maybe = |column: usize| row.try_get::<Option<String>, _>(column).map(|text| text.map(told));
    let mut record = record;
    record.tenant = maybe(0)?.filter(|tenant| !tenant.is_empty());
    record.identity = row.try_get::<Option<&[u8]>, _>(1)?.map(<[u8]>::to_vec);
    record.provider = maybe(2)?.unwrap_or_default();
    store::columns::label(&mut record, [maybe(3)?, maybe(4)?, maybe(5)?], signed.into());
    record.lane = maybe(7)?;
    Ok((record, u64::try_from(row.try_get::<i64, _>(8)?).unwrap_or(0)))
}

/// Takes these over in one transaction; one answer for each.
pub(crate) async fn take_over(
    connection: &mut PgConnection,
    sql: &'static Sql,
    events: &[Moved],
    reserve: u32,
    now: Moment,
) -> sqlx::Result<Vec<TakenOver>> {
    let mut transaction = connection.begin().await?;
    let patient = "SELECT set_config('statement_timeout', '30s', true), set_config('lock_timeout', '30s', true)";
    sqlx::query(patient).execute(&mut *transaction).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
    let mut answers = vec![TakenOver::Known; events.len()];
    let mut left: Vec<(usize, &Moved)> = events.iter().enumerate().collect();
    let mut lanes: Vec<i64> = left.iter().filter_map(|(_, event)| lane_of(event)).collect();
    let mut moments: Vec<(i64, i64)> = Vec::new();
    for _ in 0..ROUNDS {
        let here = here(&mut transaction, sql, &left).await?;
        lanes.extend(here.iter().filter_map(|found| found.lane));
        // In one go: whoever takes them one by one may wait in a circle.
        lane::lock(&mut transaction, &mut lanes).await?;
        for place in finish(&mut transaction, sql, &left, &here, now).await? {
            answer(&mut answers, place, TakenOver::Finished);
        }
        left.retain(|(place, _)| !here.iter().any(|found| found.place == *place));
        let batch = numbered(&mut transaction, sql, &left, reserve, &mut answers).await?;
        let kept = columns::keep(&mut transaction, sql, &batch, now).await?;
        moments.extend(batch.moments().filter(|(number, _)| kept.contains(number)));
        for (number, place, own) in &batch.numbers {
            if kept.contains(number) {
                answer(
                    &mut answers,
                    *place,
                    if own == number { TakenOver::Kept } else { TakenOver::Renumbered(*number) },
                );
            }
        }
        let refused = |place: &usize| answers.get(*place) == Some(&TakenOver::NumberTaken);
        left.retain(|(place, _)| {
            let is_kept = batch.numbers.iter().any(|(number, at, _)| at == place && kept.contains(number));
            !is_kept && !refused(place)
        });
        if left.is_empty() {
            break;
        }
    }
    if !left.is_empty() {
        // Not to be told as known.
        return Err(sqlx::Error::Protocol("others keep the same events all the time".to_owned()));
    }
    line_up(&mut transaction, sql, &moments, &lanes, now).await?;
    sqlx::query("SELECT pg_notify($1, '')").bind(sql.channel).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(answers)
}

fn answer(answers: &mut [TakenOver], place: usize, answer: TakenOver) {
    if let Some(noted) = answers.get_mut(place) {
        *noted = answer;
    }
}

/// The key of the lane that an event waits in.
fn lane_of(event: &Moved) -> Option<i64> {
    let waits = matches!(event.listed.state, State::Waiting | State::Working);
    waits.then(|| lane::of(&event.record)).flatten()
}

/// What is here of an event that comes from elsewhere.
struct Here {
    place: usize,
    number: i64,
    lane: Option<i64>,
}

/// Those that are here: by what identifies them, else by number and when they came in.
async fn here(connection: &mut PgConnection, sql: &'static Sql, left: &[(usize, &Moved)]) -> sqlx::Result<Vec<Here>> {
    let records: Vec<&EventRecord> = left.iter().map(|(_, event)| &event.record).collect();
    let numbers: Vec<i64> = left.iter().map(|(_, event)| event.listed.number).collect();
    let received: Vec<i64> = records.iter().map(|record| record.received_at.as_millis()).collect();
    let query = batch::bind_identities(sqlx::query(sql.moving.here), &records).bind(numbers).bind(received);
    let rows = query.fetch_all(connection).await?;
    let found = rows.iter().map(|row| {
        let at = usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0).saturating_sub(1);
        let place = left.get(at).map_or(usize::MAX, |(place, _)| *place);
        Ok(Here { place, number: row.try_get(1)?, lane: row.try_get(2)? })
    });
    found.collect()
}

/// Those that wait here and were worked there since are done; their places.
async fn finish(
    connection: &mut PgConnection,
    sql: &'static Sql,
    left: &[(usize, &Moved)],
    here: &[Here],
    now: Moment,
) -> sqlx::Result<Vec<usize>> {
    let done = left.iter().filter(|(_, event)| event.listed.state == State::Done);
    let done: Vec<(&Here, &Moved)> =
        done.filter_map(|(place, event)| Some((here.iter().find(|found| found.place == *place)?, *event))).collect();
    if done.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<i64> = done.iter().map(|(found, _)| found.number).collect();
    let claims: Vec<i64> = done.iter().map(|(_, event)| i64::try_from(event.claims).unwrap_or(i64::MAX)).collect();
    let finished: Vec<Option<i64>> =
        done.iter().map(|(_, event)| event.listed.finished_at.map(UnixTime::as_millis)).collect();
    let query =
        sqlx::query(sql.moving.finish_many).bind(now.now).bind(now.after).bind(&numbers).bind(claims).bind(finished);
    let rows = query.fetch_all(connection).await?;
    let finished: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
    Ok(done.iter().filter(|(found, _)| finished.contains(&found.number)).map(|(found, _)| found.place).collect())
}

/// The numbers that events are to have: their own, where no other event has it. What is accepted from here on has higher ones.
async fn numbered<'a>(
    connection: &mut PgConnection,
    sql: &'static Sql,
    left: &[(usize, &'a Moved)],
    reserve: u32,
    answers: &mut [TakenOver],
) -> sqlx::Result<Batch<'a>> {
    let mut batch = Batch::default();
    let own: Vec<i64> = left.iter().map(|(_, event)| event.listed.number).collect();
    let Some(last) = own.iter().max() else { return Ok(batch) };
    sqlx::query(sql.moving.reserve).bind(last.saturating_add(reserve.into())).execute(&mut *connection).await?;
    let rows = sqlx::query(sql.moving.taken).bind(&own).fetch_all(&mut *connection).await?;
    let mut taken: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
    for (place, event) in left {
        let own = event.listed.number;
        let number = if !taken.contains(&own) {
            // A second one of this number is another event.
            taken.push(own);
            own
        } else if event.record.identity.is_some() {
            sqlx::query(sql.moving.next_number).fetch_one(&mut *connection).await?.try_get(0)?
        } else {
            answer(answers, *place, TakenOver::NumberTaken);
            continue;
        };
        batch.numbers.push((number, *place, own));
        batch.events.push(event);
    }
    Ok(batch)
}

/// Has the lowest number of each lane worked first, and none of these before its moment.
async fn line_up(
    connection: &mut PgConnection,
    sql: &'static Sql,
    moments: &[(i64, i64)],
    lanes: &[i64],
    now: Moment,
) -> sqlx::Result<()> {
    if lanes.is_empty() {
        return Ok(());
    }
    sqlx::query(sql.moving.demote).bind(lanes).execute(&mut *connection).await?;
    lane::advance(connection, sql, lanes, now).await?;
    let (numbers, dues): (Vec<i64>, Vec<i64>) = moments.iter().copied().unzip();
    sqlx::query(sql.moving.not_before).bind(numbers).bind(dues).execute(connection).await?;
    Ok(())
}
