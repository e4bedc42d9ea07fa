//! Which events: a filter as SQL.

use std::fmt::Write;

use hookporter_core::UnixTime;
use hookporter_pipeline::operating::{Selection, State};
use rusqlite::types::Value;

/// A selection as a condition on `events`, whose parameters begin at `?first`.
pub(crate) fn condition(which: &Selection, first: usize) -> Condition {
    let mut condition = Condition::all(first);
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    let moment = |moment: Option<UnixTime>| moment.map(|moment| Value::Integer(moment.as_millis()));
    condition.and("endpoint =", text(&which.endpoint));
    condition.and("tenant =", text(&which.tenant));
    condition.and("event_type =", text(&which.event_type));
    condition.and("received_at >=", moment(which.since));
    condition.and("received_at <", moment(which.until));
    if let Some(numbers) = &which.numbers {
        condition.and_numbers(numbers);
    }
    match which.state {
        // In the words of the index, which SQLite must recognise.
        Some(state @ (State::Dead | State::Parked)) => {
            condition.sql.push_str(&format!(" AND state IN ('dead', 'parked') AND state = '{state}'"));
        }
        Some(state) => condition.sql.push_str(&format!(" AND state = '{state}'")),
        None => {}
    }
    condition
}

/// A part of a statement, and the values of its parameters.
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
    first: usize,
}

impl Condition {
    /// Every row.
    pub(crate) fn all(first: usize) -> Self {
        Self { sql: "TRUE".to_owned(), values: Vec::new(), first }
    }

    /// Only rows of these numbers.
    pub(crate) fn and_numbers(&mut self, numbers: &[i64]) {
        let numbers: Vec<_> = numbers.iter().map(i64::to_string).collect();
        // Writing to a string does not fail.
        let _ = write!(self.sql, " AND id IN ({})", numbers.join(", "));
    }

    pub(crate) fn and(&mut self, compared: &str, value: Option<Value>) {
        let Some(value) = value else { return };
        let parameter = self.first.saturating_add(self.values.len());
        // Writing to a string does not fail.
        let _ = write!(self.sql, " AND {compared} ?{parameter}");
        self.values.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dead letters among a million events are not looked for one by one.
    #[test]
    fn what_is_set_aside_is_found_by_its_index() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        for state in [State::Dead, State::Parked] {
            let found = condition(&Selection::all().state(state).endpoint("acme"), 1);
            let sql = format!("EXPLAIN QUERY PLAN SELECT id FROM events WHERE {} ORDER BY id", found.sql);
            let plan: String =
                connection.query_row(&sql, rusqlite::params_from_iter(found.values), |row| row.get("detail")).unwrap();
            assert!(plan.contains("events_set_aside"), "{plan}");
        }
    }
}
