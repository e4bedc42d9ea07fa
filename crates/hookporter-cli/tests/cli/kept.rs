//! What a receiver keeps, and where.

use crate::inbox::{numbers, of, place, settled};
use crate::program::{Receiver, VAR, file, program, send};

const KEY: &str = "whsec_of_the_test_123456";

/// What became of what was sent; the same event each time.
fn received(receiver: &mut Receiver, body: &str) -> String {
    assert_eq!(send("stripe", KEY, &receiver.url, &["--body", body]), [200]);
    receiver.line()["outcome"].as_str().unwrap().to_owned()
}

/// Whatever was acknowledged is there after a kill, and known.
#[test]
fn a_receiver_keeps_what_it_acknowledges() {
    let (path, body) = (place(), file(br#"{"id":"evt_1","type":"invoice.paid","api_version":"2025-08-27.basil"}"#));
    let old = file(br#"{"id":"evt_2","type":"invoice.paid","api_version":"2020-08-27"}"#);
    for adapter in ["tower", "actix"] {
        let inbox = path.with_extension(adapter);
        let more = ["--adapter", adapter, "--accept-version", "train:basil", "--inbox", inbox.to_str().unwrap()];
        let mut receiver = Receiver::start("stripe", KEY, &more);
        assert_eq!(received(&mut receiver, &body), "accepted", "{adapter}");
        assert_eq!(received(&mut receiver, &body), "duplicate", "{adapter}");
        // Killed, not ended.
        drop(receiver);
        let mut receiver = Receiver::start("stripe", KEY, &more);
        assert_eq!(received(&mut receiver, &body), "duplicate", "{adapter}");
        assert_eq!(received(&mut receiver, &old), "parked", "{adapter}");
        // Duplicates use numbers up.
        let listed = numbers(&inbox, &["list"]);
        assert_eq!((listed.len(), listed[0]), (2, 1));
        assert_eq!(numbers(&inbox, &["parked"]), listed[1..]);
        assert_eq!(receiver.end().0, 0);
        assert_eq!(of(&inbox, &["payload", "1"]).stdout.as_bytes(), std::fs::read(&body).unwrap());
    }
}

/// A directory of a test's own.
fn directory() -> std::path::PathBuf {
    let path = place();
    std::fs::create_dir(&path).unwrap();
    path
}

fn files(directory: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Where nobody says where, whoever fills an inbox and whoever looks into it mean the same file.
#[test]
fn an_inbox_is_in_the_current_directory_unless_named_or_unwanted() {
    let directory = directory();
    let mut receiver = Receiver::start_in(&directory, "stripe", KEY);
    let said = receiver.inbox.clone().unwrap();
    assert!(said.is_absolute() && said.ends_with("hooks.db"), "{}", said.display());
    assert_eq!(send("stripe", KEY, &receiver.url, &[]), [200]);
    let worked = receiver.worked();
    assert_eq!((&worked["worked"], &worked["attempt"], &worked["edited"]), (&1.into(), &1.into(), &false.into()));
    // Two looks at it are alike from then on.
    settled(&said, &[1]);
    let list = |more: &[&str]| {
        let mut command = program("", ["inbox", "list", "--json"].iter().chain(more));
        String::from_utf8(command.current_dir(&directory).output().unwrap().stdout).unwrap()
    };
    assert_eq!(list(&[]).lines().count(), 1);
    assert_eq!(list(&["--inbox", said.to_str().unwrap()]), list(&[]));

    let args = ["receive", "--provider", "github", "--secret-env", VAR, "--listen", "127.0.0.1:0"];
    let second = program("a secret that is long enough", args).current_dir(&directory).output().unwrap();
    let complaint = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("--inbox FILE") && complaint.contains("--no-inbox"), "{complaint}");
    assert_eq!(receiver.end().0, 0);
    assert_eq!(list(&[]).lines().count(), 1);
}

#[test]
fn what_is_refused_or_wants_no_inbox_leaves_no_file() {
    let directory = directory();
    let args = ["receive", "--provider", "stripe", "--secret-env", VAR, "--listen", "127.0.0.1:0"];
    for more in [&["--path", "no"][..], &["--accept-version", "2025"], &["--public-url", "x"]] {
        let mut command = program(KEY, args.iter().chain(more));
        assert_eq!(command.current_dir(&directory).output().unwrap().status.code(), Some(2), "{more:?}");
    }
    let mut command = program("", ["demo", "--once", "--listen", "127.0.0.1:0"]);
    assert!(command.current_dir(&directory).output().unwrap().status.success());
    assert_eq!(files(&directory), [""; 0]);
}

/// What was shown is done; what was not is shown at the next start.
#[test]
fn every_event_is_worked_once_it_is_shown() {
    let path = place();
    let more = ["--inbox", path.to_str().unwrap()];
    let mut receiver = Receiver::start("stripe", KEY, &more);
    assert_eq!(send("stripe", KEY, &receiver.url, &["--event", "invoice.paid"]), [200]);
    let worked = receiver.worked();
    assert_eq!((&worked["event_type"], &worked["provider"]), (&"invoice.paid".into(), &"stripe".into()));
    assert_eq!(receiver.line()["outcome"], "accepted");
    // The receiver's end waits a second for a slow disk, and not longer.
    settled(&path, &[1]);
    assert_eq!(receiver.end(), (0, vec![]));
    let stats = &of(&path, &["stats", "--json"]).json()[0];
    assert_eq!((&stats["done"], &stats["waiting"]), (&1.into(), &0.into()));
}

#[test]
fn lines_for_people_say_where_events_are_kept_and_which_are_worked() {
    use std::io::{BufRead, BufReader};
    let path = place();
    let args = ["receive", "--provider", "stripe", "--secret-env", VAR, "--listen", "127.0.0.1:0", "--inbox"];
    let mut command = program(KEY, args);
    let mut child = command.arg(&path).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url = lines.next().unwrap().strip_prefix("listening on ").unwrap().to_owned();
    let second = lines.next().unwrap();
    assert!(second.starts_with(&format!("keeping events in {}; ", path.display())), "{second}");
    send("stripe", KEY, &url, &["--event", "invoice.\u{1b}[2Jpaid"]);
    let two = [lines.next().unwrap(), lines.next().unwrap()];
    let worked = two.iter().find(|line| line.starts_with("worked ")).unwrap();
    assert!(worked.contains("  stripe  invoice.\\u{1b}[2Jpaid  evt_") && worked.contains("  event 1  "), "{worked}");
    child.kill().unwrap();
    child.wait().unwrap();
}
