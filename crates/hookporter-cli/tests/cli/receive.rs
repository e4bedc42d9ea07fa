use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use crate::program::{Receiver, VAR, program, send};

const KEY: &str = "whsec_of_the_command_line";

fn authority(url: &str) -> &str {
    url.strip_prefix("http://").unwrap().split('/').next().unwrap()
}

/// Writes bytes to a receiver; the status of its answer.
fn raw(url: &str, request: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(authority(url)).unwrap();
    stream.write_all(request).unwrap();
    let mut first = String::new();
    // Not to the end: a server may linger for what else is sent.
    BufReader::new(stream).read_line(&mut first).unwrap();
    first.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_captured_request_is_judged_at_its_own_time() {
    let request = hookporter_testkit::stripe(KEY).at(hookporter::UnixTime::from_secs(1_600_000_000)).build();
    for adapter in ["tower", "actix"] {
        for (at, status, outcome) in [("1600000300", 200, "accepted"), ("1600000301", 401, "rejected")] {
            let mut receiver = Receiver::start("stripe", KEY, &["--adapter", adapter, "--at", at]);
            assert_eq!(raw(&receiver.url, &request.to_http1(authority(&receiver.url))), status, "{adapter} {at}");
            assert_eq!(receiver.line()["outcome"], outcome, "{adapter} {at}");
            assert_eq!(receiver.end().0, 0);
        }
    }
}

#[test]
fn other_paths_are_no_webhooks_and_other_methods_are_refused() {
    for adapter in ["tower", "actix"] {
        let mut receiver = Receiver::start("stripe", KEY, &["--adapter", adapter, "--path", "/hooks/in.1"]);
        assert!(receiver.url.ends_with("/hooks/in.1"), "{}", receiver.url);
        let at = |line: &str| format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        for line in ["POST /", "POST /hooks/in.1/", "POST /hooks/in-1", "GET /webhooks/stripe"] {
            assert_eq!(raw(&receiver.url, at(line).as_bytes()), 404, "{adapter} {line}");
        }
        assert_eq!(raw(&receiver.url, at("GET /hooks/in.1?x=1").as_bytes()), 405, "{adapter}");
        let line = receiver.line();
        assert_eq!(
            (&line["reason"], &line["outcome"]),
            (&"method-not-allowed".into(), &"rejected".into()),
            "{adapter}"
        );
        assert_eq!(receiver.end(), (0, vec![]), "{adapter}");
    }
}

#[test]
fn versions_that_are_not_accepted_are_told_to_come_again() {
    let mut receiver = Receiver::start("stripe", KEY, &["--accept-version", "train:acacia", "2024*"]);
    assert_eq!(send("stripe", KEY, &receiver.url, &[]), [503]);
    let line = receiver.line();
    assert_eq!(line["reason"], "version-not-handled", "{line}");
    assert_eq!(line["outcome"], "unavailable", "{line}");
    assert_eq!(line["api_version"], "2025-08-27.basil", "{line}");
    assert_eq!(receiver.end().0, 0);
    let mut receiver =
        Receiver::start("stripe", KEY, &["--accept-version", "train:acacia", "--accept-version", "2025*"]);
    assert_eq!(send("stripe", KEY, &receiver.url, &[]), [200]);
    assert_eq!(receiver.line()["outcome"], "accepted");
}

#[test]
fn tolerances_can_be_set() {
    let more = ["--tolerance", "10s", "--future-tolerance", "1h"];
    let mut receiver = Receiver::start("stripe", KEY, &more);
    assert_eq!(send("stripe", KEY, &receiver.url, &["--stale", "30"]), [401]);
    assert_eq!(receiver.line()["reason"], "timestamp-too-old");
    assert_eq!(send("stripe", KEY, &receiver.url, &["--future", "50m"]), [200]);
    assert_eq!(receiver.line()["outcome"], "accepted");
}

#[test]
fn handshakes_are_answered_and_shown() {
    let keys = hookporter_testkit::discord_keys();
    let mut receiver = Receiver::start("discord", keys.receiver, &["--adapter", "actix"]);
    let ping = crate::program::file(br#"{"type":1}"#);
    assert_eq!(send("discord", keys.sender, &receiver.url, &["--body", &ping]), [200]);
    let line = receiver.line();
    assert_eq!((&line["outcome"], &line["event_id"]), (&"handshake".into(), &serde_json::Value::Null), "{line}");
}

#[test]
fn a_public_url_is_what_the_sender_signs() {
    let key = hookporter_testkit::keys("twilio").unwrap().receiver;
    let public = "https://hooks.example/in";
    let mut receiver = Receiver::start("twilio", key, &["--public-url", public]);
    let signed = hookporter_testkit::twilio(key).url(public).target("/webhooks/twilio").build();
    assert_eq!(raw(&receiver.url, &signed.to_http1(authority(&receiver.url))), 200);
    assert_eq!(receiver.line()["outcome"], "accepted");
    assert_eq!(send("twilio", key, &receiver.url, &[]), [401]);
    assert_eq!(receiver.line()["reason"], "invalid-signature");
}

#[test]
fn lines_for_people_say_what_happened_and_act_upon_no_terminal() {
    let args = ["receive", "--provider", "stripe", "--secret-env", VAR, "--listen", "127.0.0.1:0", "--no-inbox"];
    let mut child = program(KEY, args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let url = first.strip_prefix("listening on ").unwrap();
    send("stripe", KEY, url, &["--event", "invoice.\u{1b}[2Jpaid"]);
    send("stripe", KEY, url, &["--stale", "400"]);
    let accepted = lines.next().unwrap();
    assert!(accepted.starts_with("accepted   200  stripe  invoice.\\u{1b}[2Jpaid  evt_"), "{accepted}");
    assert!(accepted.contains(&format!("  key {VAR}  ")), "{accepted}");
    let rejected = lines.next().unwrap();
    assert!(rejected.starts_with("rejected   401  stripe  timestamp-too-old: 40"), "{rejected}");
    assert!(rejected.ends_with(" s old, at most 300 s allowed"), "{rejected}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_closed_stdout_stops_no_receiver() {
    let args = ["receive", "--provider", "stripe", "--secret-env", VAR, "--listen", "127.0.0.1:0", "--no-inbox"];
    let mut child = program(KEY, args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    drop(lines);
    let url = first.trim_end().strip_prefix("listening on ").unwrap();
    for _ in 0..3 {
        assert_eq!(send("stripe", KEY, url, &[]), [200]);
    }
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let mut complaints = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{complaints}");
    assert!(complaints.contains("stdout is closed") && !complaints.contains("panic"), "{complaints}");
}

#[test]
fn a_reader_that_is_too_slow_keeps_no_sender_waiting() {
    let receiver = Receiver::start("stripe", KEY, &[]);
    // More than a pipe and the printer hold, and nobody reads.
    let statuses = send("stripe", KEY, &receiver.url, &["--duplicate", "3000", "--concurrent", "20"]);
    assert_eq!(statuses.len(), 3000);
    assert!(statuses.iter().all(|status| *status == 200));
}
