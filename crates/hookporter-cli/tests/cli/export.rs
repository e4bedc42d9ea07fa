//! Export: what it writes, and how much it holds meanwhile.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use hookporter::Inbox;
use hookporter::inbox::AcceptingSide;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::inbox::{filled, of, place, record};
use crate::program::{file, program};

fn filled_and_closed(path: &Path) {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(filled(path, &runtime).close());
}

#[test]
fn all_that_is_kept_is_in_a_line() {
    let path = place();
    filled_and_closed(&path);
    let lines = of(&path, &["export"]).json();
    assert_eq!(lines.len(), 3);
    let first = &lines[0];
    for (member, value) in [
        ("/form", Value::from(1)),
        ("/number", 1.into()),
        ("/state", "dead".into()),
        ("/endpoint", "billing".into()),
        ("/tenant", Value::Null),
        ("/event_id", "evt_1".into()),
        ("/event_type", "paid\u{1b}[2J".into()),
        ("/received_ms", 1_700_000_000_000_i64.into()),
        ("/last_error", "no such account".into()),
        ("/attempt_log/0/outcome", "failed".into()),
        ("/record/identity", "evt_1".into()),
        ("/record/signed", vec!["event_id"].into()),
        ("/record/headers/0", vec!["user-agent", "Sender/1"].into()),
        // `{"n":1}`, a line's end, and a byte that is no text.
        ("/record/body/base64", "eyJuIjoxfQ0K/w==".into()),
        ("/record/payload", Value::Null),
        ("/record/key_id", "2026-11".into()),
        ("/record/edited", false.into()),
        ("/original", Value::Null),
    ] {
        assert_eq!(first.pointer(member), Some(&value), "{member}: {first}");
    }

    assert_eq!(of(&path, &["edit", "1", "--body", &file(b"text\x1b"), "--reason", "why"]).status, 0);
    let edited = &of(&path, &["export", "1"]).json()[0];
    for (member, value) in [
        ("/record/body", "text\u{1b}"),
        ("/record/coverage", "origin"),
        ("/original/body/base64", "eyJuIjoxfQ0K/w=="),
        ("/original/reason", "why"),
    ] {
        assert_eq!(edited.pointer(member), Some(&value.into()), "{member}: {edited}");
    }
    assert_eq!((&edited["record"]["edited"], &edited["record"]["signed"]), (&true.into(), &Vec::<Value>::new().into()));
}

#[test]
fn filters_and_files() {
    let path = place();
    filled_and_closed(&path);
    let of_state = of(&path, &["export", "--state", "parked"]).json();
    assert_eq!((of_state.len(), &of_state[0]["number"]), (1, &3.into()));
    let some = of(&path, &["export", "1", "88"]);
    assert_eq!((some.status, some.json().len()), (1, 1));
    assert!(some.stderr.contains("event 88"), "{}", some.stderr);

    let output = place();
    let args = ["export", "--json", "--output", output.to_str().unwrap()];
    assert_eq!(of(&path, &args).json()[0]["events"], 3);
    let written = std::fs::read_to_string(&output).unwrap();
    assert_eq!(written, of(&path, &["export"]).stdout);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&output).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "bodies are other people's");
    }
    let again = of(&path, &args);
    assert_eq!(again.status, 2, "what is there is not written over");
    assert_eq!(std::fs::read_to_string(&output).unwrap(), written);
}

#[test]
fn an_event_that_cannot_be_read_keeps_nobody_from_the_others() {
    let path = place();
    filled_and_closed(&path);
    let sqlite = |sql: &str| crate::hostile::sqlite(&path, sql);
    sqlite("UPDATE contents SET target = x'ff' WHERE event = 1");
    sqlite("DELETE FROM contents WHERE event = 2");
    let ended = of(&path, &["export"]);
    assert_eq!(ended.status, 1);
    let lines = ended.json();
    assert_eq!((&lines[0]["number"], &lines[0]["record"], &lines[1]["number"]), (&2.into(), &Value::Null, &3.into()));
    assert!(ended.stderr.contains("left out: event 1") && ended.stderr.contains("1 events"), "{}", ended.stderr);
}

/// 10,000 events, 80 MiB: it holds a small part of them, however slowly it is read.
#[test]
fn it_streams() {
    const BODY: usize = 8 * 1024;
    let (path, runtime) = (place(), Runtime::new().unwrap());
    let inbox = runtime.block_on(Inbox::open(&path)).unwrap();
    for hundred in 0..100 {
        let records = (0..100).map(|n| {
            let mut record = record(&format!("evt_{hundred}_{n}"));
            record.body = vec![b'x'; BODY].into();
            record
        });
        runtime.block_on(inbox.accept(records.collect())).unwrap();
    }
    // Beside the process that has it open.
    let args = ["inbox", "--inbox", path.to_str().unwrap(), "export"];
    let mut child = program("", args).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = 0;
    for count in 0..10_000 {
        let line = lines.next().unwrap().unwrap();
        assert!(line.len() > BODY);
        let number = serde_json::from_str::<Value>(&line).unwrap()["number"].as_i64().unwrap();
        assert!(number > last);
        last = number;
        if cfg!(target_os = "linux") && count == 9_500 {
            // The rest does not fit into the pipe: it is still there.
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
            let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
            assert!(peak < 40 * 1024, "{peak} KiB at most");
        }
    }
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
    runtime.block_on(inbox.close());
    std::fs::remove_file(&path).unwrap();
}

/// Whoever reads the first lines only does not want the others.
#[test]
fn a_closed_pipe_is_no_error() {
    let path = place();
    filled_and_closed(&path);
    let args = ["inbox", "--inbox", path.to_str().unwrap(), "export"];
    let mut child = program("", args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}
