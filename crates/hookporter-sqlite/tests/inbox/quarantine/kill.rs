//! A process that is killed in the middle of a recheck: every event is handed off once.

use std::time::Duration;

use hookporter_core::{FrozenClock, Header, Identity, Scheme, Secret};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::operating::{QuarantineSide, RefusedSelection};
use hookporter_sqlite::Inbox;
use hookporter_testkit::inbox::START;

use super::{RIGHT, WRONG, kept, open, recheck, send};
use crate::crash::{live_and_die, random, rounds, runtime, told};
use crate::directory::Directory;

/// Nothing identifies its events, so that a second hand-off would be a second row.
fn acme(inbox: &Inbox, secret: &str) -> Endpoint {
    let scheme = Scheme::hmac_sha256().signature(Header::new("x-acme-signature").hex());
    let endpoint = Endpoint::custom("acme", scheme.identity(Identity::Distinct), Secret::new(secret)).unwrap();
    endpoint.clock(FrozenClock(START)).inbox(inbox).quarantine().unwrap()
}

#[test]
#[ignore = "the victim of the test beside it"]
fn victim() {
    let (file, _) = told();
    runtime().block_on(async {
        let inbox = open(&file).await;
        let endpoint = acme(&inbox, RIGHT);
        loop {
            // A few at a time, so that no disk is so fast that it is over before anybody is killed.
            let next = inbox.select_refused(RefusedSelection::all(), 0, 10).await.unwrap();
            let numbers = next.iter().map(|one| one.number);
            endpoint.recheck(RefusedSelection::all().numbers(numbers)).await.unwrap();
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
    });
}

#[test]
fn killed_between_two_of_them_or_within_one_each_is_handed_off_once() {
    const MANY: usize = 600;
    let directory = Directory::new();
    runtime().block_on(async {
        let inbox = open(&directory.file()).await;
        let endpoint = std::sync::Arc::new(acme(&inbox, WRONG));
        let scheme = || Scheme::hmac_sha256().signature(Header::new("x-acme-signature").hex());
        for at in 0..MANY {
            let request = hookporter_testkit::custom(scheme(), RIGHT).at(START).body(format!("[{at}]")).build();
            assert_eq!(send(&endpoint, &request).await, 401);
            if at % 100 == 99 {
                kept(&inbox, at + 1).await;
            }
        }
        drop(endpoint);
        inbox.close().await;
    });
    let (mut seed, mut seen_halfway) = (u64::from(std::process::id()), 0);
    for life in 0..rounds() + 20 {
        let mut alive = Duration::from_millis(60 + random(&mut seed) % 150);
        if life >= rounds() {
            // On a machine that had no time for them they live longer.
            if seen_halfway > 0 {
                break;
            }
            alive += Duration::from_millis(100) * u32::try_from(life - rounds()).unwrap();
        }
        live_and_die("quarantine::kill::victim", &directory.file(), life, alive);
        let (left, events) = counts(&directory);
        assert_eq!(left + events, MANY, "each is either refused or an event");
        seen_halfway += usize::from(left > 0 && events > 0);
    }
    assert!(seen_halfway > 0, "never killed in the middle: the test shows nothing");
    runtime().block_on(async {
        let inbox = open(&directory.file()).await;
        recheck(&acme(&inbox, RIGHT)).await;
        assert_eq!(inbox.select_refused(RefusedSelection::all(), 0, 10).await.unwrap(), []);
        inbox.close().await;
    });
    assert_eq!(counts(&directory), (0, MANY));
}

fn counts(directory: &Directory) -> (usize, usize) {
    let connection = rusqlite::Connection::open(directory.file()).unwrap();
    let bodies = "SELECT (SELECT count(*) FROM refused), (SELECT count(DISTINCT body) FROM contents), \
        (SELECT count(*) FROM events)";
    let (left, bodies, events): (i64, i64, i64) =
        connection.query_row(bodies, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    assert_eq!(bodies, events, "one was handed off twice");
    (usize::try_from(left).unwrap(), usize::try_from(events).unwrap())
}
