//! Which events: a filter, for people.

use std::fmt::Write;

use hookporter_core::UnixTime;
use rusqlite::types::Value;

use crate::State;

/// Chooses events; every part that is set must fit.
///
/// ```
/// use hookporter_sqlite::{Selection, State};
///
/// let dead = Selection::all().endpoint("stripe").event_type("invoice.paid").state(State::Dead);
/// let two = Selection::all().numbers([7, 12]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Selection {
    numbers: Option<Vec<i64>>,
    endpoint: Option<String>,
    tenant: Option<String>,
    event_type: Option<String>,
    state: Option<State>,
    since: Option<UnixTime>,
    until: Option<UnixTime>,
}

impl Selection {
    /// Every event, until a part is set.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only events of these numbers.
    pub fn numbers(self, numbers: impl IntoIterator<Item = i64>) -> Self {
        Self { numbers: Some(numbers.into_iter().collect()), ..self }
    }

    /// Only events of the endpoint of this name.
    pub fn endpoint(self, name: &str) -> Self {
        Self { endpoint: Some(name.to_owned()), ..self }
    }

    /// Only events of this tenant.
    pub fn tenant(self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.to_owned()), ..self }
    }

    /// Only events of this type, letter for letter.
    pub fn event_type(self, kind: &str) -> Self {
        Self { event_type: Some(kind.to_owned()), ..self }
    }

    /// Only events in this state.
    pub fn state(self, state: State) -> Self {
        Self { state: Some(state), ..self }
    }

    /// Only events that came in at this moment or later.
    pub fn since(self, moment: UnixTime) -> Self {
        Self { since: Some(moment), ..self }
    }

    /// Only events that came in before this moment.
    pub fn until(self, moment: UnixTime) -> Self {
        Self { until: Some(moment), ..self }
    }

    /// As a condition on `events`, whose parameters begin at `?first`.
    pub(crate) fn condition(&self, first: usize) -> Condition {
        let mut condition = Condition { sql: "TRUE".to_owned(), values: Vec::new(), first };
        let text = |text: &Option<String>| text.clone().map(Value::Text);
        let moment = |moment: Option<UnixTime>| moment.map(|moment| Value::Integer(moment.as_millis()));
        condition.and("endpoint =", text(&self.endpoint));
        condition.and("tenant =", text(&self.tenant));
        condition.and("event_type =", text(&self.event_type));
        condition.and("received_at >=", moment(self.since));
        condition.and("received_at <", moment(self.until));
        if let Some(numbers) = &self.numbers {
            let numbers: Vec<_> = numbers.iter().map(i64::to_string).collect();
            condition.sql.push_str(&format!(" AND id IN ({})", numbers.join(", ")));
        }
        match self.state {
            // In the words of the index, which SQLite must recognise.
            Some(state @ (State::Dead | State::Parked)) => {
                condition.sql.push_str(&format!(" AND state IN ('dead', 'parked') AND state = '{state}'"));
            }
            Some(state) => condition.sql.push_str(&format!(" AND state = '{state}'")),
            None => {}
        }
        condition
    }
}

/// A part of a statement, and the values of its parameters.
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
    first: usize,
}

impl Condition {
    fn and(&mut self, compared: &str, value: Option<Value>) {
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
            let condition = Selection::all().state(state).endpoint("acme").condition(1);
            let sql = format!("EXPLAIN QUERY PLAN SELECT id FROM events WHERE {} ORDER BY id", condition.sql);
            let plan: String = connection
                .query_row(&sql, rusqlite::params_from_iter(condition.values), |row| row.get("detail"))
                .unwrap();
            assert!(plan.contains("events_set_aside"), "{plan}");
        }
    }
}
