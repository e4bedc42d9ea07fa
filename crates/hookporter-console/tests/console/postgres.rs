//! The console on an inbox in a PostgreSQL server of the test's own: the same screens, the same changes, and in time.

#[path = "../../../hookporter-postgres/tests/inbox/server.rs"]
#[expect(dead_code, reason = "the store's own tests need more of it")]
mod server;

use std::time::Duration;

use hookporter_console::Console;
use hookporter_core::FrozenClock;
use hookporter_postgres::Desk;
use hookporter_postgres::sqlx;
use hookporter_testkit::inbox::START;
use tokio::time::Instant;

use crate::kit::{BOTH, Framework, change, look, quickest, serve};
use crate::scene::Scene;
use crate::{api, changes};
use server::{Server, number};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_screen_and_every_change_is_as_on_a_file() {
    let Some(server) = Server::start() else { return };
    let mut count = 0;
    for framework in BOTH {
        let mut scene = async || {
            count += 1;
            // By its own clock its events are as old as they look, and go.
            let settings = server.settings(&format!("scene_{count}")).clock(FrozenClock(START));
            // They stay open, and the server has so many connections.
            let settings = settings.worker_connections(1);
            Scene::of(settings.connect(&server.url()).await.unwrap()).await
        };
        api::routes(&scene().await, framework).await;
        api::bodies(&scene().await, framework).await;
        api::texts(&scene().await, framework).await;
        api::absent(&scene().await, framework).await;
        changes::all_changes(&scene().await, framework).await;
        changes::oversights(&scene().await, framework).await;
    }
}

/// One in a thousand a dead letter, one in ten thousand parked or waiting, the others done.
const EVENTS: &str = "INSERT INTO hookporter.events (id, state, endpoint, identity, due_at, provider, event_id, event_type, signed,
        received_at, finished_at, epoch)
    SELECT i, CASE WHEN i % 10000 = 1 THEN 'parked' WHEN i % 10000 = 2 THEN 'waiting' WHEN i % 1000 = 3 THEN 'dead' ELSE 'done' END,
        'stripe', ('identity-of-' || i)::bytea, CASE WHEN i % 10000 = 2 THEN 4000000000000 END, 'stripe',
        'evt_1NirD82eZvKYlo2CIvbtL' || i, 'customer.subscription.updated', 3, 1700000000000 + i, 1700000000000 + i, 1
    FROM generate_series(1, 1000000) AS n (i)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_a_million_events_comes_at_once() {
    let Some(server) = Server::start() else { return };
    server.settings("hookporter").connect(&server.url()).await.unwrap().close().await;
    let pool = server.pool().await;
    // What is filled in need not outlive the test.
    for sql in ["ALTER TABLE hookporter.events SET UNLOGGED", EVENTS, "ANALYZE hookporter.events"] {
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    }
    let desk = Desk::connect(&server.url()).await.unwrap();
    let address = serve(Framework::Axum, Console::new([]).inbox(&desk).allow_changes()).await;
    let mut slow = Vec::new();
    for (path, most) in [
        ("api/events", 200),
        ("api/events?before=500000&limit=500", 200),
        ("api/events?after=0", 200),
        ("api/dead?limit=500", 200),
        ("api/dead?before=500000", 200),
        ("api/parked", 200),
        ("api/events?state=done", 200),
        ("api/events?endpoint=stripe&type=customer.subscription.updated", 200),
        ("api/events?numbers=2,400000,999999", 200),
        ("events", 200),
        ("events?before=500000&endpoint=stripe", 200),
        ("dead", 200),
        ("parked?before=500000", 200),
        ("replays", 200),
        ("overview", 10_000),
        ("confirm?deed=requeue&state=dead", 10_000),
        // These look at every row, and are bounded in time.
        ("api/events?state=waiting&limit=500", 10_000),
        ("api/events?endpoint=nobody", 10_000),
        ("api/events/count?state=done", 10_000),
        ("api/stats", 10_000),
    ] {
        // The first look makes the connection, and reads from the disk.
        look(address, path).await;
        let took = quickest(address, path, Duration::from_millis(most)).await;
        if took > Duration::from_millis(most) {
            slow.push((path, took));
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
    // Of a few that are named no others are looked at.
    let begun = Instant::now();
    let body = serde_json::json!({ "numbers": [10_003, 500_001] });
    assert_eq!(change(address, "events/give-up", &body).await.json()["events"], 2);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let left = number(&pool, "SELECT count(*) FROM hookporter.events WHERE state = 'dead'").await;
    assert_eq!(left, 999);
}

/// Whoever looks at a row that somebody has locked, or for what takes too long, is told so; nothing is tied up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_that_takes_too_long_is_over_in_time() {
    let Some(server) = Server::start() else { return };
    server.settings("hookporter").connect(&server.url()).await.unwrap().close().await;
    let desk = Desk::connect(&server.url()).await.unwrap();
    let address = serve(Framework::Axum, Console::new([]).inbox(&desk)).await;
    assert_eq!(look(address, "api/events").await.status, 200);
    let pool = server.pool().await;
    let mut locked = pool.begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE hookporter.events IN ACCESS EXCLUSIVE MODE").execute(&mut *locked).await.unwrap();
    let begun = Instant::now();
    assert_eq!(look(address, "api/events").await.trouble().0, 503);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    locked.rollback().await.unwrap();
    assert_eq!(look(address, "api/events").await.status, 200);
}
