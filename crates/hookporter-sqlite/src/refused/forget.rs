//! Forgetting refused requests, in bounded steps: what is deleted is overwritten, and senders wait behind each.

use hookporter_core::UnixTime;
use hookporter_pipeline::operating::RefusedSelection;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::condition;

/// How many go in one step,
const ROWS: usize = 200;
/// and how many bytes of them, but one of any size: some ten milliseconds.
const BYTES: usize = 2 * 1024 * 1024;

/// How far it got.
#[derive(Debug, Clone)]
pub(crate) struct Forgetting {
    which: RefusedSelection,
    /// Those up to this number are dealt with.
    after: i64,
    /// The newest when it began: what comes in meanwhile is not chosen.
    upto: Option<i64>,
    pub(crate) done: usize,
    pub(crate) is_over: bool,
}

impl Forgetting {
    pub(crate) const fn new(which: RefusedSelection) -> Self {
        Self { which, after: 0, upto: None, done: 0, is_over: false }
    }

    /// Forgets the next few; where that leads to. It changes nothing of `self`, since it may be rolled back and done again.
    pub(crate) fn step(&self, connection: &Connection) -> rusqlite::Result<Self> {
        let mut next = self.clone();
        let upto = match self.upto {
            Some(upto) => upto,
            None => connection.query_row("SELECT coalesce(max(id), 0) FROM refused", [], |row| row.get(0))?,
        };
        next.upto = Some(upto);
        let chosen = condition(&self.which, 3);
        let mut values = vec![Value::Integer(self.after), Value::Integer(upto)];
        values.extend(chosen.values);
        let gone = gone(connection, &format!("id > ?1 AND id <= ?2 AND {}", chosen.sql), values)?;
        next.after = gone.last;
        next.done = self.done.saturating_add(gone.count);
        next.is_over = gone.is_all;
        Ok(next)
    }
}

/// Forgets a few that arrived before a moment. How many.
pub(crate) fn forget_before(connection: &Connection, moment: UnixTime) -> rusqlite::Result<usize> {
    Ok(gone(connection, "arrived_at < ?1", vec![Value::Integer(moment.as_millis())])?.count)
}

/// What a step took away.
struct Gone {
    count: usize,
    last: i64,
    /// None is left of those that were meant.
    is_all: bool,
}

/// Deletes the first few of these, by number and by weight.
fn gone(connection: &Connection, which: &str, values: Vec<Value>) -> rusqlite::Result<Gone> {
    // Not kept: there are as many such statements as selections.
    let sql = format!("SELECT id, weight FROM refused WHERE {which} ORDER BY id");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut numbers, mut bytes, mut is_all) = (Vec::new(), 0_usize, true);
    while let Some(row) = rows.next()? {
        let weight = usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX);
        if numbers.len() >= ROWS || (!numbers.is_empty() && bytes.saturating_add(weight) > BYTES) {
            is_all = false;
            break;
        }
        bytes = bytes.saturating_add(weight);
        numbers.push(row.get::<_, i64>(0)?);
    }
    drop(rows);
    let mut delete = connection.prepare_cached("DELETE FROM refused WHERE id = ?1")?;
    for number in &numbers {
        delete.execute([number])?;
    }
    Ok(Gone { count: numbers.len(), last: numbers.last().copied().unwrap_or(0), is_all })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(weights: &[i64]) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let sql = "INSERT INTO refused (trace, endpoint, reason, detail, arrived_at, proof, body_bytes, weight, method, target) \
             VALUES (1, 'a', 'invalid-signature', '', 7, 1, 0, ?1, 'POST', '/')";
        for weight in weights {
            connection.execute(sql, [weight]).unwrap();
        }
        connection
    }

    #[test]
    fn a_step_is_bounded_by_number_and_by_weight() {
        const MIB: i64 = 1024 * 1024;
        for (weights, steps) in [
            (vec![1; 450], vec![200, 200, 50]),
            (vec![MIB; 5], vec![2, 2, 1]),
            (vec![8 * MIB, 8 * MIB, 1], vec![1, 1, 1]),
            (vec![1; 3], vec![3]),
        ] {
            let connection = filled(&weights);
            let mut forgetting = Forgetting::new(RefusedSelection::all());
            let mut done = Vec::new();
            while !forgetting.is_over {
                let next = forgetting.step(&connection).unwrap();
                done.push(next.done - forgetting.done);
                forgetting = next;
            }
            assert_eq!(done, steps);
            let connection = filled(&weights);
            let mut swept = Vec::new();
            while let count @ 1.. = forget_before(&connection, UnixTime::from_millis(8)).unwrap() {
                swept.push(count);
            }
            assert_eq!(swept, steps);
        }
    }

    #[test]
    fn what_comes_meanwhile_and_what_is_not_chosen_stays() {
        let connection = filled(&[1; 250]);
        let first = Forgetting::new(RefusedSelection::all()).step(&connection).unwrap();
        assert!(!first.is_over);
        connection
            .execute(
                "INSERT INTO refused SELECT 1000, trace, endpoint, reason, detail, arrived_at, judged_at, proof, \
            body_bytes, weight, method, target, sealed_by, peer FROM refused WHERE id = 250",
                [],
            )
            .unwrap();
        let last = first.step(&connection).unwrap();
        assert_eq!((last.done, last.is_over), (250, true));
        let other = Forgetting::new(RefusedSelection::all().endpoint("b")).step(&connection).unwrap();
        assert_eq!((other.done, other.is_over), (0, true));
        let left: i64 = connection.query_row("SELECT sum(id) FROM refused", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 1000);
    }
}
