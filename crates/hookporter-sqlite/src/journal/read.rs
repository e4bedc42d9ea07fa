//! Reading the journal: pages of it, and what it counts.

use std::sync::Arc;

use hookporter_core::{Reason, UnixTime};
use hookporter_pipeline::Outcome;
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::operating::ReasonCount;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::row::{self, COLUMNS};

/// Behind every text that begins with another one: no character comes after this one.
const LAST: char = char::MAX;

/// The entries that a query asks for, the newest first, at most `most` of those before the number `before`.
pub(crate) fn entries(
    connection: &Connection,
    query: &Query,
    before: u64,
    most: usize,
) -> rusqlite::Result<Vec<Arc<Entry>>> {
    let mut wanted = Wanted::of(query);
    let before = wanted.value(Value::Integer(i64::try_from(before).unwrap_or(i64::MAX)));
    let most = wanted.value(Value::Integer(i64::try_from(most).unwrap_or(i64::MAX)));
    let (index, condition) = (wanted.index(query), &wanted.sql);
    let sql = format!(
        "SELECT {COLUMNS} FROM {} WHERE {condition} AND requests.id < {before} ORDER BY requests.id DESC LIMIT {most}",
        row::source(index)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(wanted.values), row::read)?;
    rows.collect()
}

/// The entry of this number, if it is there.
pub(crate) fn entry(connection: &Connection, number: u64) -> rusqlite::Result<Option<Arc<Entry>>> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    let sql = format!("SELECT {COLUMNS} FROM {} WHERE requests.id = ?1", row::source("NOT INDEXED"));
    connection.prepare_cached(&sql)?.query_row([number], row::read).optional()
}

/// Why requests were turned away or not taken, the most frequent reason first. Those of a newer release are left out.
pub(crate) fn reasons(connection: &Connection, query: &Query) -> rusqlite::Result<Vec<ReasonCount>> {
    let wanted = Wanted::of(query);
    // Without their events, where nothing of these is asked: an index has all the rest.
    let source = if query.text.is_some() { row::source("") } else { "requests".to_owned() };
    let sql = format!(
        "SELECT requests.endpoint, reason, count(*) AS many, min(at), max(at), max(requests.id) FROM {source} \
         WHERE reason IS NOT NULL AND {} GROUP BY requests.endpoint, reason ORDER BY many DESC, requests.endpoint, reason",
        wanted.sql
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let counts = statement.query_map(params_from_iter(wanted.values), |row| {
        let Some(reason) = row::reason(&row.get::<_, String>(1)?) else { return Ok(None) };
        let unsigned = |column| row.get::<_, i64>(column).map(|number| u64::try_from(number).unwrap_or(0));
        Ok(Some(ReasonCount {
            endpoint: row.get(0)?,
            reason,
            count: unsigned(2)?,
            first: UnixTime::from_millis(row.get(3)?),
            last: UnixTime::from_millis(row.get(4)?),
            last_entry: unsigned(5)?,
        }))
    })?;
    counts.filter_map(Result::transpose).collect()
}

/// How many requests the journal has no row of, as far as the file knows.
pub(crate) fn lost(connection: &Connection) -> rusqlite::Result<u64> {
    let count = connection.query_row("SELECT count FROM requests_lost", [], |row| row.get::<_, i64>(0)).optional()?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

/// A query as a condition.
struct Wanted {
    sql: String,
    values: Vec<Value>,
}

impl Wanted {
    fn of(query: &Query) -> Self {
        let mut wanted = Self { sql: "TRUE".to_owned(), values: Vec::new() };
        wanted.and("requests.endpoint =", query.endpoint.clone().map(Value::Text));
        wanted.and("requests.event =", query.event.map(Value::Integer));
        wanted.and("reason =", query.reason.map(|reason| text(Reason::as_str(reason))));
        wanted.and("at >=", query.since.map(|since| Value::Integer(since.as_millis())));
        wanted.and("at <", query.until.map(|until| Value::Integer(until.as_millis())));
        if !query.outcomes.is_empty() {
            let words: Vec<_> = query.outcomes.iter().map(|outcome| format!("'{outcome}'")).collect();
            // In the words of the index, so that SQLite uses it.
            let others = if is_of_others(query) { "outcome <> 'accepted' AND " } else { "" };
            wanted.sql.push_str(&format!(" AND {others}outcome IN ({})", words.join(", ")));
        }
        if let Some(text) = &query.text {
            wanted.begins_with(text);
        }
        wanted
    }

    /// Which index has the fewest rows to look at, where SQLite would not see it by itself.
    fn index(&self, query: &Query) -> &'static str {
        let _ = self;
        match query {
            Query { event: Some(_), .. } => "INDEXED BY requests_event",
            Query { reason: Some(_), .. } => "INDEXED BY requests_refused",
            _ if is_of_others(query) => "INDEXED BY requests_others",
            _ => "NOT INDEXED",
        }
    }

    fn and(&mut self, compared: &str, value: Option<Value>) {
        if let Some(value) = value {
            let parameter = self.value(value);
            self.sql.push_str(&format!(" AND {compared} {parameter}"));
        }
    }

    /// The parameter of one more value.
    fn value(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("?{}", self.values.len())
    }

    /// One of the texts that tell a request begins with this.
    fn begins_with(&mut self, beginning: &str) {
        let (from, to) = (self.value(text(beginning)), self.value(Value::Text(format!("{beginning}{LAST}"))));
        let of_requests = ["path", "body_digest", "requests.tenant", "requests.event_id", "requests.event_type"];
        let of_events = ["events.tenant", "events.event_id", "events.event_type"];
        let columns = of_requests.into_iter().chain(of_events);
        let mut any: Vec<_> = columns.map(|column| format!("({column} >= {from} AND {column} < {to})")).collect();
        if let Some((first, last)) = traces(beginning) {
            let (first, last) = (self.value(Value::Integer(first)), self.value(Value::Integer(last)));
            any.push(format!("(requests.trace BETWEEN {first} AND {last})"));
        }
        self.sql.push_str(&format!(" AND ({})", any.join(" OR ")));
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Whether only requests are wanted that were not accepted.
fn is_of_others(query: &Query) -> bool {
    !query.outcomes.is_empty() && !query.outcomes.contains(&Outcome::Accepted)
}

/// The first and the last trace whose hex digits begin with this text. The first digit has the sign, so none is between them.
fn traces(beginning: &str) -> Option<(i64, i64)> {
    let is_hex = beginning.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let digits = beginning.len();
    if !is_hex || !(1..=16).contains(&digits) {
        return None;
    }
    let end =
        |digit: &str| u64::from_str_radix(&format!("{beginning}{}", digit.repeat(16_usize.saturating_sub(digits))), 16);
    Some((end("0").ok()?.cast_signed(), end("f").ok()?.cast_signed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_of_a_trace_is_a_range_on_one_side_of_zero() {
        assert_eq!(traces("0"), Some((0, 0x0fff_ffff_ffff_ffff)));
        assert_eq!(traces("f"), Some((-0x1000_0000_0000_0000, -1)));
        assert_eq!(traces("00000000000000ff"), Some((255, 255)));
        for none in ["", "g", "00000000000000000", "+1", "ABC"] {
            assert_eq!(traces(none), None, "{none}");
        }
    }

    /// What people look for among a million requests is not looked for one by one.
    #[test]
    fn pages_are_found_by_their_indexes() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let plan = |query: &Query| {
            let mut wanted = Wanted::of(query);
            let before = wanted.value(Value::Integer(5));
            let index = wanted.index(query);
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT {COLUMNS} FROM {} WHERE {} AND requests.id < {before} ORDER BY requests.id DESC LIMIT 9",
                row::source(index),
                wanted.sql
            );
            let mut statement = connection.prepare(&sql).unwrap();
            let lines = statement.query_map(params_from_iter(wanted.values), |row| row.get::<_, String>("detail"));
            lines.unwrap().map(Result::unwrap).collect::<Vec<_>>().join("; ")
        };
        let all = Query::new();
        assert!(plan(&all).starts_with("SEARCH requests USING INTEGER PRIMARY KEY (rowid<?)"), "{}", plan(&all));
        let event = plan(&all.clone().event(7));
        assert!(event.contains("requests_event (event=?") && !event.contains("TEMP"), "{event}");
        let rejected = plan(&all.clone().rejected().of("acme"));
        assert!(rejected.contains("requests_others (id<?)") && !rejected.contains("TEMP"), "{rejected}");
        let reason = plan(&all.reason(Reason::InvalidSignature));
        assert!(reason.contains("requests_refused (reason=?") && !reason.contains("TEMP"), "{reason}");
    }
}
