//! A database that an earlier release has made.

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::Outcome;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Settled, WorkingSide};
use hookporter_postgres::sqlx;
use hookporter_testkit::inbox::sample_record;

use crate::desk::claim;
use crate::journal::{record, rows};
use crate::server::{Server, number};

/// As the release before the journal has left it.
const FIRST: &str = include_str!("../../src/schema_1.sql");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_of_the_first_step_with_events_is_brought_on_by_one_of_many_nodes() {
    let Some(server) = Server::start() else { return };
    let pool = server.pool().await;
    // A release that knows the first step only.
    let mut connection = pool.acquire().await.unwrap();
    for sql in ["CREATE SCHEMA old", "SET search_path TO old", FIRST, "INSERT INTO versions (version) VALUES (1)"] {
        sqlx::raw_sql(sql).execute(&mut *connection).await.unwrap();
    }
    let sql = "INSERT INTO events (id, state, endpoint, identity, due_at, provider, event_id, received_at) \
         VALUES (nextval('event_numbers'), 'waiting', 'acme', 'evt_1', 0, 'stripe', 'evt_1', 1700000000000); \
         INSERT INTO contents (event, format, method, target, headers, body, coverage, key_id) \
         VALUES (1, 1, 'POST', '/', '', 'a body', 'body', 'key')";
    sqlx::raw_sql(sql).execute(&mut *connection).await.unwrap();
    drop(connection.close().await);

    let opening = (0..4).map(|_| {
        let (settings, url) = (server.settings("old").clock(SystemClock), server.url());
        tokio::spawn(async move { settings.connect(&url).await })
    });
    let mut nodes = Vec::new();
    for node in opening.collect::<Vec<_>>() {
        nodes.push(node.await.unwrap().unwrap());
    }
    assert_eq!(number(&pool, "SELECT count(*) - max(version) FROM old.versions").await, 0, "each step once");
    assert!(number(&pool, "SELECT max(version)::bigint FROM old.versions").await >= 2);
    assert_eq!(nodes[0].accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
    let lease = claim(&nodes[1]).await.remove(0);
    assert_eq!((&*lease.record.body, lease.id.number), (&b"a body"[..], 1));
    assert_eq!(nodes[1].complete(lease.id, SystemClock.now()).await.unwrap(), Settled::Done);
    nodes[2].journal().unwrap().observe(&record(1, Outcome::Rejected));
    rows(&nodes[3], 1).await;
}
