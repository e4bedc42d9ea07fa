use hookporter_core::{FrozenClock, UnixTime};

use super::*;
use crate::schema;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// So many days.
const fn days(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(24 * 3600))
}

/// A sweep that keeps bodies ten days and events twenty, and an empty inbox.
fn sweep() -> (Sweep, Connection) {
    let settings = Settings::new().clock(FrozenClock(NOW)).keep_bodies(days(10)).remember_events(days(20));
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate(&mut connection).unwrap();
    (Sweep::new(&settings), connection)
}

/// So many events that came in, and were done with, at that moment.
fn fill(connection: &Connection, count: usize, state: &str, at: UnixTime) {
    for _ in 0..count {
        let sql = "INSERT INTO events (state, endpoint, provider, received_at, finished_at) VALUES (?1, 'acme', 'custom', ?2, ?2)";
        connection.execute(sql, params![state, at.as_millis()]).unwrap();
        let sql = "INSERT INTO contents (event, format, method, target, headers, body, coverage, key_id) \
            VALUES (last_insert_rowid(), 1, 'POST', '/', x'', x'00', 'body', '')";
        connection.execute(sql, []).unwrap();
    }
}

fn count(connection: &Connection, table: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// The steps of one sweep.
fn steps(sweep: &mut Sweep, connection: &Connection) -> usize {
    (1..10_000).find(|_| !sweep.step(connection).unwrap().looked).unwrap()
}

#[test]
fn each_pass_ends_by_itself_and_none_begins_again_meanwhile() {
    let (mut sweep, connection) = sweep();
    sweep.count = 1;
    // Nobody worked the oldest, so that they stay, however often they are looked at: two steps of one pass, four of the other.
    fill(&connection, 350, "dead", NOW.minus(days(21)));
    fill(&connection, 400, "done", NOW.minus(days(11)));
    fill(&connection, 200, "done", NOW);
    assert_eq!(steps(&mut sweep, &connection), 5);
    assert_eq!((count(&connection, "events"), count(&connection, "contents")), (950, 550));
}

#[test]
fn rows_of_a_clock_that_was_ahead_do_not_hide_those_behind_them_for_longer_than_a_day() {
    let (mut sweep, connection) = sweep();
    fill(&connection, 300, "done", NOW.plus(days(365)));
    fill(&connection, 300, "done", NOW.minus(days(11)));
    assert_eq!(WHOLE, 144, "sweeps of ten minutes: a day");
    sweep.count = WHOLE - 1;
    steps(&mut sweep, &connection);
    assert_eq!(count(&connection, "contents"), 600, "an ordinary sweep ends where nothing is old");
    steps(&mut sweep, &connection);
    assert_eq!(count(&connection, "contents"), 300);
}

#[test]
fn what_nobody_worked_goes_only_where_it_is_told_how_long_to_keep_it() {
    for (keep, left) in [(None, 18), (Some(days(30)), 12)] {
        let settings = Settings::new().clock(FrozenClock(NOW)).keep_bodies(days(10)).remember_events(days(20));
        let (_, connection) = self::sweep();
        let settings = match keep {
            None => settings,
            Some(age) => settings.keep_unworked(age),
        };
        let mut sweep = Sweep::new(&settings);
        for state in ["dead", "parked", "waiting", "working"] {
            fill(&connection, 3, state, NOW.minus(days(31)));
        }
        // Not as old.
        fill(&connection, 3, "dead", NOW.minus(days(29)));
        fill(&connection, 3, "parked", NOW.minus(days(29)));
        steps(&mut sweep, &connection);
        assert_eq!(count(&connection, "events"), left, "{keep:?}");
        assert_eq!(count(&connection, "contents"), left, "{keep:?}");
        assert_eq!(count(&connection, "events WHERE state IN ('waiting', 'working')"), 6);
    }
}

#[test]
fn what_came_in_while_the_clock_was_ahead_is_due_now() {
    let (mut sweep, connection) = sweep();
    let later = NOW.plus(days(1));
    fill(&connection, 4, "waiting", later);
    connection.execute("UPDATE events SET due_at = ?1", [later.as_millis()]).unwrap();
    // A retry, one that is to wait, and one behind another of its lane, keep their moments.
    connection
        .execute_batch("UPDATE events SET attempts = 1 WHERE id = 2; UPDATE events SET due_at = NULL WHERE id = 3")
        .unwrap();
    connection.execute("UPDATE events SET received_at = ?1 WHERE id = 4", [NOW.as_millis()]).unwrap();
    steps(&mut sweep, &connection);
    let due =
        |id: i64| connection.query_row("SELECT due_at FROM events WHERE id = ?1", [id], |row| row.get(0)).unwrap();
    let due: [Option<i64>; 4] = [due(1), due(2), due(3), due(4)];
    assert_eq!(due, [Some(NOW.as_millis()), Some(later.as_millis()), None, Some(later.as_millis())]);
}

#[test]
fn requests_go_by_their_age_and_one_that_is_ahead_hides_none_for_longer_than_a_day() {
    let requests = |connection: &Connection, count: usize, at: UnixTime| {
        for _ in 0..count {
            let sql = "INSERT INTO requests (place, at, trace, endpoint, outcome, status, provider, method, path, headers, body_bytes, \
                duration_us, report_only) VALUES (1, ?1, 1, 'acme', 'accepted', 200, 'custom', 'POST', '/', '', 0, 0, 0)";
            connection.execute(sql, [at.as_millis()]).unwrap();
        }
    };
    let (_, connection) = sweep();
    let settings = Settings::new().clock(FrozenClock(NOW)).keep_requests(days(5));
    let mut sweep = Sweep::new(&settings);
    sweep.count = 1;
    requests(&connection, 450, NOW.minus(days(6)));
    requests(&connection, 300, NOW.minus(days(4)));
    assert_eq!(steps(&mut sweep, &connection), 4, "no row is looked at that is behind young ones");
    assert_eq!(count(&connection, "requests"), 300);
    requests(&connection, 300, NOW.minus(days(6)));
    steps(&mut sweep, &connection);
    assert_eq!(count(&connection, "requests"), 600);
    sweep.count = WHOLE;
    steps(&mut sweep, &connection);
    assert_eq!(count(&connection, "requests"), 300);
}
