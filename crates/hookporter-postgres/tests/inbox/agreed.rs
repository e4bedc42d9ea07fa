//! What nodes agree on, pauses and revoked keys, while one of them is cut off; and what the database has of it.

use std::time::Duration;

use hookporter_core::{Reason, Secret};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::nodes::{RevokedKey, SharedSide};
use hookporter_postgres::{Inbox, sqlx};
use tokio::time::{Instant, sleep};

use crate::door::{Door, NEW, OLD, PAUSED, REVOKED, TAKEN, push};
use crate::proxy::network;
use crate::server::Server;

async fn node(server: &Server, schema: &str) -> (Inbox, Door) {
    let inbox = server.settings(schema).connect(&server.url()).await.unwrap();
    let door = Door::on(&inbox);
    (inbox, door)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_has_ids_of_revoked_keys_and_neither_secrets_nor_private_tenants() {
    let Some(server) = Server::start() else { return };
    let (inbox, door) = node(&server, "keys").await;
    door.0.revoke_key(None, "old").await.unwrap();
    inbox.revoke(&RevokedKey::new("github", "app").of_tenant("acme")).await.unwrap();
    inbox.revoke(&RevokedKey::new("github", "app").of_private_tenant("secretive")).await.unwrap();
    let pool = server.pool().await;
    let sql = "SELECT revoked_keys::text FROM keys.revoked_keys ORDER BY 1";
    let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
    assert!(rows.len() == 3 && rows[0].starts_with("(github,\"\",old,"), "{rows:?}");
    let all = rows.concat();
    assert!(all.contains("acme") && !all.contains("secretive") && !all.contains(OLD), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_goes_on_with_what_it_knows_while_the_server_is_away() {
    let Some(mut server) = Server::start() else { return };
    let (inbox, door) = node(&server, "away").await;
    let named = |name: &str, keys: [Secret; 2]| Door(Endpoint::github(keys).unwrap().named(name).inbox(&inbox).into());
    let still = named("still", [Secret::new(NEW).named("new"), Secret::new(OLD).named("old")]);
    let gone = named("gone", [Secret::new(NEW).named("new"), Secret::new(OLD).named("old")]);
    door.0.pause_everywhere().await.unwrap();
    gone.0.revoke_key(None, "old").await.unwrap();
    assert_eq!((still.send(&push(NEW)).await, still.send(&push(OLD)).await), (TAKEN, TAKEN));
    for round in 0..2 {
        if round == 0 {
            server.kill()
        } else {
            server.stop()
        }
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(1) {
            assert_eq!(door.send(&push(NEW)).await, PAUSED);
            assert_eq!(gone.send(&push(OLD)).await, REVOKED);
            // What is left of a killed server may still commit.
            let told = still.send(&push(NEW)).await;
            assert!(told == TAKEN || told == (503, Some(Reason::HandoffFailed)), "{told:?}");
            sleep(Duration::from_millis(50)).await;
        }
        let (resumed, paused) = tokio::join!(door.0.resume_everywhere(), still.0.pause_everywhere());
        assert!(resumed.is_err() && paused.is_err());
        server.launch(&[]);
        server.await_up();
        let pool = server.pool().await;
        // Said by somebody else meanwhile: by hand.
        let sql = "INSERT INTO away.paused (endpoint) VALUES ('still') ON CONFLICT DO NOTHING";
        sqlx::query(sql).execute(&pool).await.unwrap();
        let took = still.until(NEW, PAUSED).await;
        println!("hears it again {took:?} after the server is back");
        assert_eq!((door.send(&push(NEW)).await, gone.send(&push(OLD)).await), (PAUSED, REVOKED));
        still.0.resume_everywhere().await.unwrap();
        still.until(NEW, TAKEN).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_way_to_the_server_is_cut_hears_it_when_it_is_back() {
    let Some(server) = Server::start() else { return };
    let (_first, a) = node(&server, "cut").await;
    let (url, weather) = network(&server).await;
    let inbox = server.settings("cut").connect(&url).await.unwrap();
    let b = Door::on(&inbox);
    a.0.pause_everywhere().await.unwrap();
    b.until(NEW, PAUSED).await;
    weather.hold();
    a.0.resume_everywhere().await.unwrap();
    assert_eq!(a.send(&push(NEW)).await, TAKEN);
    // It cannot know, and its connection is silent, not closed.
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        assert_eq!(b.send(&push(NEW)).await, PAUSED);
        sleep(Duration::from_millis(50)).await;
    }
    weather.release();
    let took = b.until(NEW, TAKEN).await;
    println!("hears it {took:?} after the network is back");
}
