//! Import: what an export wrote, into another file.

use std::path::Path;
use std::time::Duration;

use hookporter::inbox::{Accepted, AcceptingSide, Claim, EventRecord, Failure, Next, Settled, WorkingSide};
use hookporter::{Clock, Inbox, SystemClock};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::inbox::{of, place, record};
use crate::program::{Ended, file};

pub(crate) fn in_lane(id: &str, lane: &str) -> EventRecord {
    let mut record = record(id);
    record.lane = Some(lane.to_owned());
    record
}

/// Events in every state: 1 done, 2 dead, 3 worked just now, 4 waiting for its second attempt, 5 parked, 6 and 7 of one lane,
/// 8 without identity, 9 a dead letter that is edited.
pub(crate) fn fill(inbox: &(impl AcceptingSide + WorkingSide), runtime: &Runtime) {
    runtime.block_on(async {
        let now = SystemClock.now();
        let claim = async || {
            let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(600), most: 1, attempts: 5 };
            inbox.claim(claim).await.unwrap().leases.remove(0).id
        };
        let fail = async |next: Next| {
            let id = claim().await;
            let failure = Failure { now, error: "no such account".to_owned(), next };
            assert_eq!(inbox.fail(id, failure).await.unwrap(), Settled::Done);
        };
        let accept = async |record: EventRecord| {
            assert_eq!(inbox.accept(vec![record]).await.unwrap(), [Accepted::New]);
        };
        accept(record("evt_1")).await;
        assert!(inbox.complete(claim().await, now).await.is_ok());
        accept(record("evt_2\0\u{241b}")).await;
        fail(Next::Dead).await;
        accept(record("evt_3")).await;
        claim().await;
        accept(record("evt_4")).await;
        fail(Next::Due(now.plus(Duration::from_secs(3600)))).await;
        let mut parked = record("evt_5");
        (parked.parked, parked.tenant) = (true, Some("a tenant".to_owned()));
        parked.payload = Some(b"\xfe".to_vec().into());
        accept(parked).await;
        accept(in_lane("evt_6", "a")).await;
        accept(in_lane("evt_7", "a")).await;
        let mut distinct = record("evt_8");
        distinct.identity = None;
        distinct.parked = true;
        accept(distinct).await;
        let mut edited = record("evt_9");
        edited.parked = true;
        accept(edited).await;
    });
}

pub(crate) fn filled_file(runtime: &Runtime) -> std::path::PathBuf {
    let path = place();
    let inbox = runtime.block_on(Inbox::open(&path)).unwrap();
    fill(&inbox, runtime);
    runtime.block_on(inbox.close());
    assert_eq!(of(&path, &["edit", "9", "--body", &file(b"{\"mended\":true}"), "--reason", "why"]).status, 0);
    path
}

/// The last line.
pub(crate) fn summary(ended: &Ended) -> Value {
    ended.json().pop().unwrap_or_else(|| panic!("{ended:?}"))
}

/// What a move leaves as it is: all but the lease of an event that was worked.
pub(crate) fn moved(lines: &[Value]) -> Vec<Value> {
    let settled = |line: &Value| {
        let mut line = line.clone();
        if line["state"] == "working" || line["number"] == 3 {
            line["state"] = "waiting".into();
            line["due_ms"] = Value::Null;
            for attempt in line["attempt_log"].as_array_mut().unwrap() {
                (attempt["ended_ms"], attempt["outcome"]) = (Value::Null, Value::Null);
            }
        }
        // Due at once, by the clock of the other inbox.
        if line["lane"] != Value::Null {
            line["due_ms"] = line["due_ms"].is_null().into();
        }
        line
    };
    lines.iter().map(settled).collect()
}

fn import(path: &Path, args: &[&str]) -> Ended {
    of(path, &[&["import", "--json"], args].concat())
}

pub(crate) fn counts(imported: u64, known: u64) -> Value {
    json!({
        "imported": imported, "renumbered": 0, "due_again": u64::from(imported > 2), "already_there": known, "finished": 0,
        "refused": 0,
    })
}

#[test]
fn all_that_is_kept_comes_along_and_twice_is_once() {
    let (runtime, to) = (Runtime::new().unwrap(), place());
    let from = filled_file(&runtime);
    let exported = of(&from, &["export"]);
    let written = file(exported.stdout.as_bytes());
    assert_eq!(summary(&import(&to, &[&written])), counts(9, 0));
    assert_eq!(moved(&of(&to, &["export"]).json()), moved(&exported.json()));
    assert_eq!(summary(&import(&to, &[&written])), counts(0, 9));
    assert_eq!(moved(&of(&to, &["export"]).json()), moved(&exported.json()));
    let people = of(&to, &["import", &written]);
    assert_eq!((people.status, &*people.stdout), (0, "0 imported, 9 already there\n"));
    // What is there is known as if it had come there; what comes there has a number of its own.
    let inbox = runtime.block_on(Inbox::open(&to)).unwrap();
    runtime.block_on(async {
        let told = inbox.accept(vec![record("evt_1"), record("evt_4"), record("evt_10")]).await.unwrap();
        assert_eq!(told, [Accepted::Duplicate, Accepted::Duplicate, Accepted::New]);
    });
    let listed = of(&to, &["list", "--json"]).json();
    assert_eq!(listed.last().unwrap()["number"], 9 + 1000 + 1);
    // An event whose lease was not taken over is due, and that of the lane which is the first.
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(30), most: 100, attempts: 5 };
    let mut leases = runtime.block_on(inbox.claim(claim)).unwrap().leases;
    leases.sort_by_key(|lease| lease.id.number);
    let due: Vec<_> = leases.iter().map(|lease| (lease.id.number, lease.attempt)).collect();
    assert_eq!(due, [(3, 2), (6, 1), (1010, 1)]);
    runtime.block_on(inbox.close());
    assert_eq!(of(&to, &["edit", "9", "--restore"]).status, 0);
    let restored = of(&to, &["export", "9"]).json().remove(0);
    assert_eq!(restored["record"]["signed"], json!(["event_id"]));
}

/// Lines of which the first and the last four can be taken over, each but the first with something about it.
fn odd(lines: &[Value]) -> String {
    let with = |line: usize, pointer: &str, value: Value| {
        let mut line = lines[line].clone();
        *line.pointer_mut(pointer).unwrap() = value;
        line.to_string()
    };
    let swept = |state: &str| {
        let mut line = lines[0].clone();
        (line["record"], line["state"], line["number"]) = (Value::Null, state.into(), 40.into());
        line["identity"] = format!("swept, {state}").into();
        line
    };
    let mut of_old = swept("done");
    of_old.as_object_mut().unwrap().remove("claims");
    let text = [
        lines[0].to_string(),
        "not a line".to_owned(),
        with(1, "/form", 2.into()),
        String::new(),
        with(1, "/number", 0.into()),
        with(1, "/state", "resting".into()),
        with(1, "/record/sealed_by", "k\u{1b}1".into()),
        with(1, "/record/format", 2.into()),
        with(1, "/record/headers", json!([["x-a", "a\nx-b: c"]])),
        with(1, "/record/body", json!({ "base64": "?" })),
        with(1, "/original", lines[8]["original"].clone()),
        swept("waiting").to_string(),
        of_old.to_string(),
        swept("done").to_string(),
        // Another event of the same number: one with an identity, and one without.
        with(3, "/number", 1.into()),
        with(7, "/number", 1.into()),
        with(2, "/record/sealed_by", "k2".into()),
    ];
    text.join("\n")
}

/// Whatever is wrong with a line, the others are taken over, and it is said which one it was.
#[test]
fn lines_that_cannot_be_taken_over_are_named() {
    let (runtime, to) = (Runtime::new().unwrap(), place());
    let lines = of(&filled_file(&runtime), &["export"]).json();
    let written = file(odd(&lines).as_bytes());
    let ended = import(&to, &[&written, "--sealed-with", "k2"]);
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(ended.stderr.contains("12 lines are refused"), "{}", ended.stderr);
    let mut said = ended.json();
    assert_eq!(
        said.pop().unwrap(),
        json!({ "imported": 4, "renumbered": 1, "due_again": 1, "already_there": 0, "finished": 0, "refused": 12 })
    );
    let reasons: Vec<_> = said
        .iter()
        .map(|line| (line["line"].as_u64().unwrap(), line["refused"].as_str().unwrap().to_owned()))
        .collect();
    for (line, why) in [
        (2, "no line of an export"),
        (3, "of form 2"),
        (5, "above 0"),
        (6, "no state `resting`"),
        (7, "--sealed-with k\u{1b}1"),
        (8, "of form 2"),
        (9, "`x-a` cannot be one"),
        (10, "no line of an export"),
        (11, "what came in"),
        (12, "nothing is kept of its request"),
        (13, "export it anew"),
        (16, "another event has its number"),
    ] {
        assert!(reasons.iter().any(|(at, said)| *at == line && said.contains(why)), "{line} {why}: {reasons:?}");
    }
    let people = of(&to, &["import", &written]);
    assert!(people.stderr.contains("refused: line 7 (event 2): ") && !people.stderr.contains('\u{1b}'), "{people:?}");
    // Sealed contents are as they were.
    let sealed = of(&to, &["export", "3"]).json().remove(0);
    assert_eq!(
        (&sealed["record"]["sealed_by"], &sealed["record"]["body"]),
        (&"k2".into(), &lines[2]["record"]["body"])
    );
    // What is swept is still known.
    let again = of(&to, &["export", "40"]).json().remove(0);
    assert_eq!((&again["record"], &again["identity"]), (&Value::Null, &"swept, done".into()));
}

#[test]
fn exports_of_the_first_release_are_read() {
    let (runtime, to) = (Runtime::new().unwrap(), place());
    let lines = of(&filled_file(&runtime), &["export"]).json();
    let old: Vec<String> = lines
        .iter()
        .map(|line| {
            let mut line = line.clone();
            for name in ["identity", "provider", "api_version", "lane", "signed", "claims"] {
                line.as_object_mut().unwrap().remove(name);
            }
            line["record"].as_object_mut().unwrap().remove("trace");
            line.to_string()
        })
        .collect();
    assert_eq!(summary(&import(&to, &[&file(old.join("\n").as_bytes())])), counts(9, 0));
    let mut now = moved(&of(&to, &["export"]).json());
    // It did not say what the proof had covered of an edited one.
    (now[8]["signed"], now[8]["claims"]) = (lines[8]["signed"].clone(), lines[8]["claims"].clone());
    let mut before = moved(&lines);
    before.iter_mut().chain(&mut now).for_each(|line| line["record"]["trace"] = Value::Null);
    assert_eq!(now, before);
}

#[test]
fn what_is_no_export_makes_no_inbox() {
    let to = place();
    let absent = import(&to, &["/nowhere/at/all"]);
    assert_eq!((absent.status, to.exists()), (2, false), "{absent:?}");
    let beside = of(&to, &["import", &file(b""), "--schema", "x"]);
    assert_eq!((beside.status, to.exists()), (2, false), "{beside:?}");
    let empty = import(&to, &[&file(b"")]);
    assert_eq!((empty.status, summary(&empty)), (0, counts(0, 0)));
}
