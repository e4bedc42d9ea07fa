//! Replicas that acknowledgements wait for.

use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_redis::{OpenError, Settings};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_waits_for_the_replicas_that_were_asked_for() {
    let Some(server) = Server::start() else { return };
    let open = || Settings::new().name("followed").replicas(1).connect(Box::leak(server.url().into_boxed_str()));
    let refused = open().await.unwrap_err();
    assert!(matches!(refused, OpenError::FewReplicas { connected: 0, demanded: 1 }), "{refused}");
    let port = server.port().to_string();
    let mut replica = Server::with(&["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"]).unwrap();
    let began = Instant::now();
    let inbox = loop {
        match open().await {
            Ok(inbox) => break inbox,
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
        assert!(began.elapsed() < Duration::from_secs(30), "the replica does not follow");
    };
    // The first one may find the replica still filling itself.
    while inbox.accept(vec![sample_record("evt_0")]).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(30), "the replica does not follow");
        sleep(Duration::from_millis(50)).await;
    }
    for at in 1..20 {
        assert_eq!(inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap(), [Accepted::New]);
        let has = replica.look().await.events("followed").await;
        assert_eq!(has, at + 1, "acknowledged, and the replica does not have it");
    }
    // Frozen, it is still connected: nobody is acknowledged, and what was kept is a duplicate once it follows.
    replica.signal("STOP");
    let began = Instant::now();
    assert!(inbox.accept(vec![sample_record("evt_20")]).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    replica.signal("CONT");
    let again = loop {
        match inbox.accept(vec![sample_record("evt_20")]).await {
            Ok(again) => break again,
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
        assert!(began.elapsed() < Duration::from_secs(30));
    };
    assert_eq!(again, [Accepted::Duplicate]);
    replica.kill();
    let began = Instant::now();
    while inbox.accept(vec![sample_record("evt_21")]).await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10), "acknowledged, and nobody follows");
    }
}
