//! The journal, followed beside the receiver that writes it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
#[cfg(target_os = "linux")]
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter::{Clock, Inbox, SystemClock};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::hostile::{acts, sqlite};
use crate::inbox::{filled, numbers, place};
use crate::program::{Receiver, file, program, run, send};

const KEY: &str = "whsec_of_the_test_123456";

fn tail(path: &Path, more: &[&str]) -> Command {
    let mut command = program("", ["tail", path.to_str().unwrap()].iter().chain(more));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    command
}

/// What is there, once there is so much of it.
fn there(path: &Path, more: &[&str], count: usize) -> Vec<Value> {
    for _ in 0..2000 {
        let ended = run("", ["tail", path.to_str().unwrap(), "--once", "--json"].iter().chain(more));
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        if ended.json().len() >= count {
            return ended.json();
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("not written");
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already, unless the test failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn requests_are_shown_as_they_come() {
    let path = place();
    let receiver = Receiver::start("stripe", KEY, &["--inbox", path.to_str().unwrap()]);
    assert_eq!(send("stripe", KEY, &receiver.url, &["--event", "invoice.paid"]), [200]);
    let before = there(&path, &[], 1);
    assert_eq!((&before[0]["outcome"], &before[0]["event"]), (&"accepted".into(), &1.into()));
    let mut running = Running(tail(&path, &["--json", "--events"]).spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["event_type"], "invoice.paid");
    assert_eq!(next()["fate"], "worked");
    let sent = SystemClock.now();
    assert_eq!(send("stripe", "whsec_another_one_of_the_test", &receiver.url, &[]), [401]);
    let line = next();
    assert_eq!((&line["outcome"], &line["reason"]), (&"rejected".into(), &"invalid-signature".into()), "{line}");
    assert!(SystemClock.now().since(sent) < Duration::from_secs(20), "{:?}", SystemClock.now().since(sent));
    assert_eq!(send("stripe", KEY, &receiver.url, &[]), [200]);
    assert_eq!(next()["outcome"], "accepted");
    let worked = next();
    assert_eq!((&worked["fate"], &worked["last_error"]), (&"worked".into(), &Value::Null));
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn filters_choose_what_is_shown() {
    let path = place();
    let receiver = Receiver::start("stripe", KEY, &["--inbox", path.to_str().unwrap()]);
    for _ in 0..3 {
        assert_eq!(send("stripe", KEY, &receiver.url, &[]), [200]);
    }
    assert_eq!(send("stripe", "whsec_another_one_of_the_test", &receiver.url, &[]), [401]);
    assert_eq!(there(&path, &[], 4).len(), 4);
    for (args, count) in [
        (&["--last", "2"][..], 2),
        (&["--last", "0"], 0),
        (&["--outcome", "accepted"], 3),
        (&["--outcome", "accepted", "--outcome", "rejected"], 4),
        (&["--reason", "invalid-signature"], 1),
        (&["--endpoint", "another"], 0),
    ] {
        let shown = there(&path, args, 0);
        assert_eq!(shown.len(), count, "{args:?}");
        assert!(shown.is_sorted_by_key(|line| line["number"].as_u64()), "the oldest first");
    }
    assert_eq!(run("", ["tail", "--outcome", "lost"]).status, 2);
    let plain = run("", ["tail", path.to_str().unwrap(), "--once"]).stdout;
    assert!(plain.lines().count() == 4 && plain.contains("  rejected     401  "), "{plain}");
    assert_eq!(acts(&plain), None);
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn what_is_no_inbox_is_refused_and_nothing_is_made() {
    let missing = place();
    let ended = run("", ["tail", missing.to_str().unwrap()]);
    assert!(ended.status == 2 && ended.stderr.contains("there is no") && !missing.exists(), "{}", ended.stderr);
    let diary = file(b"a diary, and no inbox, and long enough to be one");
    assert_eq!(run("", ["tail", &diary]).status, 1);
    let (path, runtime) = (place(), Runtime::new().unwrap());
    runtime.block_on(runtime.block_on(Inbox::open(&path)).unwrap().close());
    sqlite(&path, "PRAGMA user_version = 99");
    let newer = run("", ["tail", path.to_str().unwrap()]);
    assert!(newer.status == 1 && newer.stderr.contains("newer"), "{}", newer.stderr);
}

/// Rows as no server writes them, and many of them; whoever reads no more ends it.
#[test]
fn hostile_rows_act_upon_no_terminal_and_many_are_no_burden() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    runtime.block_on(runtime.block_on(Inbox::open(&path)).unwrap().close());
    let evil = "e\u{1b}[2J\u{9b}1m\r\n\u{202e}live\u{2066}\u{200b}\u{feff}\u{7f}";
    let rows = |first: u32, count: u32| {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first} + {count} - 1) \
             INSERT INTO requests (id, place, trace, at, endpoint, provider, method, path, headers, outcome, status, reason, detail, \
             event_type, body_bytes, duration_us, report_only) SELECT i, i, i, 1700000000000, '{evil}', 'github', 'POST', '{evil}', '', \
             'rejected', 401, 'invalid-signature', '{evil}', '{evil}', 1, 1, 0 FROM n"
        )
    };
    sqlite(&path, &rows(1, 100_000));
    let began = SystemClock.now();
    let mut running = Running(tail(&path, &["--last", "3"]).spawn().unwrap());
    let mut out = BufReader::new(running.0.stdout.take().unwrap());
    let mut read = |count: usize| -> String {
        let mut text = String::new();
        (0..count).for_each(|_| assert!(out.read_line(&mut text).unwrap() > 0));
        text
    };
    let shown = read(3);
    assert!(shown.lines().count() == 3 && acts(&shown).is_none(), "{shown:?}");
    assert!(SystemClock.now().since(began) < Duration::from_secs(20), "{:?}", SystemClock.now().since(began));
    sqlite(&path, &rows(100_001, 1000));
    assert!(acts(&read(1000)).is_none());
    assert_eq!(acts(&run("", ["tail", path.to_str().unwrap(), "--once", "--json"]).stdout), None);
    drop(out);
    sqlite(&path, &rows(200_001, 1));
    assert!(running.0.wait().unwrap().success(), "nobody reads any more");
}

/// What somebody at a terminal does.
#[cfg(target_os = "linux")]
enum Act {
    Type(&'static str),
    Terminate,
}

/// A terminal, which `script` makes; what is done once something is seen after what was done before, and what was seen.
#[cfg(target_os = "linux")]
fn terminal(path: &Path, more: &str, acts: &[(&str, Act)]) -> Option<(String, bool)> {
    let (program, path) = (env!("CARGO_BIN_EXE_hookporter"), path.display());
    // Its number is told, for whoever sends it a signal.
    let command = format!("sh -c 'echo $$ > {path}.pid; exec {program} tail {path} {more}'; stty -a");
    let spawned = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else {
        assert!(std::env::var_os("CI").is_none(), "script is missing");
        eprintln!("skipped: script is missing");
        return None;
    };
    let (mut keys, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = seen.clone();
    let reader = std::thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(read @ 1..) = out.read(&mut part) {
            sees.lock().unwrap().extend_from_slice(&part[..read]);
        }
    });
    let text = || String::from_utf8_lossy(&seen.lock().unwrap()).into_owned();
    let mut from = 0;
    for (shown, act) in acts {
        let began = SystemClock.now();
        while !String::from_utf8_lossy(&seen.lock().unwrap()[from..]).contains(shown) {
            assert!(SystemClock.now().since(began) < Duration::from_secs(60), "{shown}: {:?}", text());
            std::thread::sleep(Duration::from_millis(20));
        }
        // One that comes alone, and not with the next.
        std::thread::sleep(Duration::from_millis(300));
        from = seen.lock().unwrap().len();
        match act {
            Act::Type(keystrokes) => keys.write_all(keystrokes.as_bytes()).and_then(|()| keys.flush()).unwrap(),
            Act::Terminate => {
                let number = std::fs::read_to_string(format!("{path}.pid")).unwrap();
                assert!(Command::new("kill").args(["-TERM", number.trim()]).status().unwrap().success());
            }
        }
    }
    reader.join().unwrap();
    let ended = child.wait().unwrap().success();
    Some((text(), ended))
}

/// An inbox with a dead letter, of which a request tells.
#[cfg(target_os = "linux")]
fn with_a_dead_letter() -> std::path::PathBuf {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    runtime.block_on(filled(&path, &runtime).close());
    sqlite(
        &path,
        "INSERT INTO requests (id, place, trace, at, endpoint, provider, method, path, headers, outcome, status, event, body_bytes, \
         duration_us, report_only) VALUES (1, 1, 1, 1700000000000, 'billing', 'custom', 'POST', '/', '', 'accepted', 200, 1, 1, 1, 0)",
    );
    path
}

#[cfg(target_os = "linux")]
#[test]
fn a_key_replays_the_event_of_the_chosen_line() {
    let path = with_a_dead_letter();
    let acts = [
        ("accepted", Act::Type("r")),
        ("choose a request first", Act::Type("\u{1b}[A")),
        ("", Act::Type("r")),
        ("event 1 is worked again", Act::Type("q")),
    ];
    let Some((seen, ended)) = terminal(&path, "", &acts) else { return };
    assert!(ended, "{seen}");
    assert!(seen.contains("\u{1b}[32maccepted") && seen.contains("choose a request first"), "{seen:?}");
    assert!(seen.contains("event 1 is worked again"), "{seen:?}");
    assert_eq!(numbers(&path, &["list", "--state", "waiting"]), [1, 2]);
    // As it was: in lines, with an echo, and the screen of before.
    assert!(seen.contains("\u{1b}[?1049l") && seen.contains("\u{1b}[?25h"), "{seen:?}");
    let after = seen.rsplit("\u{1b}[?1049l").next().unwrap();
    assert!(after.contains(" icanon ") && after.contains(" echo "), "{after}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_is_chosen_by_its_event_and_a_filter_hides_others() {
    let path = with_a_dead_letter();
    let acts = [
        ("accepted", Act::Type("/nothing of it\r")),
        ("", Act::Type("r")),
        ("choose a request first", Act::Type("\u{3}")),
    ];
    let Some((seen, _)) = terminal(&path, "", &acts) else { return };
    assert!(seen.contains("choose a request first"), "{seen:?}");
    let acts = [
        ("accepted", Act::Type("7\r")),
        ("no request here told of event 7", Act::Type("1\r")),
        ("", Act::Type("p")),
        ("paused", Act::Type("r")),
        ("event 1 is worked again", Act::Type("q")),
    ];
    let Some((seen, _)) = terminal(&path, "", &acts) else { return };
    assert!(seen.contains("no request here told of event 7") && seen.contains("paused"), "{seen:?}");
    assert_eq!(numbers(&path, &["list", "--state", "waiting"]), [1, 2]);
}

/// A signal ends it, and the terminal is given back.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_gives_the_terminal_back() {
    let path = with_a_dead_letter();
    let Some((seen, _)) = terminal(&path, "", &[("accepted", Act::Terminate)]) else { return };
    assert!(seen.contains("\u{1b}[?1049h"), "{seen:?}");
    let after = seen.rsplit("\u{1b}[?1049l").next().unwrap();
    assert!(after.contains(" icanon ") && after.contains(" echo "), "{seen:?}");
}
