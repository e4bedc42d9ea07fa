//! Mending from a terminal, beside a receiver that runs.

use std::path::Path;
use std::time::Duration;

use hookporter_testkit::inbox::Stopwatch;
use tokio::runtime::Runtime;

use crate::inbox::{filled, numbers, of, place, settled};
use crate::program::{Receiver, file, send};

const KEY: &str = "whsec_of_the_test_123456";

/// A receiver on an inbox with a dead letter (1) and a parked event (3); what waited (2) is worked.
fn receiver(path: &Path) -> Receiver {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(filled(path, &runtime).close());
    let mut receiver = Receiver::start("stripe", KEY, &["--inbox", path.to_str().unwrap()]);
    assert_eq!(receiver.worked()["worked"], 2);
    settled(path, &[2]);
    receiver
}

/// The next event that is worked, but for those that are sent to wake the worker.
fn next_worked(receiver: &mut Receiver) -> serde_json::Value {
    assert_eq!(send("stripe", KEY, &receiver.url, &[]), [200]);
    loop {
        let worked = receiver.worked();
        if worked["provider"] != "stripe" {
            return worked;
        }
    }
}

#[test]
fn a_dead_letter_is_looked_at_edited_and_worked_again() {
    let path = place();
    let mut receiver = receiver(&path);
    assert_eq!(numbers(&path, &["dead"]), [1]);
    assert!(of(&path, &["show", "1"]).stdout.contains("no such account"));

    let body = file(br#"{"n":2}"#);
    let edited = of(&path, &["edit", "1", "--body", &body, "--reason", "n was\u{1b}[2J wrong"]);
    assert_eq!((edited.status, edited.stdout.starts_with("1 event")), (0, true), "{}", edited.stderr);
    assert!(edited.stderr.contains("requeue 1"), "{}", edited.stderr);
    let shown = of(&path, &["show", "1"]).stdout;
    for part in
        ["event 1, dead, edited", "proven       origin", "7 bytes", "n was\\u{1b}[2J wrong", "10 bytes", "--original"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(of(&path, &["payload", "1"]).stdout, r#"{"n":2}"#);
    let original =
        crate::program::program("", ["inbox", "--inbox", path.to_str().unwrap(), "payload", "1", "--original"]);
    assert_eq!({ original }.output().unwrap().stdout, b"{\"n\":1}\r\n\xff");
    assert_eq!(numbers(&path, &["dead"]), [1], "it is still set aside");

    assert_eq!(of(&path, &["requeue", "1"]).status, 0);
    let worked = next_worked(&mut receiver);
    assert_eq!((&worked["worked"], &worked["edited"], &worked["body_bytes"]), (&1.into(), &true.into(), &7.into()));
    settled(&path, &[1]);
    assert_eq!(of(&path, &["edit", "1", "--body", &body]).status, 1, "it is done");

    // And what was parked.
    assert_eq!(of(&path, &["release", "--endpoint", "billing"]).status, 0);
    assert_eq!(next_worked(&mut receiver)["worked"], 3);
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn what_came_in_is_put_back() {
    let path = place();
    let receiver = receiver(&path);
    let body = file(b"no JSON");
    assert_eq!(of(&path, &["edit", "3", "--restore"]).status, 1, "it is as it came");
    assert_eq!(of(&path, &["payload", "3", "--original"]).status, 1);
    let edited = of(&path, &["edit", "3", "--body", &body, "--json"]);
    assert_eq!((edited.status, edited.stderr.as_str(), &edited.json()[0]["events"]), (0, "", &1.into()));
    assert_eq!(of(&path, &["edit", "3", "--restore"]).status, 0);
    let whole = &of(&path, &["show", "3", "--json"]).json()[0];
    assert_eq!((&whole["edited"], &whole["body_bytes"]), (&false.into(), &10.into()));
    for wrong in
        [&["edit", "3"][..], &["edit", "3", "--body", "no/such/file"], &["edit", "3", "--restore", "--body", &body]]
    {
        assert_eq!(of(&path, wrong).status, 2, "{wrong:?}");
    }
    assert_eq!(of(&path, &["edit", "99", "--body", &body]).status, 1);
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn a_body_that_is_json_no_more_is_warned_of() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    let inbox = filled(&path, &runtime);
    let mut record = crate::inbox::record("evt_json");
    (record.body, record.parked) = ("{}".into(), true);
    runtime.block_on(hookporter::inbox::AcceptingSide::accept(&inbox, vec![record])).unwrap();
    let number = numbers(&path, &["parked"])[1].to_string();
    let warned = |body: &[u8]| of(&path, &["edit", &number, "--body", &file(body)]).stderr.contains("warning");
    assert!(!warned(b"[1]") && warned(b"[1"));
    runtime.block_on(inbox.close());
}

#[test]
fn dropped_and_erased_beside_a_receiver() {
    let path = place();
    let receiver = receiver(&path);
    assert_eq!(of(&path, &["drop", "--state", "dead"]).status, 0);
    assert_eq!(numbers(&path, &["list", "--state", "done"]), [1, 2]);
    let erased = of(&path, &["erase", "1", "3", "88"]);
    assert_eq!((erased.status, erased.stdout.starts_with("2 events")), (1, true), "{}", erased.stderr);
    assert!(erased.stderr.contains("event 88:"), "{}", erased.stderr);
    assert_eq!(numbers(&path, &["list"]), [2]);
    // The receiver goes on.
    assert_eq!(send("stripe", KEY, &receiver.url, &[]), [200]);
    assert_eq!(receiver.end().0, 0);
}

/// Nobody wakes the receiver: it sees for itself that another process wrote, and does not look every half minute only.
#[test]
fn a_running_receiver_takes_it_up_within_a_second() {
    let path = place();
    let mut receiver = receiver(&path);
    for [deed, number] in [["requeue", "1"], ["release", "3"], ["replay", "2"]] {
        // Idle for long enough that its worker waits.
        std::thread::sleep(Duration::from_millis(500));
        let ended = of(&path, &[deed, number]);
        assert_eq!(ended.status, 0, "{deed} {number}: {}", ended.stderr);
        // The other process has written by now.
        let watch = Stopwatch::start();
        assert_eq!(receiver.worked()["worked"].to_string(), number);
        assert!(watch.elapsed() < Duration::from_secs(2), "{deed}: {:?}", watch.elapsed());
    }
    assert_eq!(receiver.end().0, 0);
}
