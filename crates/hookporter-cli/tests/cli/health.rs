//! What a running server shows of itself, and what anybody else may show in its place.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use axum::Router;
use hookporter::axum::{EndpointService, health};
use hookporter::{Endpoint, Event, Keyring, Secret};
use serde_json::{Value, json};

use crate::program::{Ended, VAR, program, run, send};
use crate::servers::serve;

const OLD: &str = "whsec_of_the_last_year";
const NEW: &str = "whsec_of_this_very_year";

async fn fails(_: Event) -> Result<(), std::fmt::Error> {
    Err(std::fmt::Error)
}

/// A server with an endpoint that has two keys, and one whose handler fails; its address.
fn server() -> String {
    let keys = Keyring::new().add(Secret::new(OLD).named("old")).add(Secret::new(NEW).named("new"));
    let stripe = Endpoint::stripe(keys).unwrap().ignore_other_types();
    let github = Endpoint::github(Secret::new("a secret of the test")).unwrap().otherwise(fails);
    let app = Router::new()
        .route_service("/stripe", EndpointService::new(stripe.clone()).unwrap())
        .route_service("/github", EndpointService::new(github.clone()).unwrap())
        .nest("/health", health([stripe, github]));
    serve(app).trim_end_matches("/in").to_owned()
}

/// A server that answers every request with these bytes.
fn answering(answer: impl Into<Vec<u8>>) -> String {
    let (listener, answer) = (TcpListener::bind("127.0.0.1:0").unwrap(), answer.into());
    let url = format!("http://{}/health", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(&answer);
            });
        }
    });
    url
}

fn page(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).into_bytes()
}

fn of(command: &str, url: &str, more: &[&str]) -> Ended {
    run("", [command, "--url", url].iter().chain(more))
}

#[test]
fn the_health_of_a_server_is_shown() {
    let base = server();
    let url = format!("{base}/health");
    let quiet = of("health", &url, &[]);
    assert_eq!((quiet.status, quiet.stderr.as_str()), (0, ""));
    let first = "light  endpoint  state        calls     errors  last accepted\n\
                 green  stripe    unknown          0          0  never\n";
    assert!(quiet.stdout.starts_with(first), "{}", quiet.stdout);
    assert_eq!(of("keys", &url, &[]).stdout, "no key has fitted since the server started\n");

    assert_eq!(send("stripe", OLD, &format!("{base}/stripe"), &[]), [200]);
    // The moments that keys fit at are told apart by the kernel's tick.
    thread::sleep(std::time::Duration::from_millis(30));
    assert_eq!(send("stripe", NEW, &format!("{base}/stripe"), &[]), [200]);
    for _ in 0..5 {
        assert_eq!(send("github", "a secret of the test", &format!("{base}/github"), &[]), [503]);
    }
    let red = of("health", &url, &[]);
    assert_eq!((red.status, red.stderr.as_str()), (1, ""));
    let lines: Vec<_> = red.stdout.lines().collect();
    assert!(lines[1].starts_with("green  stripe    active"), "{}", red.stdout);
    assert!(lines[2].starts_with("red    github    too-many-errors          5          5  never"), "{}", red.stdout);
    assert_eq!(lines[3], "red    unavailable: the last 5 events were told to come again: handoff-failed");
    assert!(lines[4].starts_with("       https://docs.rs/") && lines[4].ends_with("#handoff-failed"), "{}", red.stdout);
    assert!(!red.stdout.contains('\u{1b}'), "no colour in a pipe");

    let page = of("health", &url, &["--json"]);
    assert_eq!((page.status, page.stdout.lines().count()), (1, 1));
    assert_eq!(page.json()[0]["endpoints"][1]["alarms"][0]["alarm"], "unavailable");
    assert!(page.stdout.starts_with("{\"light\":\"red\","), "as the server has it: {}", page.stdout);

    let keys = of("keys", &url, &["--idle", "0"]);
    assert_eq!(keys.status, 0);
    let line = |key: &str| keys.stdout.lines().find(|line| line.contains(&format!("  {key} "))).unwrap().to_owned();
    let (_, idle) = line("old").split_once("idle for ").map(|(key, idle)| (key.to_owned(), idle.to_owned())).unwrap();
    assert!(idle.ends_with(" s, and `new` has fitted since: safe to remove"), "{}", keys.stdout);
    assert!(line("new").ends_with("no other key has fitted since: keep it"), "{}", keys.stdout);
    assert!(of("keys", &url, &[]).stdout.contains("wait until it is idle for 24 h"));
}

#[test]
fn what_a_stranger_shows_acts_upon_no_terminal() {
    let evil = "\u{1b}[2J\n\u{9b}\u{202e}evil";
    let key = json!({"id": evil, "last_used": evil});
    let alarm = json!({"alarm": evil, "light": evil, "message": evil, "guide": evil});
    let endpoint = json!({
        "endpoint": evil, "state": evil, "light": evil, "alarms": [alarm], "keys": [key], "last_accepted_age": u64::MAX,
    });
    let url = answering(page(&json!({"light": evil, "endpoints": [endpoint]}).to_string()));
    for (command, more) in [("health", &[][..]), ("health", &["--json"]), ("keys", &[]), ("keys", &["--json"])] {
        let ended = of(command, &url, more);
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ended.stdout.contains(acts), "{command}: {:?}", ended.stdout);
        if !more.is_empty() {
            assert_eq!(ended.json()[0]["light"], evil, "and nothing is lost");
        }
    }
}

#[test]
fn what_is_no_health_page_is_an_error() {
    let endless = [b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec(), vec![b' '; 9 << 20]].concat();
    for (answer, says) in [
        (page(""), "no health page"),
        (page("[1]"), "no health page"),
        (page(&"[".repeat(100_000)), "no health page"),
        (page("{\"light\": \"\u{1b}[2J\"}"), "no health page"),
        (page("\u{feff}{}"), "no health page"),
        (b"HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n".to_vec(), "answers 404; compare the path"),
        (b"HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\ncontent-length: 0\r\n\r\n".to_vec(), "answers 302"),
        (b"SSH-2.0-x\r\n".to_vec(), "http://127.0.0.1"),
        (b"".to_vec(), "http://127.0.0.1"),
        (endless, "length limit exceeded"),
    ] {
        let url = answering(answer);
        for command in ["health", "keys"] {
            let ended = of(command, &url, &[]);
            assert_eq!((ended.status, ended.stdout.as_str()), (1, ""), "{says}");
            assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(says), "{says}: {}", ended.stderr);
            assert!(!ended.stderr.chars().any(|c| c.is_control() && c != '\n'), "{:?}", ended.stderr);
        }
    }
    let nobody = of("health", "http://127.0.0.1:1/", &[]);
    assert!(nobody.status == 1 && nobody.stderr.contains("refused"), "{}", nobody.stderr);
    assert_eq!(of("keys", "https://a.example/", &[]).status, 2);
    assert_eq!(of("keys", "http://a.example/", &["--idle", "x"]).status, 2);
}

/// A page that never ends is given up after ten seconds.
#[test]
fn an_answer_that_never_ends_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/health", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        while stream.write_all(b"1\r\n \r\n").is_ok() {
            thread::sleep(std::time::Duration::from_millis(100));
        }
    });
    let ended = of("health", &url, &[]);
    assert!(ended.status == 1 && ended.stderr.contains("no whole answer within 10 s"), "{}", ended.stderr);
}

#[test]
fn every_shell_is_completed() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = run("", ["completions", shell]);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{shell}");
        for word in ["doctor", "simulate", "tampered", "providers"] {
            assert_eq!(ended.stdout.contains(word), word != "tampered", "{shell} {word}");
        }
    }
    assert_eq!(run("", ["completions", "dos"]).status, 2);
    let script = run("", ["completions", "bash"]).stdout;
    let completed = format!(
        "{script}\nCOMP_WORDS=(hookporter doc); COMP_CWORD=1; _hookporter hookporter doc hookporter; echo \"${{COMPREPLY[@]}}\""
    );
    let Ok(output) = std::process::Command::new("bash").args(["-c", &completed]).output() else {
        assert!(std::env::var_os("CI").is_none(), "bash is missing");
        return;
    };
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "doctor\n");
}

/// Whoever reads no further wants no more: that is no panic, and no error of ours.
#[test]
fn a_closed_pipe_is_no_error() {
    let url = format!("{}/health", server());
    let receiver = crate::program::Receiver::start("stripe", OLD, &[]);
    for args in [
        &["health", "--url", &url][..],
        &["health", "--url", &url, "--json"],
        &["keys", "--url", &url],
        &["completions", "bash"],
        &["init", "stripe"],
        &["doctor", "--provider", "stripe", "--secret-env", VAR],
        &["doctor", "--provider", "stripe", "--secret-env", VAR, "--url", &receiver.url, "--json"],
        &["send", "--provider", "stripe", "--secret-env", VAR, "--url", &receiver.url, "--simulate", "--slow", "0"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(OLD, args).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panic"), "{args:?}");
    }
}

/// In a terminal, which `script` makes.
#[test]
fn colours_are_for_terminals() {
    let url = format!("{}/health", server());
    let command = format!("{} health --url {url}", env!("CARGO_BIN_EXE_hookporter"));
    let shown = |set: &[(&str, &str)]| {
        let mut script = std::process::Command::new("script");
        script
            .args(["-qec", &command, "/dev/null"])
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .envs(set.iter().copied());
        script.output().ok().map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let Some(coloured) = shown(&[]) else {
        assert!(std::env::var_os("CI").is_none(), "script is missing");
        eprintln!("skipped: script is missing");
        return;
    };
    assert!(coloured.contains("\u{1b}[32mgreen\u{1b}[0m  stripe"), "{coloured:?}");
    for set in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let plain = shown(&[set]).unwrap();
        assert!(plain.contains("green  stripe") && !plain.contains('\u{1b}'), "{set:?}: {plain:?}");
    }
    let empty: Value = shown(&[("NO_COLOR", "")]).unwrap().contains("\u{1b}[32m").into();
    assert_eq!(empty, true, "an empty NO_COLOR is none");
}

#[test]
fn what_somebody_said_of_an_endpoint_is_shown() {
    let revoked: Vec<_> =
        (0..25).map(|at| json!({"endpoint": "stripe", "tenant": null, "key": format!("k{at}")})).collect();
    let endpoint = |name: &str, paused: &str, revoked: &Value| json!({"endpoint": name, "state": "stopped", "light": "green", "paused": paused, "revoked_keys": revoked});
    let one = json!([{"endpoint": "github", "tenant": "acme\u{1b}[2J", "key": "old"}]);
    let endpoints = [endpoint("github", "every-node", &one), endpoint("stripe", "this-process", &revoked.into())];
    let url = answering(page(&json!({"light": "green", "ready": true, "endpoints": endpoints}).to_string()));
    let shown = of("health", &url, &[]);
    let lines: Vec<_> = shown.stdout.lines().collect();
    assert_eq!((shown.status, lines.len()), (0, 27), "{}", shown.stdout);
    assert_eq!(lines[2], "       paused on every node; `hookporter inbox stats` says who");
    assert_eq!(lines[3], "       key `old` of tenant `acme\\u{1b}[2J` is revoked");
    assert_eq!((lines[5], lines[26]), ("       paused in this process", "       and 5 more"));
}

/// As a server shows them that shares its inbox with others.
#[test]
fn other_nodes_are_shown_and_what_is_red_there_counts() {
    use hookporter::UnixTime;
    use hookporter::nodes::{Agreed, Fleet, NodeSeen};
    use std::time::Duration;

    let report = json!([{
        "endpoint": "stripe", "provider": "stripe", "state": "too-many-errors", "light": "red",
        "alarms": [{ "alarm": "rejects-everything", "light": "red", "message": "it\u{1b}[31m accepted once" }],
        "totals": { "calls": 7, "errors": 5 }, "errors_in_a_row": 5, "last_error": null, "last_accepted": null,
    }]);
    let node = |name: &str, silent: u64, report: &Value| NodeSeen {
        name: name.to_owned(),
        is_here: silent == 0,
        started_at: UnixTime::from_secs(1_700_000_000),
        last_seen: UnixTime::from_secs(1_700_000_000),
        silent_for: Duration::from_secs(silent),
        every: Duration::from_secs(3),
        report: report.to_string(),
    };
    let nodes = [node("web-1", 0, &json!([])), node("web-2", 2, &report), node("web-3", 90, &json!([]))];
    let fleet = serde_json::to_value(Fleet::of(&nodes, &Agreed::new())).unwrap();
    let board = json!({ "light": "green", "ready": true, "endpoints": [], "fleet": fleet }).to_string();
    let shown = of("health", &answering(page(&board)), &[]);
    assert_eq!((shown.status, shown.stderr.as_str()), (1, ""), "{}", shown.stdout);
    let lines: Vec<_> = shown.stdout.lines().skip(2).collect();
    assert_eq!(lines[0], "light  node   state  last heard of");
    assert_eq!(lines[1], "green  web-1  up     0 s ago, this one");
    assert_eq!(lines[2], "red    web-2  up     2 s ago");
    assert!(lines[3].starts_with("red    stripe: it") && !shown.stdout.contains('\u{1b}'), "{}", shown.stdout);
    assert_eq!(lines[4], "amber  web-3  gone   1 min ago");
}
