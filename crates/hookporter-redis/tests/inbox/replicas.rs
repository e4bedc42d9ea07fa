//! Replicas that acknowledgements wait for.

use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_redis::{OpenError, Settings};
use hookporter_testkit::inbox::{Stopwatch, sample_record};
use tokio::time::{Instant, sleep};

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_waits_for_the_replicas_that_were_asked_for() {
    let Some(server) = Server::start() else { return };
    let open = || Settings::new().name("followed").replicas(1).connect(Box::leak(server.url().into_boxed_str()));
    let refused = open().await.unwrap_err();
    assert!(matches!(refused, OpenError::FewReplicas { connected: 0, demanded: 1 }), "{refused}");
    let words = ["--replicaof", &*server.host(), &*server.port(), "--repl-diskless-sync-delay", "0"];
    let mut replica = Server::with(&words).unwrap();
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
        // A replica that has no time for a moment has it late: then nobody is acknowledged, and the next try is.
        while inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "the replica does not follow");
        }
        let has = replica.look().await.events("followed").await;
        assert_eq!(has, at + 1, "acknowledged, and the replica does not have it");
    }
    // Frozen, it is still connected: nobody is acknowledged, and what was kept is a duplicate once it follows.
    replica.signal("STOP");
    let asked = Stopwatch::start();
    assert!(inbox.accept(vec![sample_record("evt_20")]).await.is_err());
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    replica.signal("CONT");
    let began = Instant::now();
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
