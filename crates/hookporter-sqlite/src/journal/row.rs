//! A request as columns.

use std::sync::Arc;

use hookporter_pipeline::Outcome;
use hookporter_pipeline::journal::{Brought, Entry, Keeping, Note, Row};
use rusqlite::Connection;

use super::insert::Insert;

/// Writes rows in one transaction.
pub(super) struct Rows<'c, 'r> {
    whole: Insert<'c, 'r, 13>,
    short: Insert<'c, 'r, 4>,
    keeping: Keeping,
}

impl<'c, 'r> Rows<'c, 'r> {
    pub(super) fn new(connection: &'c Connection, keeping: &Keeping) -> rusqlite::Result<Self> {
        Ok(Self { whole: Insert::whole(connection)?, short: Insert::short(connection)?, keeping: *keeping })
    }

    /// Writes the row of this number and place, and of what its request brought.
    pub(super) fn write(
        &mut self,
        (id, place): (i64, i64),
        note: &'r Note,
        brought: Option<Brought>,
    ) -> rusqlite::Result<()> {
        let row = note.row(brought, &self.keeping);
        let numbers = [
            Some(id),
            Some(place),
            Some(row.at),
            Some(row.trace),
            Some(row.status.into()),
            row.event,
            Some(row.body_bytes),
            Some(row.duration_us),
            Some(row.report_only.into()),
        ];
        let (endpoint, outcome, path) = (Some(row.endpoint), Some(row.outcome), Some(row.path));
        let is_taken = matches!(note.outcome(), Outcome::Accepted | Outcome::Parked);
        if is_taken && brought.is_some_and(|brought| brought.is_new) {
            // What came as one new event is in its contents, and in the event itself.
            return self.short.row([endpoint, outcome, path, row.body_digest], numbers);
        }
        self.whole.headers(&row.headers)?;
        let words = [
            endpoint,
            outcome,
            path,
            row.body_digest,
            row.reason,
            row.detail,
            Some(row.provider),
            row.tenant,
            Some(row.method),
            row.key_id,
            row.event_id,
            row.event_type,
            row.api_version,
        ];
        self.whole.row(words, numbers)
    }
}

/// The columns of an entry, in the order in which [`read`] reads them.
pub(super) const COLUMNS: &str = "requests.id, at, requests.trace, requests.endpoint, outcome, status, requests.event, reason, detail, \
     coalesce(nullif(requests.provider, ''), events.provider, ''), coalesce(requests.tenant, nullif(events.tenant, '')), \
     coalesce(nullif(requests.method, ''), contents.method, ''), path, \
     coalesce(nullif(requests.headers, ''), iif(sealed_by IS NULL, contents.headers, NULL)), \
     coalesce(requests.key_id, contents.key_id), coalesce(requests.event_id, events.event_id), \
     coalesce(requests.event_type, events.event_type), coalesce(requests.api_version, events.api_version), body_bytes, \
     body_digest, duration_us, report_only, cause, cause_proven, cause_message";

/// Where the columns of rows are that are wanted, found by this index: those of a short row in its event. Contents that a
/// redelivery has replaced since have its headers, and those of the request before are gone.
pub(super) fn source(index: &str) -> String {
    format!(
        "requests {index} LEFT JOIN events ON requests.provider = '' AND events.id = requests.event \
         LEFT JOIN contents ON contents.event = requests.event AND contents.trace = requests.trace \
         AND outcome IN ('accepted', 'parked')"
    )
}

/// The tenant and the event's id of a row, where nothing else of it is wanted.
pub(super) const TENANT: &str = "coalesce(requests.tenant, (SELECT events.tenant FROM events \
     WHERE requests.provider = '' AND events.id = requests.event), '')";
pub(super) const EVENT_ID: &str = "coalesce(requests.event_id, (SELECT events.event_id FROM events \
     WHERE requests.provider = '' AND events.id = requests.event))";

/// Reads an entry.
pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Arc<Entry>> {
    let text = |column: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(column)?.as_str()?) };
    let maybe = |column: usize| -> rusqlite::Result<Option<&str>> { Ok(row.get_ref(column)?.as_str_or_null()?) };
    let headers = row.get_ref(13)?.as_bytes_or_null()?.map(String::from_utf8_lossy);
    let columns = Row {
        at: row.get(1)?,
        trace: row.get(2)?,
        endpoint: text(3)?,
        outcome: text(4)?,
        status: row.get(5)?,
        event: row.get(6)?,
        reason: maybe(7)?,
        detail: maybe(8)?,
        provider: text(9)?,
        tenant: maybe(10)?,
        method: text(11)?,
        path: text(12)?,
        headers: headers.unwrap_or_default(),
        key_id: maybe(14)?,
        event_id: maybe(15)?,
        event_type: maybe(16)?,
        api_version: maybe(17)?,
        body_bytes: row.get(18)?,
        body_digest: maybe(19)?,
        duration_us: row.get(20)?,
        report_only: row.get(21)?,
    };
    let is_proven: Option<bool> = row.get(23)?;
    let cause = maybe(22)?.map(|cause| (cause, is_proven.unwrap_or(false)));
    let message = maybe(24)?.unwrap_or_default();
    Ok(columns.entry(row.get(0)?, cause.map(|(cause, is_proven)| (cause, is_proven, message))))
}
