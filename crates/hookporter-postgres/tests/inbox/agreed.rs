//! What nodes agree on: pauses and revoked keys, on nodes that run, start later, or are cut off.

use std::time::Duration;

use hookporter_core::{Clock, Keyring, Reason, Secret, SystemClock};
use hookporter_pipeline::nodes::{Order, Reach, RevokedKey, SharedSide};
use hookporter_pipeline::{BoxError, Endpoint, Keys};
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
async fn what_is_said_on_one_node_holds_on_all() {
    let Some(server) = Server::start() else { return };
    tokio::join!(
        a_pause_on_one_node_is_one_on_all(&server),
        a_key_that_is_revoked_on_one_node_is_dead_on_all(&server),
        a_tenants_key_is_no_other_tenants(&server)
    );
}

async fn a_pause_on_one_node_is_one_on_all(server: &Server) {
    let ((first, a), (second, b)) = (node(server, "pauses").await, node(server, "pauses").await);
    assert_eq!((a.send(&push(NEW)).await, b.send(&push(NEW)).await), (TAKEN, TAKEN));
    assert_eq!(a.0.pause_everywhere().await.unwrap(), Reach::EveryNode);
    // Where it was said at once.
    assert_eq!(a.send(&push(NEW)).await, PAUSED);
    let took = b.until(NEW, PAUSED).await;
    assert_eq!(b.0.paused(), Some(Reach::EveryNode));
    // One that starts later is paused before its first request; another endpoint is not.
    let (third, c) = node(server, "pauses").await;
    assert_eq!(c.send(&push(NEW)).await, PAUSED);
    let other = Door(Endpoint::github(Secret::new(NEW)).unwrap().named("other").inbox(&third).into());
    assert_eq!(other.send(&push(NEW)).await, TAKEN);
    // A node's own resume does not end it, and what the code of one paused, another does not resume.
    b.0.resume();
    assert_eq!(b.send(&push(NEW)).await, PAUSED);
    c.0.pause();
    assert_eq!(b.0.resume_everywhere().await.unwrap(), Reach::EveryNode);
    assert_eq!(b.send(&push(NEW)).await, TAKEN);
    a.until(NEW, TAKEN).await;
    sleep(Duration::from_millis(1500)).await;
    assert_eq!((c.send(&push(NEW)).await, c.0.paused()), (PAUSED, Some(Reach::ThisProcess)));
    println!("paused on the other node after {took:?}");

    // It outlives every node.
    a.0.pause_everywhere().await.unwrap();
    first.revoke(&RevokedKey::new("a", "old").of_tenant("acme")).await.unwrap();
    let said: Vec<_> = third.said().await.unwrap().into_iter().map(|said| said.order).collect();
    assert_eq!(said, [Order::Pause("github".into()), Order::Revoke(RevokedKey::new("a", "old").of_tenant("acme"))]);
    for inbox in [first, second, third] {
        inbox.close().await;
    }
    let (_, d) = node(server, "pauses").await;
    assert_eq!(d.send(&push(NEW)).await, PAUSED);
}

async fn a_key_that_is_revoked_on_one_node_is_dead_on_all(server: &Server) {
    let ((first, a), (second, b)) = (node(server, "keys").await, node(server, "keys").await);
    assert_eq!((a.send(&push(OLD)).await, b.send(&push(OLD)).await), (TAKEN, TAKEN));
    assert_eq!(a.0.revoke_key(None, "old").await.unwrap(), Reach::EveryNode);
    assert_eq!((a.send(&push(OLD)).await, a.send(&push(NEW)).await), (REVOKED, TAKEN));
    let took = b.until(OLD, REVOKED).await;
    assert_eq!(b.send(&push(NEW)).await, TAKEN);
    // Everybody can see who said it, and when.
    let said = second.said().await.unwrap();
    assert_eq!((said.len(), &said[0].order), (1, &Order::Revoke(RevokedKey::new("github", "old"))));
    let (age, by) = (SystemClock.now().since(said[0].since), said[0].by.as_deref());
    assert!(age < Duration::from_secs(600) && by == Some(first.agreement().node()), "{said:?}");
    println!("dead on the other node after {took:?}");
    // Said twice it is said once, and nobody resumes with it.
    b.0.revoke_key(None, "old").await.unwrap();
    assert_eq!(b.0.revoked_keys(), [RevokedKey::new("github", "old")]);
    assert_eq!(b.0.health().revoked_keys, b.0.revoked_keys());
    let (_third, c) = node(server, "keys").await;
    assert_eq!((c.send(&push(OLD)).await, c.send(&push(NEW)).await), (REVOKED, TAKEN));
    // What the database has of it.
    let pool = server.pool().await;
    let row: String =
        sqlx::query_scalar("SELECT revoked_keys::text FROM keys.revoked_keys").fetch_one(&pool).await.unwrap();
    assert!(row.starts_with("(github,\"\",old,") && !row.contains(OLD), "{row}");
    // It counts again once somebody says so.
    b.0.restore_key(None, "old").await.unwrap();
    assert_eq!(b.send(&push(OLD)).await, TAKEN);
    a.until(OLD, TAKEN).await;
}

/// An endpoint of tenants, all of whom have the key `app`.
fn of_tenants(inbox: &Inbox) -> Door {
    let keys = Keys::resolve(|_: String| async {
        Ok::<_, BoxError>(Some(Keyring::from([Secret::new(OLD).named("app"), Secret::new(NEW).named("next")])))
    });
    Door(Endpoint::github(keys).unwrap().tenant_from_path("/hooks/{tenant}").unwrap().inbox(inbox).into())
}

async fn a_tenants_key_is_no_other_tenants(server: &Server) {
    let (first, second) = (node(server, "tenants").await.0, node(server, "tenants").await.0);
    let (a, b) = (of_tenants(&first), of_tenants(&second));
    let send = async |door: &Door, tenant: &str, secret: &str| {
        let target = format!("/hooks/{tenant}");
        let body = format!("{:?}", Instant::now());
        door.send(&hookporter_testkit::github(secret).event("push").target(&target).body(body).build()).await
    };
    assert_eq!(send(&b, "acme", OLD).await, TAKEN);
    a.0.revoke_key(Some("acme"), "app").await.unwrap();
    first.revoke(&RevokedKey::new("github", "app").of_private_tenant("secretive")).await.unwrap();
    let began = Instant::now();
    while b.0.revoked_keys().len() < 2 {
        assert!(began.elapsed() < Duration::from_secs(15));
        sleep(Duration::from_millis(20)).await;
    }
    for door in [&a, &b] {
        for (tenant, told) in [("acme", REVOKED), ("secretive", REVOKED), ("other", TAKEN)] {
            assert_eq!((send(door, tenant, OLD).await, send(door, tenant, NEW).await), (told, TAKEN), "{tenant}");
        }
    }
    let pool = server.pool().await;
    let all: Vec<String> =
        sqlx::query_scalar("SELECT revoked_keys::text FROM tenants.revoked_keys").fetch_all(&pool).await.unwrap();
    assert!(all.iter().any(|row| row.contains("acme")) && !format!("{all:?}").contains("secretive"), "{all:?}");
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
