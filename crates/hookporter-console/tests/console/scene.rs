//! An inbox in which something has happened.

use std::time::Duration;

use bytes::Bytes;
use hookporter_console::Console;
use hookporter_core::Secret;
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::inbox::{
    AcceptingSide, Claim, EventRecord, Failure, Lease, Next, RecordLabel, Settled, WorkingSide,
};
use hookporter_pipeline::operating::{Operated, Page, Selection};
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;

/// What a sender may put wherever it can.
pub(crate) const HOSTILE: &str = "\"><script>alert(1)</script>&\u{202e}\u{1b}[31m\\'\r\n\u{2028}";

/// The events: 1 is worked, 2 and 3 are dead letters, 4 waits, 5 and 6 are parked, the last one hostile in all its parts.
pub(crate) struct Scene<I = hookporter_sqlite::Inbox> {
    _directory: Option<Directory>,
    pub(crate) inbox: I,
    pub(crate) endpoint: Endpoint,
}

/// An inbox of whichever kind.
pub(crate) trait Inbox: AcceptingSide + WorkingSide + Operated + Clone {}

impl<I: AcceptingSide + WorkingSide + Operated + Clone> Inbox for I {}

pub(crate) fn record(id: &str, parked: bool) -> EventRecord {
    let mut record = sample_record(id);
    record.parked = parked;
    record
}

pub(crate) fn hostile() -> EventRecord {
    let label = || Some(RecordLabel { text: HOSTILE.to_owned(), signed: true });
    let mut record = record("hostile", true);
    record.endpoint = HOSTILE.to_owned();
    record.tenant = Some(HOSTILE.to_owned());
    (record.event_id, record.event_type, record.api_version) = (label(), label(), label());
    record.target = format!("/{HOSTILE}");
    record.headers = vec![("x-hostile".to_owned(), b"<script>alert(1)</script>\xff".to_vec())];
    record.body = Bytes::from(format!("<!doctype html><script>alert(1)</script>{HOSTILE}"));
    record
}

pub(crate) async fn claim(inbox: &impl WorkingSide, most: usize) -> Vec<Lease> {
    let claim = Claim { now: START, lease: Duration::from_secs(30), most, attempts: 5 };
    inbox.claim(claim).await.unwrap().leases
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let directory = Directory::new();
        let inbox = hookporter_sqlite::Inbox::open(directory.file()).await.unwrap();
        Self { _directory: Some(directory), ..Self::of(inbox).await }
    }
}

impl<I: Inbox> Scene<I> {
    /// The same in this inbox, which is empty.
    pub(crate) async fn of(inbox: I) -> Self {
        inbox.accept(["evt_1", "evt_2", "evt_3"].map(|id| record(id, false)).to_vec()).await.unwrap();
        for lease in claim(&inbox, 10).await {
            let settled = if lease.id.number == 1 {
                inbox.complete(lease.id, START).await
            } else {
                let failure = Failure { now: START, error: HOSTILE.to_owned(), next: Next::Dead };
                inbox.fail(lease.id, failure).await
            };
            assert_eq!(settled.unwrap(), Settled::Done);
        }
        inbox.accept(vec![record("evt_4", false), record("evt_5", true), hostile()]).await.unwrap();
        let endpoint = Endpoint::github(Secret::new("a long and random secret")).unwrap().inbox(&inbox);
        // Its events came long ago.
        let endpoint = endpoint.backlog_alarm(std::time::Duration::MAX);
        Self { _directory: None, inbox, endpoint }
    }

    pub(crate) fn console(&self) -> Console {
        Console::new([self.endpoint.clone()]).inbox(&self.inbox)
    }

    /// All that can be seen to change.
    pub(crate) async fn state(&self) -> String {
        let listed = self.inbox.events().select(Selection::all(), Page::After(0), 100).await.unwrap();
        format!("{listed:?} {:?}", self.endpoint.health().state)
    }
}
