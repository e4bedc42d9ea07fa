//! What strangers may put into the journal, and a journal that is longer than it may be.

use std::time::Duration;

use hookporter_pipeline::Outcome;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_testkit::inbox::sample_record;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::journal::{open, record, settings};
use crate::waiting::LONG;

/// Whoever bounds a file that has grown, or its journal, is taken from again without doing anything more.
#[tokio::test]
async fn a_journal_that_fills_the_file_becomes_as_short_as_it_may_be() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let journal = inbox.journal().unwrap();
    for at in 0..2000 {
        let mut long = (*record(at, Outcome::Accepted)).clone();
        long.path = "x".repeat(2000);
        journal.observe(&long);
    }
    inbox.close().await;
    let inbox = settings().file_limit(1024 * 1024).open(directory.file()).await.unwrap();
    assert!(inbox.accept(vec![sample_record("evt_1")]).await.is_err(), "full");
    let journal = inbox.journal().unwrap();
    let begun = Instant::now();
    let told = loop {
        // As every request does that is told 503.
        journal.observe(&record(9999, Outcome::Unavailable));
        if let Ok(told) = inbox.accept(vec![sample_record("evt_1")]).await {
            break told;
        }
        assert!(begun.elapsed() < LONG, "it stays full");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(told, [Accepted::New]);
}
