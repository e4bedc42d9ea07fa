//! A disk that gives an error where the file is read: `strace` makes one read after the other fail, for a victim that works
//! what waits.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::{AcceptingSide, Claim, WorkingSide};
use hookporter_sqlite::{Inbox, State};
use hookporter_testkit::inbox::sample_record;

use crate::directory::Directory;

const FILE: &str = "HOOKPORTER_UNREADABLE_FILE";
const EVENTS: usize = 20;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
#[ignore = "the victim of the test beside it"]
fn victim() {
    let file = PathBuf::from(std::env::var_os(FILE).expect("which file"));
    block_on(async {
        let inbox = Inbox::open(file).await.unwrap();
        for _ in 0..10 {
            let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(60), most: EVENTS, attempts: 3 };
            if let Ok(claimed) = inbox.claim(claim).await {
                let dead = inbox.list(State::Dead, 0, EVENTS).await.unwrap();
                let why: Vec<_> = dead.iter().map(|event| &event.last_error).collect();
                println!("\nlent {} dead {}\n{why:?}", claimed.leases.len(), dead.len());
                assert_eq!(inbox.set_aside(), None);
                inbox.accept(vec![sample_record("evt_new")]).await.unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        panic!("it does not come back");
    });
}

/// An inbox with long bodies, as it was closed.
fn filled(directory: &Directory) {
    block_on(async {
        let inbox = Inbox::open(directory.file()).await.unwrap();
        for at in 0..EVENTS {
            let mut record = sample_record(&format!("evt_{at}"));
            record.body = vec![b'x'; 20_000].into();
            inbox.accept(vec![record]).await.unwrap();
        }
        inbox.close().await;
    });
}

/// What the victim says when these reads fail.
fn said(when: &str) -> String {
    let directory = Directory::new();
    filled(&directory);
    let output = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-P"])
        .arg(directory.file())
        .args(["-e", "trace=pread64", "-e", &format!("inject=pread64:error=EIO:when={when}")])
        .arg(std::env::current_exe().unwrap())
        .args(["unreadable::victim", "--exact", "--ignored", "--nocapture"])
        .env(FILE, directory.file())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{when}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn one_read_that_fails_stops_nothing_and_costs_no_event() {
    if !crate::strace::is_here("one_read_that_fails_stops_nothing_and_costs_no_event") {
        return;
    }
    // The first reads are those of the start, the later ones those of bodies.
    let all = format!("\nlent {EVENTS} dead 0\n");
    for when in (1..120).step_by(7) {
        let said = said(&when.to_string());
        assert!(said.contains(&all), "{when}: {said}");
    }
}
