//! Events that are taken over, as columns.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::inbox::store::Moment;
use hookporter_pipeline::operating::{Moved, Original, State};
use sqlx::{PgConnection, Row};

use crate::batch;
use crate::sql::Sql;
use crate::text::kept;

/// Events and the numbers that they are to have.
#[derive(Default)]
pub(super) struct Batch<'a> {
    /// The number, the event's place in the request, and its own number.
    pub(super) numbers: Vec<(i64, usize, i64)>,
    pub(super) events: Vec<&'a Moved>,
}

impl Batch<'_> {
    /// Numbers of events that wait in a lane, and when each is due.
    pub(super) fn moments(&self) -> impl Iterator<Item = (i64, i64)> {
        let waits = |event: &Moved| event.listed.state == State::Waiting && event.record.lane.is_some();
        let due = move |event: &Moved| event.listed.due_at.filter(|_| waits(event)).map(UnixTime::as_millis);
        self.numbers.iter().zip(&self.events).filter_map(move |((number, ..), event)| Some((*number, due(event)?)))
    }
}

/// How often an event was lent, at least as often as there are attempts.
fn claims(event: &Moved) -> i64 {
    let claims = event.claims.max(u64::try_from(event.attempts.len()).unwrap_or(u64::MAX));
    i64::try_from(claims).unwrap_or(i64::MAX)
}

/// Keeps them, but for those that somebody was faster with; the numbers of those that are kept.
pub(super) async fn keep(
    connection: &mut PgConnection,
    sql: &'static Sql,
    batch: &Batch<'_>,
    now: Moment,
) -> sqlx::Result<Vec<i64>> {
    let records: Vec<&EventRecord> = batch.events.iter().map(|event| &event.record).collect();
    let numbers: Vec<i64> = batch.numbers.iter().map(|(number, ..)| *number).collect();
    let events = || batch.events.iter();
    // A lease is not taken over.
    let is_working = |event: &Moved| event.listed.state == State::Working;
    let states: Vec<&str> =
        events().map(|event| if is_working(event) { "waiting" } else { event.listed.state.as_str() }).collect();
    let due = |event: &Moved| event.listed.due_at.filter(|_| !is_working(event)).map(UnixTime::as_millis);
    let dues: Vec<Option<i64>> = events().map(|event| due(event)).collect();
    let epochs: Vec<i64> = events().map(|event| claims(event)).collect();
    let attempts: Vec<i32> = events().map(|event| i32::try_from(event.listed.attempts).unwrap_or(i32::MAX)).collect();
    let finished: Vec<Option<i64>> = events().map(|event| event.listed.finished_at.map(UnixTime::as_millis)).collect();
    let errors: Vec<_> = events().map(|event| event.listed.last_error.as_deref().map(kept)).collect();
    let query = sqlx::query(sql.moving.take_over).bind(now.now).bind(now.after).bind(&numbers).bind(states).bind(dues);
    let query = query.bind(epochs).bind(attempts).bind(finished).bind(errors);
    let rows = batch::bind_facts(query, &records).fetch_all(&mut *connection).await?;
    let is_kept: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
    let pairs = || numbers.iter().copied().zip(events().copied()).filter(|(number, _)| is_kept.contains(number));
    keep_contents(connection, sql, pairs().filter(|(_, event)| event.has_contents)).await?;
    keep_attempts(connection, sql, pairs(), now).await?;
    Ok(is_kept)
}

async fn keep_contents<'a>(
    connection: &mut PgConnection,
    sql: &'static Sql,
    events: impl Iterator<Item = (i64, &'a Moved)>,
) -> sqlx::Result<()> {
    let (numbers, events): (Vec<i64>, Vec<&Moved>) = events.unzip();
    let records: Vec<&EventRecord> = events.iter().map(|event| &event.record).collect();
    fn column<'a, T>(events: &[&'a Moved], of: impl Fn(&'a Original) -> Option<T>) -> Vec<Option<T>> {
        events.iter().map(|event| event.original.as_ref().and_then(&of)).collect()
    }
    let query = batch::bind_contents(sqlx::query(sql.moving.take_contents).bind(numbers), &records);
    let query = query.bind(column(&events, |original| Some(original.edited_at.as_millis())));
    let query = query.bind(column(&events, |original| original.reason.as_deref().map(kept)));
    let query = query.bind(column(&events, |original| Some(&original.body[..])));
    let query = query.bind(column(&events, |original| original.payload.as_deref()));
    let query = query.bind(column(&events, |original| Some(original.coverage.as_str())));
    query.execute(connection).await?;
    Ok(())
}

/// Keeps their attempts, the last one as that of the last lease. One that was under way is lost.
async fn keep_attempts<'a>(
    connection: &mut PgConnection,
    sql: &'static Sql,
    events: impl Iterator<Item = (i64, &'a Moved)>,
    now: Moment,
) -> sqlx::Result<()> {
    let tried = events.flat_map(|(number, event)| {
        (0..=claims(event)).rev().zip(event.attempts.iter().rev()).map(move |(epoch, tried)| (number, epoch, tried))
    });
    let tried: Vec<_> = tried.collect();
    let numbers: Vec<i64> = tried.iter().map(|(number, ..)| *number).collect();
    let epochs: Vec<i64> = tried.iter().map(|(_, epoch, _)| *epoch).collect();
    let started: Vec<i64> = tried.iter().map(|(.., tried)| tried.started_at.as_millis()).collect();
    let ended: Vec<Option<i64>> = tried.iter().map(|(.., tried)| tried.ended_at.map(UnixTime::as_millis)).collect();
    let outcomes: Vec<_> = tried.iter().map(|(.., tried)| tried.outcome.as_deref().map(kept)).collect();
    let errors: Vec<_> = tried.iter().map(|(.., tried)| tried.error.as_deref().map(kept)).collect();
    let query = sqlx::query(sql.moving.take_attempts).bind(now.now).bind(now.after).bind(numbers).bind(epochs);
    query.bind(started).bind(ended).bind(outcomes).bind(errors).execute(connection).await?;
    Ok(())
}
