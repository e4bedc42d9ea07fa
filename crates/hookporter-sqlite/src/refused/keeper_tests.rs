use bytes::Bytes;
use hookporter_core::{Reason, UnixTime};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::quarantine::Bounds;

use super::*;

fn request() -> RefusedRequest {
    RefusedRequest {
        trace: TraceId::from_bits(1),
        endpoint: "acme".to_owned(),
        reason: Reason::InvalidSignature,
        detail: String::new(),
        arrived_at: UnixTime::from_secs(1_700_000_000),
        method: "POST".to_owned(),
        target: "/".to_owned(),
        reached_proof: true,
        headers: Vec::new(),
        body: Bytes::from_static(b"[1]"),
        peer: None,
        sealed_by: None,
    }
}

fn keeper(limit: Option<u64>) -> (Keeper, Connection) {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::migrate(&mut connection).unwrap();
    let queue = Arc::new(RefusedQueue::new(Bounds { requests: 10, bytes: 100_000 }));
    for _ in 0..3 {
        queue.push(request());
    }
    let mut keeper = Keeper::new(queue, Arc::new(Room::new(limit, 0)), Sealing::default());
    // It is just said, so that what is counted stays to be seen.
    assert!(!keeper.turns.queue().has_room(usize::MAX));
    keeper.turns.tell("a test has lost it");
    (keeper, connection)
}

fn kept(connection: &Connection) -> i64 {
    connection.query_row("SELECT count(*) FROM refused", [], |row| row.get(0)).unwrap()
}

#[test]
fn what_finds_no_room_waits_for_it() {
    let (mut keeper, connection) = keeper(Some(1));
    assert!(!keeper.step_if_due(&connection).unwrap());
    assert!(!keeper.turns.queue().is_empty());
    assert_eq!((kept(&connection), keeper.turns.lost()), (0, 0));
    keeper.room = Arc::new(Room::new(None, 0));
    std::thread::sleep(keeper.patience());
    assert!(keeper.step_if_due(&connection).unwrap());
    assert_eq!((kept(&connection), keeper.turns.lost()), (3, 0));
}

#[test]
fn what_cannot_be_written_is_counted() {
    let (mut keeper, connection) = keeper(None);
    connection.execute_batch("DROP TABLE refused_contents").unwrap();
    assert!(keeper.step_if_due(&connection).is_err());
    assert_eq!((kept(&connection), keeper.turns.lost()), (0, 3));
}

#[test]
fn one_that_is_stopped_has_no_room_until_it_goes_on() {
    let (mut keeper, connection) = keeper(None);
    keeper.stop();
    assert_eq!(keeper.turns.lost(), 3);
    assert!(!keeper.turns.queue().has_room(1) && !keeper.turns.queue().push(request()));
    keeper.resume();
    assert!(keeper.turns.queue().has_room(1) && keeper.turns.queue().push(request()));
    assert!(keeper.step_if_due(&connection).unwrap());
    assert_eq!((kept(&connection), keeper.turns.lost()), (1, 5));
}

#[test]
fn a_full_inbox_is_closed_all_the_same() {
    let (mut keeper, connection) = keeper(Some(1));
    keeper.finish(&connection).unwrap();
    assert!(keeper.turns.queue().is_empty() && kept(&connection) == 0);
}
