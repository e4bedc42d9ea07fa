//! Contents that only the nodes can read.

use std::time::Duration;

use hookporter_core::{Clock, Secret, SystemClock};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, SealingKeys, WorkingSide};
use hookporter_redis::Settings;
use hookporter_testkit::inbox::sample_record;

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_sealed_on_its_way_in_and_opened_on_its_way_out() {
    let Some(server) = Server::start() else { return };
    let keys = SealingKeys::new(
        &Secret::new("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").named("2026-11"),
    )
    .unwrap();
    let sealed = Settings::new().name("sealed").seal(keys).connect(&server.url()).await.unwrap();
    let record = sample_record("evt_1");
    assert_eq!(sealed.accept(vec![record.clone()]).await.unwrap(), [Accepted::New]);
    let kept: Vec<String> = server.look().await.ask(&["KEYS", "{sealed}:c:*"]).await;
    let contents: Vec<u8> = server.look().await.ask(&["GET", &kept[0]]).await;
    assert!(!contents.windows(record.body.len()).any(|part| part == &record.body[..]), "it stands there as it came");
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(9), most: 1, attempts: 5 };
    let lease = sealed.claim(claim).await.unwrap().leases.remove(0);
    assert!(lease.record == record, "{:?}", lease.record);
}
