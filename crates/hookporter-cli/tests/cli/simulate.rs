//! Every fault against receivers of ours, of every sender's, and against servers that do wrong.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use hookporter::{Clock, Provider, SystemClock};
use serde_json::Value;

use crate::program::{Ended, Receiver, VAR, program, run};

/// Tries these faults on a URL.
fn simulate(provider: &str, key: &str, url: &str, more: &[&str]) -> Ended {
    let given = ["send", "--provider", provider, "--secret-env", VAR, "--url", url];
    run(key, given.iter().chain(more))
}

fn of<'a>(lines: &'a [Value], fault: &str) -> &'a Value {
    lines.iter().find(|line| line["fault"] == fault).unwrap_or_else(|| panic!("{fault}: {lines:?}"))
}

/// A server that gives every request this answer, whatever it is, and reads `most` bytes of it before.
fn answering(answer: &'static [u8], most: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/in", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || reply(stream.unwrap(), answer, most));
        }
    });
    url
}

fn reply(mut stream: TcpStream, answer: &[u8], most: usize) {
    let mut part = vec![0; 64 * 1024];
    let (mut request, mut wanted) = (Vec::new(), usize::MAX);
    while request.len() < most.min(wanted) {
        let Ok(read @ 1..) = stream.read(&mut part) else { break };
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request[..request.len().min(4096)]).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map(str::parse::<usize>);
            wanted = length.map_or(head.len() + 5, |length| head.len() + 4 + length.unwrap());
        }
    }
    // Whoever hung up has read enough.
    let _ = stream.write_all(answer);
    if most < usize::MAX {
        // The rest is neither read nor refused for a while.
        thread::sleep(Duration::from_secs(20));
    }
}

fn every_fault(adapter: &str) {
    for provider in Provider::all() {
        let (id, keys) = (provider.id(), hookporter_testkit::keys(provider.id()).unwrap());
        let receiver = Receiver::start(id, keys.receiver, &["--adapter", adapter]);
        let ended = simulate(id, keys.sender, &receiver.url, &["--simulate", "--json", "--slow", "0"]);
        let lines = ended.json();
        let differ: Vec<_> = lines.iter().filter(|line| line["verdict"] == "differs").collect();
        assert!(differ.is_empty() && ended.status == 0, "{id}: {differ:?} {}", ended.stderr);
        assert_eq!(lines.len(), 17, "{id}");
        for fault in ["good", "duplicate", "concurrent", "reorder", "chunked", "slow", "wrong-key", "oversize"] {
            assert_eq!(of(&lines, fault)["verdict"], "as-expected", "{id} {fault}");
        }
        let refused = u64::from(provider.refusal_status());
        assert_eq!(of(&lines, "wrong-key")["got"], serde_json::json!([refused]), "{id}");
        assert_eq!(of(&lines, "oversize")["got"], serde_json::json!([413]), "{id}");
        assert_eq!(of(&lines, "gzip")["got"], serde_json::json!([if id == "nylas" { 200 } else { 415 }]), "{id}");
        let fresh = provider.tolerance().is_some();
        for fault in ["stale", "future", "moved-timestamp"] {
            let line = of(&lines, fault);
            assert_eq!(line["verdict"], if fresh { "as-expected" } else { "not-for-this-sender" }, "{id} {fault}");
            assert_eq!(line["got"].as_array().unwrap().len(), usize::from(fresh), "{id} {fault}");
        }
        assert_eq!(of(&lines, "second-key")["verdict"], "not-for-this-sender", "{id}");
    }
}

#[test]
fn a_receiver_of_ours_takes_every_fault_as_every_sender_wants_on_tower() {
    every_fault("tower");
}

#[test]
fn a_receiver_of_ours_takes_every_fault_as_every_sender_wants_on_actix() {
    every_fault("actix");
}

#[test]
fn both_keys_of_a_rotation_are_tried() {
    let given = ["send", "--provider", "stripe", "--fault", "second-key", "--fault", "good", "--json", "--url"];
    let more = ["--secret-env", VAR, "--secret-env", "HOOKPORTER_OLD"];
    let receiver = Receiver::start("stripe", "whsec_of_the_rotation_new", &[]);
    let mut command = program("whsec_of_the_rotation_new", given.iter().chain(&[receiver.url.as_str()]).chain(&more));
    let ended = Ended::of(command.env("HOOKPORTER_OLD", "whsec_of_the_rotation_old").output().unwrap());
    let lines = ended.json();
    assert_eq!(ended.status, 1, "the receiver has but one of them");
    assert_eq!((&of(&lines, "good")["verdict"], &of(&lines, "good")["got"][0]), (&"as-expected".into(), &200.into()));
    let second = of(&lines, "second-key");
    assert_eq!((&second["verdict"], &second["got"][0]), (&"differs".into(), &401.into()), "{second}");
}

#[test]
fn a_server_that_accepts_everything_is_told_what_that_means() {
    let url = answering(b"HTTP/1.1 200 OK\r\n\r\n", usize::MAX);
    let ended = simulate("stripe", "whsec_of_the_test_kit", &url, &["--simulate", "--slow", "0"]);
    assert_eq!(ended.status, 1, "{}", ended.stderr);
    for says in [
        "stale               401, 400, 403       200      DIFFERS: accepted: a captured request stays valid for ever\n",
        "wrong-key           401, 400, 403       200      DIFFERS: accepted: it verifies no signature\n",
        "oversize            413                 200      DIFFERS: accepted: it bounds no body, or not at this size\n",
        "good                2xx                 200      ok\n",
        "second-key                                       not for this sender: no second --secret-env was given\n",
        "6 as expected, 10 different, 1 not for this sender\n",
    ] {
        assert!(ended.stdout.contains(says), "{says}: {}", ended.stdout);
    }
    assert!(!ended.stdout.contains('\u{1b}'), "no colour in a pipe");
}

#[test]
fn a_server_that_refuses_everything_shows_nothing() {
    let url = answering(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n", usize::MAX);
    let ended = simulate("github", "a secret of the test", &url, &["--fault", "good", "--fault", "wrong-key"]);
    assert_eq!(ended.status, 1);
    assert!(ended.stderr.contains("refusals show nothing"), "{}", ended.stderr);
    assert!(ended.stdout.contains("1 as expected, 1 different"), "{}", ended.stdout);
}

/// A server that has heard enough answers and hangs up: that is an answer, not a broken connection.
#[test]
fn an_early_answer_counts() {
    let url = answering(b"HTTP/1.1 413 Too large\r\nconnection: close\r\n\r\n", 100);
    let ended = simulate("github", "a secret of the test", &url, &["--fault", "oversize", "--json"]);
    let line = &ended.json()[0];
    assert_eq!(line["got"], serde_json::json!([413]), "{}", ended.stdout);
    assert!(line["latency_us"].as_u64().unwrap() < 15_000_000, "it is not waited for: {line}");
}

#[test]
fn a_slow_body_ends_in_408_where_it_is_asked_for() {
    let receiver = Receiver::start("github", "a secret of the test", &[]);
    let began = SystemClock.now();
    let args = ["--fault", "slow", "--slow", "60s", "--json"];
    let ended = simulate("github", "a secret of the test", &receiver.url, &args);
    assert_eq!((ended.status, &ended.json()[0]["got"]), (0, &serde_json::json!([408])), "{}", ended.stdout);
    assert!(SystemClock.now().since(began) < Duration::from_secs(40), "it does not go on after the answer");
    let note = simulate("github", "a secret of the test", &receiver.url, &["--fault", "slow", "--slow", "0"]).stdout;
    assert!(note.contains("`--slow 12s` checks"), "{note}");
}

#[test]
fn hostile_answers_are_answers_that_differ() {
    let endless: &'static [u8] = vec![b'x'; 200_000].leak();
    let long: &'static [u8] = [b"HTTP/1.1 200 OK\r\nx: ", endless].concat().leak();
    for (answer, says) in [
        (b"".as_slice(), "closed without an answer"),
        (b"HTTP/1.1 200", "closed within the head"),
        (b"\x1b[2J\x1b]0;evil\x07\r\n\r\n", "does not speak HTTP/1"),
        (b"HTTP/1.1 \x1b[31 evil\r\n\r\n", "does not speak HTTP/1"),
        (endless, "does not speak HTTP/1"),
        (long, "longer than 65536 bytes"),
        (b"HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\n\r\n", "a redirect"),
        (b"HTTP/1.1 404 \x1b[2J\r\nx: \x1b[2J\r\n\r\n", "nothing is at this path"),
    ] {
        let url = answering(answer, usize::MAX);
        let ended = simulate("github", "a secret of the test", &url, &["--fault", "good"]);
        assert_eq!(ended.status, 1, "{says}: {}", ended.stderr);
        assert!(ended.stdout.contains(says), "{says}: {}", ended.stdout);
        for text in [ended.stdout, ended.stderr] {
            assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text:?}");
        }
    }
}

/// A server that takes everything and never answers costs one waiting, not one for every fault.
#[test]
fn a_server_that_never_answers_is_asked_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut part = [0; 4096];
        // Ahead of an answer there may be any number of these.
        while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
        let _ = stream.read(&mut part);
        listener.set_nonblocking(true).unwrap();
        listener.accept().is_err()
    });
    let ended = simulate("github", "a secret of the test", &url, &["--simulate"]);
    assert_eq!(ended.status, 1);
    assert!(ended.stdout.contains("DIFFERS: no answer within 30 s"), "{}", ended.stdout);
    assert!(ended.stderr.contains("keeps a good one waiting"), "{}", ended.stderr);
    assert!(asked.join().unwrap(), "nothing else is asked");
}

#[test]
fn nobody_there_is_said_once() {
    let ended = simulate("github", "a secret of the test", "http://127.0.0.1:1/", &["--simulate", "--json"]);
    assert_eq!((ended.status, ended.stdout.as_str()), (1, ""));
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[test]
fn wrong_use_is_refused() {
    for (more, says) in [
        (&["--simulate", "--stale", "1h"][..], "cannot be used with"),
        (&["--fault", "good", "--duplicate", "2"], "cannot be used with"),
        (&["--fault", "evil"], "tamper-body"),
        (&["--secret-env", "HOOKPORTER_UNSET"], "HOOKPORTER_UNSET"),
        (&["--secret-env", VAR], "second key"),
        (&["--simulate", "--secret-env", VAR, "--secret-env", VAR], "at most two keys"),
        (&["--simulate", "--slow", "11m"], "at most ten minutes"),
        (&["--simulate", "--event", "a\r\nx-evil: 1"], "no HTTP request"),
    ] {
        let ended = simulate("github", "a secret of the test", "http://127.0.0.1:1/", more);
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{more:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(says), "{more:?}: {}", ended.stderr);
    }
}
