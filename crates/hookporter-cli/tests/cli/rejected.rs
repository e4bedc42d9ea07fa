//! What was turned away, beside the receiver that turned it away.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::hostile::sqlite;
use crate::inbox::{numbers, place};
use crate::program::{Ended, Receiver, VAR, file, run, send};

pub(crate) const RIGHT: &str = "the secret that the sender has";
const WRONG: &str = "the secret of before the change";

pub(crate) fn of(path: &Path, key: &str, args: &[&str]) -> Ended {
    run(key, ["rejected", "--inbox", path.to_str().unwrap()].iter().chain(args))
}

fn recheck(path: &Path, key: &str, more: &[&str]) -> Ended {
    of(path, key, &[&["recheck", "--provider", "github", "--secret-env", VAR], more].concat())
}

/// A receiver with the wrong secret, which is sent so many events, each refused and kept.
pub(crate) fn refusing(more: &[&str], events: usize) -> (PathBuf, Receiver) {
    let path = place();
    let given = ["--inbox", path.to_str().unwrap(), "--quarantine"];
    let receiver = Receiver::start("github", WRONG, &[&given, more].concat());
    for at in 0..events {
        let body = file(format!(r#"{{"zen":"{at}"}}"#).as_bytes());
        assert_eq!(send("github", RIGHT, &receiver.url, &["--body", &body]), [401]);
    }
    kept(&path, events);
    (path, receiver)
}

/// Those that are kept, once they are so many, and the journal tells of as many.
fn kept(path: &Path, count: usize) -> Vec<Value> {
    for _ in 0..2000 {
        let listed = of(path, "", &["list", "--kept", "--json"]);
        assert_eq!(listed.status, 0, "{}", listed.stderr);
        let journal = of(path, "", &["list", "--requests", "--json"]).json().len();
        if listed.json().len() == count && journal >= count {
            return listed.json();
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("not kept");
}

#[test]
fn what_was_refused_is_judged_again_beside_the_receiver() {
    let (path, receiver) = refusing(&[], 3);
    let group = &of(&path, "", &["list", "--json"]).json()[0];
    assert_eq!((&group["endpoint"], &group["reason"]), (&"github".into(), &"invalid-signature".into()));
    assert_eq!((&group["requests"], &group["kept"]), (&3.into(), &3.into()));
    assert!(group["guide"].as_str().unwrap().ends_with("#invalid-signature"));

    let dry = recheck(&path, RIGHT, &["--all", "--dry-run"]);
    assert_eq!(dry.status, 0, "{}", dry.stderr);
    assert!(
        dry.stdout.ends_with("3 judged: 3 would be handed off, 0 would stay; nothing is changed\n"),
        "{}",
        dry.stdout
    );
    assert_eq!(recheck(&path, WRONG, &["--all", "--dry-run"]).status, 1);
    let still = recheck(&path, WRONG, &["--all", "--json"]);
    assert_eq!((still.status, &still.json()[0]["reason"]), (1, &"invalid-signature".into()), "{}", still.stderr);
    assert_eq!(still.json()[3]["stay"], 3);
    assert!(kept(&path, 3)[0]["judged_at"].is_i64());
    assert_eq!(numbers(&path, &["list"]), [0; 0], "nothing of it was handed off");

    let one = recheck(&path, RIGHT, &["2", "77"]);
    assert_eq!(one.status, 1, "{}", one.stderr);
    assert!(one.stdout.starts_with("       2  accepted\n1 judged: 1 handed off"), "{}", one.stdout);
    assert!(one.stderr.contains("request 77: none is kept of endpoint github"), "{}", one.stderr);
    let rest = recheck(&path, RIGHT, &["--all", "--json"]);
    assert_eq!((rest.status, &rest.json()[2]["handed_off"]), (0, &2.into()), "{}", rest.stderr);
    assert_eq!(rest.stderr, "", "a bar is for terminals");
    assert_eq!(numbers(&path, &["list"]).len(), 3);
    let none = recheck(&path, RIGHT, &["--all"]);
    assert_eq!((none.status, none.stdout.as_str()), (0, "no request is kept\n"), "{}", none.stderr);
    assert_eq!(receiver.end().0, 0);
    let group = &of(&path, "", &["list", "--json"]).json()[0];
    assert_eq!((&group["requests"], &group["kept"]), (&3.into(), &0.into()), "the journal tells of them all the same");
}

#[test]
fn an_event_that_came_again_is_a_duplicate_and_another_endpoint_is_left_alone() {
    let (path, receiver) = refusing(&[], 1);
    assert_eq!(receiver.end().0, 0);
    let number = kept(&path, 1)[0]["number"].to_string();
    let other = recheck(&path, RIGHT, &["--all", "--endpoint", "another"]);
    assert_eq!((other.status, other.stdout.as_str()), (0, "no request is kept\n"));
    assert!(other.stderr.contains("left alone (--endpoint NAME): github"), "{}", other.stderr);
    assert_eq!(recheck(&path, RIGHT, &[&number, "--endpoint", "another"]).status, 1);
    // A copy, as of a request that came twice.
    sqlite(
        &path,
        "INSERT INTO refused SELECT 900, trace, endpoint, reason, detail, arrived_at, judged_at, proof, body_bytes, weight, method, target, sealed_by, peer FROM refused;
         INSERT INTO refused_contents SELECT 900, headers, body FROM refused_contents",
    );
    let twice = recheck(&path, RIGHT, &["--all", "--json"]);
    assert_eq!(twice.status, 0, "{}", twice.stderr);
    let outcomes: Vec<_> = twice.json()[..2].iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["accepted", "duplicate"]);
    assert_eq!(numbers(&path, &["list"]).len(), 1, "once");
}

#[test]
fn a_kept_request_is_shown_without_what_it_proves_itself_by() {
    let (path, receiver) = refusing(&[], 1);
    let shown = of(&path, "", &["show", "1"]);
    assert_eq!(shown.status, 0, "{}", shown.stderr);
    for part in
        ["invalid-signature", "header      x-hub-signature-256: 71 bytes", "11 bytes, sha256 ", "#invalid-signature"]
    {
        assert!(shown.stdout.contains(part), "{part}: {}", shown.stdout);
    }
    let whole = &of(&path, "", &["show", "1", "--json"]).json()[0];
    assert_eq!((whole["body_bytes"].as_u64(), whole["body_sha256"].as_str().unwrap().len()), (Some(11), 64));
    for text in [&shown.stdout, &whole.to_string()] {
        assert!(!text.contains("sha256=") && !text.contains("zen"), "{text}");
    }
    let judge = |key: &str| {
        let args = ["show", "1", "--provider", "github", "--secret-env", VAR];
        (of(&path, key, &args).stdout, of(&path, key, &[&args[..], &["--json"]].concat()).json()[0]["judged"].clone())
    };
    let (text, judged) = judge(RIGHT);
    assert!(text.contains("its proof holds now") && judged["holds"] == true, "{text}");
    let (text, judged) = judge(WRONG);
    assert!(text.contains("still refused: ") && judged["reason"] == "invalid-signature", "{text}");
    let other = ["show", "1", "--provider", "slack", "--secret-env", VAR];
    let other = &of(&path, RIGHT, &[&other[..], &["--json"]].concat()).json()[0]["judged"];
    assert_eq!(
        (&other["reason"], &other["causes"][0]["cause"]),
        (&"missing-header".into(), &"other-sender".into()),
        "{other}"
    );
    assert_eq!(of(&path, "", &["show", "2"]).status, 1);
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn lists_have_filters_and_pages() {
    let (path, receiver) = refusing(&[], 3);
    assert_eq!(receiver.end().0, 0);
    let listed = |args: &[&str]| -> Vec<i64> {
        let ended = of(&path, "", &[&["list", "--json"], args].concat());
        ended.json().iter().map(|line| line["number"].as_i64().unwrap()).collect()
    };
    let all = listed(&["--requests"]);
    assert!(all.len() == 3 && all.is_sorted_by(|one, next| one > next), "the newest first: {all:?}");
    assert_eq!(listed(&["--requests", "--most", "1", "--before", &all[0].to_string()]), all[1..2]);
    assert_eq!(listed(&["--kept", "--most", "1", "--after", "1"]), [2]);
    for (args, count) in [
        (&["--endpoint", "github"][..], 3),
        (&["--endpoint", "another"], 0),
        (&["--reason", "invalid-signature"], 3),
        (&["--reason", "missing-header"], 0),
        (&["--since", "1h"], 3),
        (&["--since", "2999-01-01"], 0),
    ] {
        for list in ["--requests", "--kept"] {
            assert_eq!(listed(&[args, &[list]].concat()).len(), count, "{list} {args:?}");
        }
        let groups = of(&path, "", &[&["list", "--json"], args].concat()).json();
        assert_eq!(groups.len(), usize::from(count > 0), "{args:?}");
    }
    let line = &of(&path, "", &["list", "--requests", "--json"]).json()[0];
    assert_eq!((&line["kept"], &line["outcome"]), (&3.into(), &"rejected".into()), "{line}");
    let table = of(&path, "", &["list", "--requests", "--most", "2"]);
    assert!(table.stderr.contains(&format!("--before {}", all[1])), "{}", table.stderr);
    assert!(of(&path, "", &["list", "--reason", "nonsense"]).stderr.contains("invalid-signature"));
}

#[test]
fn nothing_is_forgotten_by_mistake() {
    let (path, receiver) = refusing(&[], 3);
    for args in [&["forget"][..], &["forget", "--endpoint", "github"], &["forget", "--all", "1"], &["recheck", "--all"]]
    {
        assert_eq!(of(&path, "", args).status, 2, "{args:?}");
    }
    assert_eq!(recheck(&path, RIGHT, &[]).status, 2);
    let two = of(&path, "", &["forget", "1", "9"]);
    assert_eq!((two.status, two.stdout.as_str()), (1, "1 request forgotten\n"));
    assert!(two.stderr.contains("request 9"), "{}", two.stderr);
    assert_eq!(of(&path, "", &["forget", "--reason", "missing-header", "--json"]).json()[0]["requests"], 0);
    assert_eq!(of(&path, "", &["forget", "2", "--endpoint", "another"]).status, 1);
    kept(&path, 2);
    assert_eq!(of(&path, "", &["forget", "--all"]).stdout, "2 requests forgotten\n");
    kept(&path, 0);
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn a_quarantine_is_off_unless_asked_for_and_refused_where_it_cannot_be() {
    let path = place();
    let receiver = Receiver::start("github", WRONG, &["--inbox", path.to_str().unwrap()]);
    assert_eq!(send("github", RIGHT, &receiver.url, &[]), [401]);
    assert_eq!(receiver.end().0, 0);
    let group = &of(&path, "", &["list", "--json"]).json()[0];
    assert_eq!((&group["requests"], &group["kept"]), (&1.into(), &0.into()));
    for (provider, key, more, says) in [
        ("gitlab-token", "a token of the test's, long", &["--quarantine"][..], "the proof is the secret itself"),
        ("xero", "a key of the test's, long enough", &["--quarantine", "--hold"], "--hold: not with xero"),
        ("github", RIGHT, &["--hold"], "--quarantine"),
        ("github", RIGHT, &["--quarantine", "--no-inbox"], "--no-inbox"),
    ] {
        let none = place();
        let given = ["receive", "--provider", provider, "--secret-env", VAR, "--listen", "127.0.0.1:0"];
        let inbox = ["--inbox", none.to_str().unwrap()];
        let inbox = if more.contains(&"--no-inbox") { &[][..] } else { &inbox };
        let ended = run(key, given.iter().chain(more).chain(inbox));
        assert_eq!(ended.status, 2, "{provider} {more:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(says), "{provider} {more:?}: {}", ended.stderr);
        assert!(!none.exists(), "no file is made for it");
    }
}

/// Five refusals of an endpoint that had accepted are its own fault.
#[test]
fn a_receiver_that_holds_answers_503_and_what_it_held_is_listed() {
    let path = place();
    let more = ["--inbox", path.to_str().unwrap(), "--quarantine", "--hold"];
    let receiver = Receiver::start("github", RIGHT, &more);
    let status = |key: &str| send("github", key, &receiver.url, &[])[0];
    assert_eq!(status(RIGHT), 200);
    let mut statuses = vec![status(WRONG)];
    // It looks at its own health every second.
    while statuses.last() != Some(&503) && statuses.len() < 100 {
        std::thread::sleep(Duration::from_millis(300));
        statuses.push(status(WRONG));
    }
    assert_eq!((statuses.first(), statuses.last()), (Some(&401), Some(&503)), "{statuses:?}");
    let all = statuses.len();
    kept(&path, all);
    let group = &of(&path, "", &["list", "--json"]).json()[0];
    assert_eq!((&group["requests"], &group["kept"]), (&all.into(), &all.into()), "held or not");
    assert_eq!(receiver.end().0, 0);
}
