//! Refused requests that act upon no terminal, files that are no inbox, and a reader that leaves.

use std::path::Path;

use hookporter::operating::{QuarantineSide, RefusedRequest};
use hookporter::sqlite::Settings;
use hookporter::{FrozenClock, Inbox, Reason, TraceId};
use tokio::runtime::Runtime;

use crate::hostile::sqlite;
use crate::inbox::{NOW, of as inbox, place};
use crate::program::{VAR, file, program};
use crate::rejected::{RIGHT, of, refusing};

/// As in the tests of the inbox.
const EVIL: &str = "e\u{1b}[2J\u{9b}1m\r\n\u{202e}live\u{2066}\u{200b}\u{feff}\u{7f}";

fn hostile(number: usize) -> RefusedRequest {
    RefusedRequest {
        trace: TraceId::from_bits(number as u64),
        endpoint: EVIL.to_owned(),
        reason: Reason::InvalidSignature,
        detail: EVIL.to_owned(),
        arrived_at: NOW,
        method: EVIL.to_owned(),
        target: format!("/{EVIL}?secret=in-the-query"),
        reached_proof: true,
        headers: vec![("x-\u{1b}[2J\u{202e}".to_owned(), b"a value".to_vec())],
        body: EVIL.into(),
        peer: None,
        sealed_by: None,
    }
}

#[test]
fn nothing_of_a_hostile_request_acts_upon_a_terminal() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    // By another clock than that of the requests they would be old, and go.
    let inbox = runtime.block_on(Settings::new().clock(FrozenClock(NOW)).open(&path)).unwrap();
    (0..2).for_each(|number| inbox.keep(hostile(number)));
    runtime.block_on(inbox.close());
    drop(inbox);
    sqlite(&path, &format!("UPDATE refused SET sealed_by = '{EVIL}' WHERE id = 2"));
    let secret = ["--provider", "github", "--secret-env", VAR];
    for args in [
        &["list"][..],
        &["list", "--kept"],
        &["show", "1"],
        &["show", "2"],
        &[&["show", "1"], &secret[..]].concat(),
        &[&["show", "2"], &secret[..]].concat(),
        &[&["recheck", "--all"], &secret[..]].concat(),
        &[&["recheck", "--all", "--dry-run", "--endpoint", EVIL], &secret[..]].concat(),
        &[&["recheck", "--all", "--endpoint", EVIL], &secret[..]].concat(),
        &[&["recheck", "77", "--endpoint", EVIL], &secret[..]].concat(),
        &["forget", "--reason", EVIL],
        &["forget", "--all", "--endpoint", EVIL],
    ] {
        for json in [&[][..], &["--json"]] {
            let ended = of(&path, RIGHT, &[args, json].concat());
            for text in [&ended.stdout, &ended.stderr] {
                assert_eq!(crate::hostile::acts(text), None, "{args:?} {json:?}");
                assert!(!text.contains("in-the-query") && !text.contains("a value"), "{args:?}: {text}");
            }
            assert!(!ended.stdout.is_empty() || ended.status != 0, "{args:?}");
        }
    }
}

#[test]
fn what_is_no_inbox_is_refused_and_nothing_is_made() {
    let missing = place();
    let secret = ["--provider", "github", "--secret-env", VAR];
    let commands =
        [&["list"][..], &["show", "1"], &["forget", "--all"], &[&["recheck", "--all"], &secret[..]].concat()];
    for args in &commands {
        let ended = of(&missing, RIGHT, args);
        assert!(ended.status == 2 && ended.stderr.contains("there is no"), "{args:?}: {}", ended.stderr);
        assert!(!missing.exists());
    }
    let diary = file(b"a diary, and no inbox, and long enough to be one");
    let (newer, runtime) = (place(), Runtime::new().unwrap());
    runtime.block_on(runtime.block_on(Inbox::open(&newer)).unwrap().close());
    sqlite(&newer, "PRAGMA user_version = 99");
    for path in [Path::new(&diary), &newer] {
        for args in &commands {
            let ended = of(path, RIGHT, args);
            assert_eq!((ended.status, ended.stdout.as_str()), (1, ""), "{args:?}: {}", ended.stderr);
        }
    }
}

/// Whoever has read enough ends nothing badly, and the rest is judged all the same.
#[test]
fn a_closed_stdout_is_no_error() {
    let (path, receiver) = refusing(&[], 2);
    let args = [
        "rejected",
        "--inbox",
        path.to_str().unwrap(),
        "recheck",
        "--all",
        "--provider",
        "github",
        "--secret-env",
        VAR,
    ];
    let mut child = program(RIGHT, args).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(inbox(&path, &["list", "--json"]).json().len(), 2);
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn a_file_that_somebody_writes_to_is_read_and_changed_later() {
    let (path, receiver) = refusing(&[], 1);
    assert_eq!(receiver.end().0, 0);
    let recheck = || of(&path, RIGHT, &["recheck", "--all", "--provider", "github", "--secret-env", VAR]);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(of(&path, "", &["list", "--kept", "--json"]).json().len(), 1);
    let locked = recheck();
    assert_eq!(locked.status, 1, "{}", locked.stdout);
    assert!(locked.stderr.contains("locked"), "{}", locked.stderr);
    other.execute_batch("COMMIT").unwrap();
    drop(other);
    let mended = recheck();
    assert_eq!((mended.status, mended.stdout.lines().count()), (0, 2), "{}", mended.stderr);
}
