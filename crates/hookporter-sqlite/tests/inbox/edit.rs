//! Editing what an event says: nothing of it is taken for what the sender signed.

use hookporter_core::Coverage;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Settled, WorkingSide};
use hookporter_sqlite::{Edited, Inbox, Mender, Reader, Selection, State};
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;
use crate::mender::{bury, claim};

#[tokio::test]
async fn an_edited_event_claims_no_proof_and_its_original_stays() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let mut came = sample_record("evt_1");
    came.coverage = Coverage::Payload;
    came.payload = Some("what it said".into());
    assert!(came.event_id.as_ref().unwrap().signed, "there is something to lose");
    inbox.accept(vec![came.clone()]).await.unwrap();
    let number = bury(&inbox).await[0];

    let (mender, reader) = (Mender::open(directory.file()).unwrap(), Reader::open(directory.file()).unwrap());
    assert!(reader.original(number).unwrap().is_none());
    assert_eq!(mender.restore(number).unwrap(), Edited::AsItCame);
    for (body, reason) in [("first", None), ("second", Some("the account has moved"))] {
        assert_eq!(mender.edit(number, body.as_bytes(), reason, START).unwrap(), Edited::Done);
    }
    let original = reader.original(number).unwrap().unwrap();
    assert_eq!((&original.body, &original.payload, original.coverage), (&came.body, &came.payload, Coverage::Payload));
    assert_eq!((original.edited_at, original.reason.as_deref()), (START, Some("the account has moved")));
    assert_eq!(inbox.list(State::Dead, 0, 10).await.unwrap().len(), 1, "nobody works it yet");

    assert_eq!(mender.requeue(&Selection::all().numbers([number])).unwrap(), 1);
    assert_eq!(mender.edit(number, b"x", None, START).unwrap(), Edited::NotSetAside(State::Waiting));
    let lease = claim(&inbox).await.remove(0);
    assert_eq!(mender.edit(number, b"x", None, START).unwrap(), Edited::NotSetAside(State::Working));
    let record = lease.record;
    assert_eq!((&record.body[..], &record.payload, record.coverage), (&b"second"[..], &None, Coverage::Origin));
    assert!(record.edited);
    for (label, before) in [(&record.event_id, &came.event_id), (&record.event_type, &came.event_type)] {
        let (label, before) = (label.as_ref().unwrap(), before.as_ref().unwrap());
        assert_eq!((&label.text, label.signed), (&before.text, false));
    }
    assert_eq!((record.identity, record.headers), (came.identity.clone(), came.headers.clone()));
    assert_eq!(inbox.complete(lease.id, START).await.unwrap(), Settled::Done);
    assert_eq!(inbox.accept(vec![came]).await.unwrap(), [Accepted::Duplicate]);
}

#[tokio::test]
async fn what_came_in_is_put_back_whole() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let mut came = sample_record("evt_1");
    came.parked = true;
    inbox.accept(vec![came.clone()]).await.unwrap();
    came.parked = false;
    assert_eq!(inbox.edit(1, "other".into(), Some("why"), START).await.unwrap(), Edited::Done);
    assert!(inbox.inspect(1).await.unwrap().unwrap().1.edited);
    assert_eq!(inbox.restore(1).await.unwrap(), Edited::Done);
    assert_eq!(inbox.inspect(1).await.unwrap().unwrap().1, came);
    assert!(Reader::open(directory.file()).unwrap().original(1).unwrap().is_none());
    assert_eq!(inbox.edit(2, "other".into(), None, START).await.unwrap(), Edited::Absent);
}

#[tokio::test]
async fn a_redelivery_takes_the_place_of_an_edit() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let number = bury(&inbox).await[0];
    assert_eq!(inbox.edit(number, "other".into(), None, START).await.unwrap(), Edited::Done);
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Requeued]);
    assert_eq!(claim(&inbox).await[0].record, sample_record("evt_1"), "proven, and signed labels");
    assert!(Reader::open(directory.file()).unwrap().original(number).unwrap().is_none());
}

#[tokio::test]
async fn what_is_encrypted_is_not_edited_in_clear() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let mut parked = sample_record("evt_1");
    parked.parked = true;
    inbox.accept(vec![parked]).await.unwrap();
    let outside = rusqlite::Connection::open(directory.file()).unwrap();
    outside.execute("UPDATE contents SET sealed_by = '2026'", []).unwrap();
    assert_eq!(inbox.edit(1, "other".into(), None, START).await.unwrap(), Edited::Encrypted);
    let body: Vec<u8> = outside.query_row("SELECT body FROM contents", [], |row| row.get(0)).unwrap();
    assert_eq!(body, sample_record("evt_1").body);
}

/// An erasure takes the original along.
#[tokio::test]
async fn nothing_of_an_edited_event_outlives_it() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let mut came = sample_record("evt_1");
    (came.parked, came.body) = (true, "the original text".into());
    inbox.accept(vec![came]).await.unwrap();
    let mender = Mender::open(directory.file()).unwrap();
    assert_eq!(mender.edit(1, b"the edited text", Some("the reason of it"), START).unwrap(), Edited::Done);
    let holds = |needle: &[u8]| {
        let files = std::fs::read_dir(directory.path()).unwrap();
        let mut bytes = files.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        bytes.any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    };
    let all = [b"the original text".as_slice(), b"the edited text", b"the reason of it"];
    assert!(all.iter().all(|text| holds(text)));
    assert!(mender.erase(1).unwrap());
    assert!(mender.empty_log().unwrap());
    assert!(!all.iter().any(|text| holds(text)));
}
