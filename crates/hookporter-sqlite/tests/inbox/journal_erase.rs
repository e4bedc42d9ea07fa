//! What is erased is gone from the journal, too: from its rows, its indexes and the file's free pages.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Secret};
use hookporter_pipeline::inbox::AcceptingSide;
use hookporter_pipeline::{Endpoint, Outcome, Record};
use hookporter_sqlite::{Erased, Inbox, Mender};
use hookporter_testkit::inbox::START;

use crate::directory::Directory;
use crate::journal::{SECRET, entries, open, record, send};

/// Whether any file of the inbox holds these bytes.
fn holds(directory: &Directory, needle: &str) -> bool {
    let files = std::fs::read_dir(directory.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle.as_bytes()))
}

fn endpoint(inbox: &Inbox) -> Arc<Endpoint> {
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START));
    Arc::new(endpoint.tenant_from_path("/webhooks/{tenant}").unwrap().inbox(inbox))
}

async fn deliver(endpoint: &Arc<Endpoint>, tenant: &str, id: &str) {
    let request = hookporter_testkit::github(SECRET).event("push").event_id(&format!("evt-{id}-of-{tenant}"));
    let request = request.body(format!(r#"{{"id":"{id}"}}"#)).target(&format!("/webhooks/{tenant}")).at(START).build();
    assert_eq!(send(endpoint, &request).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_is_erased_has_left_the_journal_and_so_has_a_tenant() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let endpoint = endpoint(&inbox);
    for (tenant, id) in [("alice", "one"), ("alice", "two"), ("alice", "one"), ("bob", "three"), ("bob", "four")] {
        deliver(&endpoint, tenant, id).await;
    }
    // One of the event that could not be taken, so that it has no number.
    let untaken = Record {
        endpoint: "github".into(),
        tenant: Some("alice".into()),
        event_id: Some("evt-one-of-alice".to_owned()),
        detail: Some("untaken".to_owned()),
        ..(*record(77, Outcome::Unavailable)).clone()
    };
    let journal = inbox.journal().unwrap();
    journal.observe(&untaken);
    assert_eq!(entries(&directory, 6).await.iter().filter(|entry| entry.event == Some(1)).count(), 2);
    assert!(holds(&directory, "evt-one-of-alice"));
    // One more is still on its way.
    journal.observe(&untaken);
    assert_eq!(inbox.erase(1).await.unwrap(), Erased::Everywhere { events: 1 });
    assert!(!holds(&directory, "evt-one-of-alice"));
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!holds(&directory, "evt-one-of-alice"));
    assert_eq!(entries(&directory, 3).await.len(), 3);

    deliver(&endpoint, "bob", "five").await;
    assert_eq!(inbox.erase_tenant("github", "bob").await.unwrap(), Erased::Everywhere { events: 3 });
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!holds(&directory, "of-bob") && !holds(&directory, "/webhooks/bob"));
    assert!(holds(&directory, "evt-two-of-alice"), "the others stay");
    assert_eq!(entries(&directory, 1).await[0].record.tenant.as_deref(), Some("alice"));

    // A tool beside the server.
    let mender = Mender::open(directory.file()).unwrap();
    let number = entries(&directory, 1).await[0].event.unwrap();
    assert!(mender.erase(number).unwrap());
    entries(&directory, 0).await;
    assert!(mender.empty_log().unwrap());
    assert!(!holds(&directory, "evt-two-of-alice"));
}
