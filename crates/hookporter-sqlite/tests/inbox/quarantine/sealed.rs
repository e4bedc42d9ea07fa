//! Refused requests that are encrypted in the file.

use std::path::Path;
use std::sync::Arc;

use hookporter_core::Secret;
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::inbox::SealingKeys;
use hookporter_pipeline::operating::{QuarantineSide, RefusedSelection};
use hookporter_pipeline::quarantine::Judgement;
use hookporter_sqlite::{Desk, Inbox, Mender, Reader, Settings};
use hookporter_testkit::inbox::sample_record;

use super::{RIGHT, WRONG, events, github, kept, outcome, push, send};
use crate::directory::Directory;

const FIRST: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const SECOND: &str = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
const CANARY: &str = "canary-7f3a";

async fn open(path: &Path, key: &str) -> Inbox {
    let keys = SealingKeys::new(&Secret::new(key).named("key")).unwrap();
    Settings::new().clock(hookporter_core::FrozenClock(super::START)).seal(keys).open(path).await.unwrap()
}

fn holds_canary(directory: &Directory) -> bool {
    let files = std::fs::read_dir(directory.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()))
}

#[tokio::test]
async fn nothing_of_it_stands_in_the_file_and_it_is_judged_all_the_same() {
    let directory = Directory::new();
    let inbox = open(&directory.file(), FIRST).await;
    let body = format!("[\"{CANARY}\"]");
    let request = push(RIGHT, &body).with_target(&format!("/{CANARY}")).with_added_header("x-a", CANARY);
    assert_eq!(send(&github(&inbox, WRONG), &request).await, 401);
    let listed = kept(&inbox, 1).await.remove(0);
    assert_eq!(listed.body_bytes, u64::try_from(body.len()).unwrap(), "as it came");
    assert!(!holds_canary(&directory));
    let number = listed.number;
    assert_eq!(inbox.refused_request(number).await.unwrap().unwrap().body, body);
    // Whoever has no key sees that there is one, and puts nothing beside it in clear.
    let sealed = Reader::open(directory.file()).unwrap().refused_request(number).unwrap().unwrap();
    assert_eq!((sealed.sealed_by.as_deref(), &*sealed.target), (Some("key"), "/"));
    let mender = Mender::open(directory.file()).unwrap();
    assert!(mender.readmit(number, &[sample_record("evt_1")]).is_err());
    inbox.close().await;
    // Another key under the same name.
    let inbox = open(&directory.file(), SECOND).await;
    assert!(matches!(outcome(&github(&inbox, RIGHT)).await, Judgement::Failed(_)));
    assert_eq!(inbox.select_refused(RefusedSelection::all(), 0, 9).await.unwrap(), [listed]);
    inbox.close().await;
    let beside = Endpoint::github(Secret::new(RIGHT)).unwrap();
    let desk = Desk::open(directory.file()).await.unwrap();
    let at = |desk: &Desk| beside.recheck_in(Arc::new(desk.clone()), RefusedSelection::all());
    assert!(matches!(at(&desk).await.unwrap()[0].outcome, Judgement::Failed(_)));
    let desk = desk.with_keys(SealingKeys::new(&Secret::new(FIRST).named("key")).unwrap());
    assert_eq!(at(&desk).await.unwrap()[0].outcome, Judgement::Accepted);
    let inbox = open(&directory.file(), FIRST).await;
    assert_eq!(events(&inbox).await, 1);
    assert!(!holds_canary(&directory), "nor as an event");
    inbox.close().await;
    assert!(!holds_canary(&directory));
}
