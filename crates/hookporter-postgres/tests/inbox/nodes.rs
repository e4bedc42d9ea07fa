//! Several nodes at once: each is an inbox with connections of its own.

use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::{Server, number};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_get_the_same_events_in_another_order_do_not_stand_in_each_others_way() {
    let Some(server) = Server::start() else { return };
    let nodes = [server.inbox("orders").await, server.inbox("orders").await];
    let began = Instant::now();
    for round in 0..40 {
        let ids = || (0..300).map(move |at| sample_record(&format!("evt_{round}_{at}")));
        let (there, back) = (ids().collect::<Vec<_>>(), ids().rev().collect::<Vec<_>>());
        let (one, other) = tokio::join!(nodes[0].accept(there), nodes[1].accept(back));
        let answers = [one.unwrap(), other.unwrap()].concat();
        assert_eq!(answers.iter().filter(|answer| **answer == Accepted::New).count(), 300);
    }
    let took = began.elapsed();
    // The server says how many transactions it had to undo, a moment later.
    sleep(Duration::from_millis(1500)).await;
    let pool = server.pool().await;
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'";
    assert_eq!(number(&pool, sql).await, 0, "in {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_ascend_in_the_order_of_a_request() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("numbers").await;
    // Not in the order in which their identities are inserted.
    let ids = ["z", "b", "y", "a", "x"];
    let _ = inbox.accept(ids.map(sample_record).to_vec()).await.unwrap();
    let pool = server.pool().await;
    let sql = "SELECT event_id FROM numbers.events ORDER BY id";
    let stored: Vec<String> = hookporter_postgres::sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
    assert_eq!(stored, ids);
}
