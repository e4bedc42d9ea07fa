//! What strangers wrote acts upon no terminal, and files that are damaged or somebody else's end no program in a panic.

use std::path::Path;

use hookporter::Inbox;
use hookporter::inbox::{AcceptingSide, Claim, Failure, Next, RecordLabel, WorkingSide};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::inbox::{NOW, filled, of, place, record};
use crate::program::{file, program};

/// Changes a file as no program of ours would.
pub(crate) fn sqlite(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// A clear screen, a title, a bell, C1, a line's end, bidi controls, an invisible blank, and a byte order mark.
const EVIL: &str = "e\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}1m\r\n\u{202e}live\u{2066}\u{200b}\u{feff}\u{7f}";
const LARGE: usize = 5 * 1024 * 1024;

pub(crate) fn acts(text: &str) -> Option<char> {
    let hidden =
        |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().find(|c| (c.is_control() && *c != '\n') || hidden(*c))
}

#[test]
fn nothing_of_a_hostile_event_acts_upon_a_terminal() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    let inbox = runtime.block_on(Inbox::open(&path)).unwrap();
    let mut evil = record(EVIL);
    (evil.endpoint, evil.tenant, evil.lane) = (EVIL.to_owned(), Some(EVIL.to_owned()), Some(EVIL.to_owned()));
    (evil.method, evil.target, evil.key_id) = (EVIL.to_owned(), EVIL.to_owned(), EVIL.to_owned());
    evil.event_type = Some(RecordLabel { text: EVIL.repeat(50), signed: false });
    evil.headers = vec![("x-evil".to_owned(), b"\x1b[2J\x9b\xff".to_vec())];
    evil.body = EVIL.repeat(LARGE / EVIL.len()).into();
    runtime.block_on(async {
        inbox.accept(vec![evil.clone()]).await.unwrap();
        let claim = Claim { now: NOW, lease: std::time::Duration::from_secs(30), most: 1, attempts: 5 };
        let id = inbox.claim(claim).await.unwrap().leases[0].id;
        let failure = Failure { now: NOW, error: EVIL.to_owned(), next: Next::Dead };
        let _ = inbox.fail(id, failure).await.unwrap();
    });
    let body = file(EVIL.as_bytes());
    for args in [
        &["list"][..],
        &["dead", "--endpoint", EVIL, "--tenant", EVIL],
        &["show", "1"],
        &["stats"],
        &["export"],
        &["replay", "1", "--dry-run"],
        &["edit", "1", "--body", &body, "--reason", EVIL],
        &["show", "1"],
        &["export"],
        &["replay", "1", "--reason", EVIL],
        &["verdicts"],
        &["verdicts", "1"],
    ] {
        let is_edit = matches!(args[0], "edit" | "replay");
        for json in [&[][..], &["--json"]] {
            if is_edit && !json.is_empty() {
                continue;
            }
            let ended = of(&path, &[args, json].concat());
            assert_eq!(ended.status, 0, "{args:?}: {}", ended.stderr);
            for text in [&ended.stdout, &ended.stderr] {
                assert_eq!(acts(text), None, "{args:?} {json:?}");
            }
            if args[0] == "list" {
                assert_eq!(ended.stdout.lines().count(), if json.is_empty() { 2 } else { 1 }, "one line each");
            }
            if args == ["export"] {
                let line = &ended.json()[0];
                let original = if line["original"].is_null() { &line["record"] } else { &line["original"] };
                assert_eq!(original["body"].as_str().unwrap().as_bytes(), evil.body, "and nothing is lost");
            }
        }
    }
    let missing = of(Path::new(&format!("no{EVIL}")), &["list"]);
    assert_eq!((missing.status, acts(&missing.stderr)), (2, None), "{}", missing.stderr);
    runtime.block_on(inbox.close());
}

/// Every command, on a file with a body for `edit`.
fn commands(body: &str) -> Vec<Vec<&str>> {
    let all = [
        "list",
        "dead",
        "parked",
        "show 1",
        "payload 1",
        "payload 1 --original",
        "stats",
        "requeue 1",
        "requeue --all",
        "release --all",
        "drop 1",
        "replay --all --wait=0",
        "verdicts",
        "verdicts 1",
        "export",
        "erase 1",
    ];
    let mut commands: Vec<Vec<_>> = all.iter().map(|command| command.split(' ').collect()).collect();
    commands.push(vec!["edit", "1", "--body", body]);
    commands
}

#[test]
fn what_is_no_inbox_is_refused_and_left_as_it_is() {
    let (path, body) = (place(), file(b"{}"));
    let empty: fn(&Path) = |path| std::fs::write(path, "").unwrap();
    let diary: fn(&Path) = |path| std::fs::write(path, "a diary, and no inbox, and long enough to be one").unwrap();
    let stranger: fn(&Path) = |path| sqlite(path, "CREATE TABLE events (id INTEGER); INSERT INTO events VALUES (1)");
    for make in [empty, diary, stranger] {
        make(&path);
        let before = std::fs::read(&path).unwrap();
        for command in commands(&body) {
            let ended = of(&path, &command);
            assert_eq!((ended.status, ended.stdout.as_str()), (1, ""), "{command:?}: {}", ended.stderr);
            assert!(ended.stderr.starts_with("error: "), "{command:?}: {}", ended.stderr);
        }
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::remove_file(&path).unwrap();
    }
    std::fs::create_dir(&path).unwrap();
    assert_eq!(of(&path, &["list"]).status, 1, "a directory");
}

/// Runs a command, which does what it can or says why not; its exit status.
fn harmless(path: &Path, command: &[&str]) -> i32 {
    let args = ["inbox", "--inbox", path.to_str().unwrap()];
    let output = program("", args.iter().chain(command)).output().unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    let status = output.status.code().unwrap_or_else(|| panic!("{command:?}: {complaints}"));
    assert!(matches!(status, 0 | 1), "{command:?}: {complaints}");
    assert!(!complaints.contains("panicked"), "{command:?}: {complaints}");
    status
}

#[test]
fn a_damaged_file_is_an_error_and_no_panic() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    let inbox = filled(&path, &runtime);
    let many = (0..40).map(|n| record(&format!("evt_more_{n}"))).collect();
    runtime.block_on(inbox.accept(many)).unwrap();
    runtime.block_on(inbox.close());
    drop(inbox);
    let (whole, body) = (std::fs::read(&path).unwrap(), file(b"{}"));
    let (mut errors, pages) = (0, whole.len() / 4096);
    for page in 0..pages {
        let mut damaged = whole.clone();
        damaged[page * 4096 + if page == 0 { 100 } else { 0 }..(page + 1) * 4096].fill(0x5a);
        std::fs::write(&path, damaged).unwrap();
        for command in commands(&body) {
            errors += harmless(&path, &command);
        }
    }
    assert!(errors > 0);
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    for command in commands(&body) {
        harmless(&path, &command);
    }
}
