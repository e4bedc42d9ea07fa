//! Copies of one event at two nodes: one is new, and none is acknowledged before it is committed.

use std::time::Duration;

use hookporter_pipeline::Outcome;
use hookporter_postgres::sqlx::{self, Connection, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::door::{Door, NEW, TAKEN, Told, push};
use crate::server::{Server, number};

async fn doors(server: &Server, schema: &str) -> [Door; 2] {
    let [one, other] = [server.settings(schema), server.settings(schema)];
    let (one, other) = (one.connect(&server.url()).await.unwrap(), other.connect(&server.url()).await.unwrap());
    [Door::on(&one), Door::on(&other)]
}

/// A transaction that stands in the way of the next acceptance, in its middle: it has the number that its contents will have.
async fn in_the_way(server: &Server, schema: &str) -> PgConnection {
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    let sql = format!(
        "INSERT INTO {schema}.contents (event, format, method, target, headers, body, coverage, key_id) \
         SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END, 0, '', '', '', '', '', '' FROM {schema}.event_numbers"
    );
    sqlx::query("BEGIN").execute(&mut connection).await.unwrap();
    sqlx::query(Box::leak(sql.into_boxed_str()) as &'static str).execute(&mut connection).await.unwrap();
    connection
}

/// Two copies, the second of which meets the first in the middle of its commit.
async fn copies([a, b]: &[Door; 2], pool: &sqlx::PgPool) -> [JoinHandle<Told>; 2] {
    let request = push(NEW);
    let send = |door: &Door| {
        let (door, request) = (door.clone(), request.clone());
        tokio::spawn(async move { door.send(&request).await })
    };
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    let first = send(a);
    while number(pool, waiting).await < 1 && !first.is_finished() {
        sleep(Duration::from_millis(5)).await;
    }
    let second = send(b);
    while number(pool, waiting).await < 2 && !first.is_finished() && !second.is_finished() {
        sleep(Duration::from_millis(5)).await;
    }
    [first, second]
}

/// Sessions wait for a lock for a second and a half: on a machine that stood still the round is tried again.
const ROUNDS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_at_two_nodes_are_one_event_and_none_is_acknowledged_early() {
    let Some(server) = Server::start() else { return };
    // One after the other: each stands in the way of whatever the server is asked for.
    a_copy_waits_for_the_first_one_at_another_node(&server).await;
    a_copy_whose_first_one_fails_is_the_first(&server).await;
    what_was_captured_at_one_node_is_a_copy_at_another(&server).await;
}

async fn a_copy_waits_for_the_first_one_at_another_node(server: &Server) {
    let (doors, pool) = (doors(server, "copies_wait").await, server.pool().await);
    for round in 1.. {
        let taken = doors.each_ref().map(|door| (door.0.count(Outcome::Accepted), door.0.count(Outcome::Duplicate)));
        let held = in_the_way(server, "copies_wait").await;
        let [first, second] = copies(&doors, &pool).await;
        sleep(Duration::from_millis(200)).await;
        let early = [first.is_finished(), second.is_finished()];
        drop(held);
        let told = [first.await.unwrap(), second.await.unwrap()];
        if early.iter().zip(&told).any(|(early, told)| *early && *told == TAKEN) {
            panic!("acknowledged before it was committed: {told:?}");
        }
        if told == [TAKEN, TAKEN] {
            let now = doors.each_ref().map(|door| (door.0.count(Outcome::Accepted), door.0.count(Outcome::Duplicate)));
            assert_eq!(
                (now[0].0.abs_diff(taken[0].0), now[1].1.abs_diff(taken[1].1)),
                (1, 1),
                "one is new, and one a copy"
            );
            return;
        }
        assert!(round < ROUNDS, "{told:?}");
    }
}

async fn a_copy_whose_first_one_fails_is_the_first(server: &Server) {
    let (doors, pool) = (doors(server, "copies_fail").await, server.pool().await);
    for round in 1.. {
        let before = doors[1].0.count(Outcome::Accepted);
        let held = in_the_way(server, "copies_fail").await;
        let [first, second] = copies(&doors, &pool).await;
        // The first node's session, which waits for ours; not the one that waits for it.
        let own = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
             AND pg_blocking_pids(pid) && (SELECT array_agg(pid) FROM pg_stat_activity WHERE state = 'idle in transaction')";
        number(&pool, own).await;
        let told = [first.await.unwrap(), second.await.unwrap()];
        drop(held);
        if told[0].0 == 503 && told[1] == TAKEN {
            assert_eq!(doors[1].0.count(Outcome::Accepted).abs_diff(before), 1);
            return;
        }
        assert!(told[0] != TAKEN, "the first was undone: {told:?}");
        assert!(round < ROUNDS, "{told:?}");
    }
}

async fn what_was_captured_at_one_node_is_a_copy_at_another(server: &Server) {
    let [a, b] = doors(server, "captured").await;
    let request = push(NEW);
    assert_eq!((a.send(&request).await, b.send(&request).await, a.send(&request).await), (TAKEN, TAKEN, TAKEN));
    assert_eq!((a.0.count(Outcome::Accepted), a.0.count(Outcome::Duplicate)), (1, 1));
    assert_eq!((b.0.count(Outcome::Accepted), b.0.count(Outcome::Duplicate)), (0, 1));
}
