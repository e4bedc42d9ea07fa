//! An independent look: the `sqlite3` program reads the journal of what happened, in plain columns, while the inbox is open.

use std::path::Path;
use std::process::Command;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, WorkError};
use hookporter_sqlite::Inbox;
use hookporter_testkit::inbox::sample_record;

use crate::directory::Directory;

/// What the program prints; `None` where it is not installed, which only a machine without `CI` may be.
fn sqlite3(file: &Path, sql: &str) -> Option<String> {
    match Command::new("sqlite3").arg("-readonly").arg(file).arg(sql).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("skipped: sqlite3 is not installed ({error})");
            None
        }
        Err(error) => panic!("sqlite3 is needed: {error}"),
    }
}

#[tokio::test]
async fn sqlite3_reads_what_happened_while_the_inbox_is_open() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let mut parked = sample_record("evt_3");
    parked.parked = true;
    inbox.accept(vec![sample_record("evt_1"), sample_record("evt_2"), parked]).await.unwrap();
    let (sender, mut over) = tokio::sync::mpsc::unbounded_channel();
    let worker = inbox
        .worker(|event: Event| async move {
            if event.id() == Some("evt_2") { Err(WorkError::dead_letter("no such account")) } else { Ok(()) }
        })
        .on_change(move |_| sender.send(()).unwrap());
    let both = async {
        let _ = (over.recv().await, over.recv().await);
    };
    let _ = worker.run_until(both).await;
    let columns = "id, state, event_id, event_type, received, finished IS NOT NULL, attempts, last_error";
    let Some(journal) = sqlite3(&directory.file(), &format!("SELECT {columns} FROM journal ORDER BY id")) else {
        return;
    };
    let expected = "1|done|evt_1|invoice.paid|2023-11-14T22:13:20.000Z|1|1|\n\
         2|dead|evt_2|invoice.paid|2023-11-14T22:13:20.000Z|1|1|no such account\n\
         3|parked|evt_3|invoice.paid|2023-11-14T22:13:20.000Z|0|0|\n";
    assert_eq!(journal, expected);
    let attempts = sqlite3(&directory.file(), "SELECT event, outcome, error FROM attempts ORDER BY event").unwrap();
    assert_eq!(attempts, "1|worked|\n2|failed|no such account\n");
    let check = sqlite3(&directory.file(), "PRAGMA integrity_check").unwrap();
    assert_eq!(check, "ok\n");
    assert_eq!(inbox.accept(vec![sample_record("evt_4")]).await.unwrap().len(), 1, "it goes on");
}
