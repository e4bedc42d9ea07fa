//! Records that the database has a mind of its own about.

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, RecordLabel, WorkingSide};
use hookporter_postgres::sqlx;
use hookporter_testkit::inbox::sample_record;

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_byte_that_a_sender_may_sign_is_kept() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("bytes").await;
    let odd = "a\0b\u{241b}0\u{241b}\u{241b}\u{202e}';--\\\"\r\n{,}NULL";
    let mut record = sample_record("evt_1");
    let label = || Some(RecordLabel { text: odd.to_owned(), signed: true });
    (record.event_id, record.event_type, record.api_version) = (label(), label(), label());
    (record.endpoint, record.tenant, record.lane) = (odd.to_owned(), Some(odd.to_owned()), Some(odd.to_owned()));
    (record.target, record.key_id, record.provider) = (odd.to_owned(), odd.to_owned(), odd.to_owned());
    record.identity = Some((0..=255).collect());
    record.body = (0..=255).cycle().take(3_000_000).collect();
    record.lane = Some("x".repeat(100_000));
    let answers =
        [inbox.accept(vec![record.clone()]).await.unwrap(), inbox.accept(vec![record.clone()]).await.unwrap()];
    assert_eq!(answers.concat(), [Accepted::New, Accepted::Duplicate]);
    let claim = Claim { now: SystemClock.now(), lease: std::time::Duration::from_secs(9), most: 10, attempts: 5 };
    let lent = inbox.claim(claim).await.unwrap().leases;
    assert_eq!(lent.len(), 1);
    assert!(lent[0].record == record, "{:?}", lent[0].record);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_cannot_be_kept_is_its_own_trouble() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("poison").await;
    // Longer than an index has room for, and of no pattern that it could shorten.
    let mut seed = 7;
    let mut poison = sample_record("evt_poison");
    poison.identity = Some((0..20_000).map(|_| crate::server::random(&mut seed).to_be_bytes()[7]).collect());
    let all: Vec<_> = (0..50)
        .map(|at| {
            let record = if at == 20 { poison.clone() } else { sample_record(&format!("evt_{at}")) };
            tokio::spawn(inbox.accept(vec![record]))
        })
        .collect();
    let mut refused = Vec::new();
    for (at, answer) in all.into_iter().enumerate() {
        if answer.await.unwrap().is_err() {
            refused.push(at);
        }
    }
    assert_eq!(refused, [20]);
    let pool = server.pool().await;
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM poison.events").fetch_one(&pool).await.unwrap();
    assert_eq!(stored, 49);
}
