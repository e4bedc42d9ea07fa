//! Erasing what the journal says of an event.

use hookporter_pipeline::inbox::InboxError;
use sqlx::Row;

use crate::Inbox;
use crate::inbox::in_time;
use crate::text::{kept, told};

/// How many rows one step looks at: a part of a second.
const ROWS: i64 = 20_000;

/// Erases every row that tells of this event, before it is erased itself. What a node has noted and not written down yet, within
/// the last half second as a rule, is written with the event's number all the same, unless it is this process.
pub(crate) async fn erase(inbox: &Inbox, number: i64) -> Result<(), InboxError> {
    let shared = inbox.shared();
    let whose = in_time(async {
        let query = sqlx::query(shared.sql.journal.whose).bind(number);
        let row = query.fetch_optional(&mut *shared.connection().await?).await?;
        let text =
            |row: &sqlx::postgres::PgRow, at: usize| row.try_get::<Option<String>, _>(at).map(|text| text.map(told));
        row.map(|row| Ok((text(&row, 0)?, text(&row, 1)?, text(&row, 2)?))).transpose()
    });
    let Some((endpoint, tenant, event_id)) = whose.await? else { return Ok(()) };
    let (endpoint, tenant) = (endpoint.unwrap_or_default(), tenant.unwrap_or_default());
    if let Some(notes) = &shared.beside.notes {
        notes.erase(|note, event| {
            let is_theirs = note.endpoint() == endpoint && note.tenant().unwrap_or_default() == tenant;
            event == Some(number) || (is_theirs && event_id.is_some() && note.event_id() == event_id.as_deref())
        });
    }
    let newest = in_time(async {
        sqlx::query(shared.sql.journal.newest).fetch_one(&mut *shared.connection().await?).await?.try_get::<i64, _>(0)
    });
    let (newest, mut from) = (newest.await?, 0);
    loop {
        let step = in_time(async {
            let mut connection = shared.connection().await?;
            let window = sqlx::query(shared.sql.journal.window).bind(from).bind(newest).bind(ROWS);
            let window: Option<i64> = window.fetch_one(&mut *connection).await?.try_get(0)?;
            let Some(last) = window else { return Ok(None) };
            let query = sqlx::query(shared.sql.journal.erase).bind(from).bind(last).bind(number);
            let query = query.bind(kept(&endpoint)).bind(kept(&tenant)).bind(event_id.as_deref().map(kept));
            query.execute(&mut *connection).await?;
            Ok(Some(last))
        });
        match step.await? {
            Some(last) => from = last,
            None => return Ok(()),
        }
    }
}
