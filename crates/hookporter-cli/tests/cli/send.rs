use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;

use crate::program::{Ended, VAR, file, program, run};

/// Answers one request with this status; what it was sent.
fn answering(status: u16) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/in?x=1", listener.local_addr().unwrap());
    let seen = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut part = [0; 4096];
        while !request.ends_with(b"}") {
            let read = stream.read(&mut part).unwrap();
            assert_ne!(read, 0);
            request.extend_from_slice(&part[..read]);
        }
        stream.write_all(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n").as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (url, seen)
}

#[test]
fn a_body_is_sent_as_it_is_whatever_the_answer() {
    let (url, seen) = answering(418);
    let args = ["send", "--provider", "github", "--secret-env", VAR, "--url", &url, "--body", "-", "--event", "ping"];
    let mut child = program("a secret of the test", args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"{ \"zen\": \"\\u00e9\" }").unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.starts_with("418  ") && ended.stdout.ends_with("s\n"), "{}", ended.stdout);
    let request = seen.join().unwrap();
    assert!(request.starts_with("POST /in?x=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nx-github-event: ping\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{ \"zen\": \"\\u00e9\" }"), "{request}");
}

#[test]
fn json_has_status_and_latency() {
    let (url, seen) = answering(503);
    let args = ["send", "--provider", "slack", "--secret-env", VAR, "--url", &url, "--json"];
    let line = run("8f742231b10e8888abcd99yyyzzz85a5", args).json().remove(0);
    assert_eq!(line["status"], 503);
    assert!(line["latency_us"].as_u64().is_some() && line["error"].is_null(), "{line}");
    seen.join().unwrap();
}

#[test]
fn nobody_there_is_a_failure() {
    let url = "http://127.0.0.1:1/";
    let ended = run("a secret of the test", ["send", "--provider", "github", "--secret-env", VAR, "--url", url]);
    assert_eq!((ended.status, ended.stdout.as_str()), (1, ""));
    assert!(ended.stderr.contains("refused"), "{}", ended.stderr);
}

#[test]
fn forms_and_json_of_one_sender_are_told_apart() {
    let key = hookporter_testkit::keys("twilio").unwrap().receiver;
    let mut receiver = crate::program::Receiver::start("twilio", key, &[]);
    for body in [br#"{"a": 1}"#.as_slice(), b"Body=Ahoy&From=%2B1415", b""] {
        let body = file(body);
        assert_eq!(crate::program::send("twilio", key, &receiver.url, &["--body", &body]), [200]);
        assert_eq!(receiver.line()["outcome"], "accepted");
    }
}

#[test]
fn the_url_that_is_signed_may_be_another() {
    let key = hookporter_testkit::keys("twilio").unwrap().receiver;
    let public = "https://hooks.example/twilio";
    let mut receiver = crate::program::Receiver::start("twilio", key, &["--public-url", public]);
    assert_eq!(crate::program::send("twilio", key, &receiver.url, &["--public-url", public]), [200]);
    assert_eq!(receiver.line()["outcome"], "accepted");
    assert_eq!(crate::program::send("twilio", key, &receiver.url, &[]), [401]);
}
