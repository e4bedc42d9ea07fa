use std::sync::Arc;
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::{Observer, Outcome, Record, TraceId};
use rusqlite::Connection;

use super::{Scribe, Wrote};
use crate::role::Role;
use crate::size::Room;
use hookporter_pipeline::journal::{Keeping, Notes};

fn record() -> Record {
    Record {
        trace: TraceId::from_bits(1),
        at: UnixTime::from_secs(1_700_000_000),
        endpoint: "acme".into(),
        provider: "custom".into(),
        tenant: None,
        method: "POST".to_owned(),
        path: "/".to_owned(),
        headers: Vec::new(),
        outcome: Outcome::Accepted,
        status: 200,
        reason: None,
        stage: None,
        detail: None,
        key_id: None,
        event_id: None,
        event_type: None,
        api_version: None,
        body_bytes: 0,
        body_digest: None,
        duration: Duration::ZERO,
        report_only: false,
    }
}

// Its clock stands still, or what is to rest would be due where the machine rests.
#[tokio::test(start_paused = true)]
async fn the_writer_does_not_spin_while_the_file_is_not_open_or_locked() {
    let keeping = Keeping { waiting: 4096, age: Duration::MAX, rows: 10_000, digests: false, sealed: false };
    let notes = Arc::new(Notes::new(keeping, || {}));
    notes.begin();
    let mut scribe = Scribe::new(notes.clone(), Arc::new(Room::new(None, 0)), None);
    (0..=Notes::ENOUGH).for_each(|_| notes.observe(&record()));
    assert!(scribe.is_due(false) && scribe.patience().is_zero());
    scribe.forget();
    assert!(!scribe.is_due(true) && !scribe.patience().is_zero());

    let directory = crate::directory::Directory::new();
    let path = directory.file();
    let mut connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    crate::schema::migrate(&mut connection).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut scribe = Scribe::new(notes.clone(), Arc::new(Room::new(None, 0)), None);
    assert!(matches!(scribe.write(Role::Both, &mut connection), Wrote::Well));
    assert!(!scribe.is_due(true) && !scribe.patience().is_zero());
    other.execute_batch("COMMIT").unwrap();
    assert!(matches!(scribe.write(Role::Both, &mut connection), Wrote::Well));
    assert_eq!(notes.lost(), 0);
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
    assert_eq!(synchronous, 2, "what acknowledgements rest on");
}
