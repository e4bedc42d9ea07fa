//! What is finished makes room, and nothing else does.

use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, Next, RecordLabel, Settled, WorkingSide};
use hookporter_redis::Settings;
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contents_go_first_then_markers_and_what_nobody_worked_stays() {
    let Some(server) = Server::start() else { return };
    let settings = Settings::new().name("old").keep_bodies(Duration::from_secs(3));
    let inbox = settings.remember_events(Duration::from_secs(8)).connect(&server.url()).await.unwrap();
    let look = server.look().await;
    let mut parked = sample_record("evt_parked");
    parked.parked = true;
    let ids = ["evt_done", "evt_dead", "evt_lent"].map(sample_record);
    let _ = inbox.accept([ids.to_vec(), vec![parked]].concat()).await.unwrap();
    let now = SystemClock.now();
    let claim = Claim { now, lease: Duration::from_secs(600), most: 3, attempts: 5 };
    let leases = inbox.claim(claim).await.unwrap().leases;
    let _ = inbox.accept(vec![sample_record("evt_waiting")]).await.unwrap();
    let failure = Failure { now, error: "no".to_owned(), next: Next::Dead };
    assert_eq!(inbox.fail(leases[1].id, failure).await.unwrap(), Settled::Done);
    // Nothing of what is not done has an end.
    let ends = async || {
        let mut ends = Vec::new();
        for key in look.ask::<Vec<String>>(&["KEYS", "{old}:*"]).await {
            if look.ask::<i64>(&["PTTL", &key]).await != -1 {
                ends.push(key);
            }
        }
        ends.sort();
        ends
    };
    assert_eq!(ends().await, [""; 0]);
    let done = Instant::now();
    assert_eq!(inbox.complete(leases[0].id, now).await.unwrap(), Settled::Done);
    let ending = ends().await;
    let number = leases[0].id.number;
    assert_eq!(ending[..2], [format!("{{old}}:c:{number}"), format!("{{old}}:e:{number}")]);
    assert!(ending.len() == 3 && ending[2].starts_with("{old}:m:"), "{ending:?}");

    let gone = async |key: &str| {
        let began = Instant::now();
        while look.ask::<i64>(&["EXISTS", key]).await == 1 {
            assert!(began.elapsed() < Duration::from_secs(20), "{key} stays");
            sleep(Duration::from_millis(20)).await;
        }
    };
    gone(&ending[0]).await;
    let copy = || inbox.accept(vec![sample_record("evt_done")]);
    let again = copy().await.unwrap();
    assert!(again == [Accepted::Duplicate] || done.elapsed() > Duration::from_secs(8), "{again:?}");
    gone(&ending[2]).await;
    assert_eq!(copy().await.unwrap(), [Accepted::New]);
    assert_eq!(look.events("old").await, 5, "dead, lent, parked, waiting, and the new one");
    assert_eq!(inbox.accept(vec![sample_record("evt_dead")]).await.unwrap(), [Accepted::Requeued]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_byte_that_a_sender_may_sign_is_kept() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("bytes").await;
    let odd = "a\0b\u{202e}';--\\\"\r\n{,}NULL";
    let mut record = sample_record("evt_1");
    let label = || Some(RecordLabel { text: odd.to_owned(), signed: true });
    (record.event_id, record.event_type, record.api_version) = (label(), label(), label());
    (record.endpoint, record.tenant, record.lane) = (odd.to_owned(), Some(odd.to_owned()), Some("x".repeat(100_000)));
    (record.target, record.key_id, record.provider) = (odd.to_owned(), odd.to_owned(), odd.to_owned());
    record.identity = Some((0..=255).cycle().take(100_000).collect());
    record.body = (0..=255).cycle().take(3_000_000).collect();
    let answers =
        [inbox.accept(vec![record.clone()]).await.unwrap(), inbox.accept(vec![record.clone()]).await.unwrap()];
    assert_eq!(answers.concat(), [Accepted::New, Accepted::Duplicate]);
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(9), most: 10, attempts: 5 };
    let lent = inbox.claim(claim).await.unwrap().leases;
    assert_eq!(lent.len(), 1);
    assert!(lent[0].record == record, "{:?}", lent[0].record);
}

/// What a server that was killed had written and not synced is in its file when it starts again: whoever is told "duplicate" of it
/// relies on a sync that is still to come. So a duplicate is a write of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_is_acknowledged_behind_a_sync_of_its_own() {
    let Some(server) = Server::start() else { return };
    let (inbox, look) = (server.inbox("synced").await, server.look().await);
    let written = async || {
        let info: String = look.ask(&["INFO", "persistence"]).await;
        let size = info.lines().find_map(|line| line.trim().strip_prefix("aof_current_size:"));
        size.unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    for _ in 0..5 {
        let before = written().await;
        assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
        assert!(written().await > before, "nothing was written, and so nothing synced");
    }
}
