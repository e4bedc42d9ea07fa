//! An inbox in a PostgreSQL server of the test's own, from a terminal.

#[path = "../../../hookporter-postgres/tests/inbox/server.rs"]
#[expect(dead_code, reason = "the store's own tests need more of it")]
mod server;

use std::time::Duration;

use hookporter::inbox::{AcceptingSide, Claim, Failure, Next, Settled, WorkingSide};
use hookporter::{Clock, Inbox, SystemClock};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::inbox::{of, place, record};
use crate::program::{Ended, Receiver, VAR, file, program, run, send};
pub(crate) use server::Server;

const KEY: &str = "whsec_of_the_test_123456";
const PASSWORD: &str = "canary-of-the-database-7f3a";

/// Runs `inbox` on this inbox.
pub(crate) fn at(url: &str, args: &[&str]) -> Ended {
    run("", ["inbox", "--inbox", url].iter().chain(args))
}

fn filled(inbox: &(impl AcceptingSide + WorkingSide), runtime: &Runtime) {
    runtime.block_on(async {
        let mut parked = record("evt_3");
        parked.parked = true;
        for record in [record("evt_1"), record("evt_2"), parked] {
            assert_eq!(inbox.accept(vec![record]).await.unwrap().len(), 1);
        }
        let now = SystemClock.now();
        let claim = Claim { now, lease: Duration::from_secs(30), most: 1, attempts: 5 };
        let id = inbox.claim(claim).await.unwrap().leases[0].id;
        let failure = Failure { now, error: "no such account".to_owned(), next: Next::Dead };
        assert_eq!(inbox.fail(id, failure).await.unwrap(), Settled::Done);
    });
}

/// Without what differs from engine to engine, and from moment to moment.
fn alike(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let passing = [
                "due_at",
                "due_ms",
                "started_at",
                "started_ms",
                "ended_at",
                "ended_ms",
                "finished_ms",
                "edited_at",
                "edited_ms",
                // What is said for every node, where there can be several.
                "paused",
                "revoked_keys",
            ];
            members.retain(|name, _| !name.ends_with("_bytes") && !passing.contains(&name.as_str()));
            members.values_mut().for_each(alike);
        }
        Value::Array(values) => values.iter_mut().for_each(alike),
        _ => {}
    }
}

/// What a command ended with, and said.
fn said(ended: &Ended) -> (i32, Vec<Value>, String) {
    let lines = ended.stdout.lines().map(|line| {
        let mut line = serde_json::from_str(line).unwrap_or_else(|_| line.into());
        alike(&mut line);
        line
    });
    (ended.status, lines.collect(), ended.stderr.clone())
}

/// Every command says on one engine what it says on the other.
#[test]
fn commands_are_the_same_on_both_engines() {
    let Some(server) = Server::start() else { return };
    let (path, runtime, url) = (place(), Runtime::new().unwrap(), server.url());
    let in_file = runtime.block_on(Inbox::open(&path)).unwrap();
    let in_database = runtime.block_on(server.settings("hookporter").connect(&url)).unwrap();
    filled(&in_file, &runtime);
    filled(&in_database, &runtime);
    let body = file(b"{\"n\":2}");
    for args in [
        &["list", "--json"][..],
        &["list", "--json", "--state", "waiting"],
        &["list", "--json", "--after", "1", "--most", "1"],
        &["list", "--json", "--endpoint", "nobody"],
        &["list", "--json", "1", "3"],
        &["dead", "--json"],
        &["parked", "--json"],
        &["show", "1", "--json"],
        &["show", "99"],
        &["payload", "1", "--original"],
        &["stats", "--json"],
        &["export"],
        &["edit", "2", "--body", &body],
        &["edit", "1", "--body", &body, "--reason", "why", "--json"],
        &["edit", "99", "--body", &body],
        &["payload", "1"],
        &["export", "1"],
        &["edit", "1", "--restore", "--json"],
        &["edit", "1", "--restore"],
        &["requeue"],
        &["replay", "--all", "--dry-run", "--json"],
        &["replay", "1", "--reason", "why", "--json"],
        &["verdicts", "1", "--json"],
        &["verdicts", "9"],
        &["requeue", "1", "2", "3", "--json"],
        &["release", "--all", "--json"],
        &["drop", "--state", "dead", "--json"],
        &["list", "--json"],
        &["erase", "1", "77", "--json"],
        &["list", "--json"],
    ] {
        let (file, database) = (of(&path, args), at(&url, args));
        assert_eq!(said(&database), said(&file), "{args:?}");
    }
    let body = program("", ["inbox", "--inbox", &url, "payload", "3"]).output().unwrap();
    assert_eq!(body.stdout, b"{\"n\":1}\r\n\xff", "byte for byte");
    runtime.block_on(in_file.close());
    runtime.block_on(in_database.close());
}

/// What is said once it is of so many lines.
fn once(ended: &dyn Fn() -> Ended, count: usize) -> Vec<Value> {
    let began = Instant::now();
    loop {
        let found = ended();
        if found.status == 0 && found.json().len() == count {
            return found.json();
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{found:?}");
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// The journal and the quarantine, beside the receiver that writes them.
#[test]
fn what_was_refused_is_judged_again_and_requests_are_followed() {
    let Some(server) = Server::start() else { return };
    let url = server.url();
    let (right, wrong) = ("the secret that the sender has", "the secret of before the change");
    let place = ["--inbox", &url, "--schema", "shown"];
    let receiver = Receiver::start("github", wrong, &[&place[..], &["--quarantine"]].concat());
    for at in 0..3 {
        let body = file(format!(r#"{{"zen":"{at}"}}"#).as_bytes());
        assert_eq!(send("github", right, &receiver.url, &["--body", &body]), [401]);
    }
    let rejected = |key: &str, args: &[&str]| run(key, [&["rejected"], &place[..], args].concat());
    let kept = once(&|| rejected("", &["list", "--kept", "--json"]), 3);
    let first = kept[0]["number"].as_i64().unwrap().to_string();
    once(&|| rejected("", &["list", "--requests", "--json"]), 3);
    let group = &rejected("", &["list", "--json"]).json()[0];
    assert_eq!((&group["requests"], &group["kept"]), (&3.into(), &3.into()));
    let shown = rejected(right, &["show", &first, "--provider", "github", "--secret-env", VAR]);
    assert!(shown.stdout.contains("its proof holds now"), "{shown:?}");
    let judge = ["--provider", "github", "--secret-env", VAR, "--json"];
    let still = rejected(wrong, &[&["recheck", "--all"], &judge[..]].concat());
    assert_eq!((still.status, &still.json()[3]["stay"]), (1, &3.into()), "{still:?}");
    let one = rejected(right, &[&["recheck", &*first], &judge[..]].concat());
    assert_eq!((one.status, &one.json()[1]["handed_off"]), (0, &1.into()), "{one:?}");
    let forgotten = rejected("", &["forget", "--reason", "invalid-signature", "--json"]);
    assert_eq!(forgotten.json()[0]["requests"], 2, "{forgotten:?}");
    once(&|| at(&url, &["--schema", "shown", "list", "--state", "done", "--json"]), 1);

    let tail = |more: &[&str]| run("", [&["tail", &*url, "--schema", "shown", "--once", "--json"], more].concat());
    let lines = once(&|| tail(&[]), 3);
    assert_eq!(lines[0]["reason"], "invalid-signature");
    assert_eq!(tail(&["--last", "1"]).json().len(), 1);
    assert_eq!(send("github", wrong, &receiver.url, &[]), [200]);
    let lines = once(&|| tail(&["--outcome", "accepted"]), 1);
    let number = lines[0]["event"].as_i64().unwrap().to_string();
    // An erasure takes the request along that told of it.
    assert_eq!(at(&url, &["--schema", "shown", "erase", &number]).status, 0);
    once(&|| tail(&["--outcome", "accepted"]), 0);
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn what_is_not_there_is_said_in_a_line() {
    let Some(server) = Server::start() else { return };
    let url = server.url();
    for command in [&["list"][..], &["stats"], &["requeue", "--all"], &["erase", "1"], &["export"], &["verdicts"]] {
        let ended = at(&url, command);
        assert_eq!(ended.status, 2, "{command:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("there is no inbox in the schema `hookporter`"), "{}", ended.stderr);
    }
    for (args, status, says) in [
        (&["inbox", "--inbox", &url, "--schema", "No Name", "list"][..], 2, "no name for a schema"),
        (&["inbox", "--inbox", "hooks.db", "--schema", "x", "list"], 2, "only a PostgreSQL inbox"),
        (&["inbox", "--inbox", "postgres://[", "--schema", "x", "stats"], 2, "no address"),
        (&["inbox", "--inbox", "postgres://x@127.0.0.1:1/x", "stats"], 1, "cannot be reached"),
        (&["receive", "--provider", "stripe", "--secret-env", VAR, "--inbox", &url], 2, "--schema NAME"),
    ] {
        let ended = run(KEY, args);
        assert!(ended.status == status && ended.stderr.contains(says), "{args:?}: {ended:?}");
    }
    let schemas = Runtime::new().unwrap().block_on(async {
        let pool = server.pool().await;
        server::number(&pool, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'hook%'").await
    });
    assert_eq!(schemas, 0, "whoever looks makes nothing");
}

fn receiver(url: &str) -> Receiver {
    Receiver::start("stripe", KEY, &["--inbox", url, "--schema", "shown"])
}

#[test]
fn a_receiver_keeps_what_it_acknowledges_in_a_database() {
    let Some(server) = Server::start() else { return };
    let (url, body) = (server.url(), file(br#"{"id":"evt_1","type":"invoice.paid"}"#));
    let mut one = receiver(&url);
    let sent = |receiver: &mut Receiver| {
        assert_eq!(send("stripe", KEY, &receiver.url, &["--body", &body]), [200]);
        receiver.line()["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(sent(&mut one), "accepted");
    assert_eq!(one.worked()["worked"], 1);
    // Shown a moment before that is written; killed in between it would leave the event to its lease.
    let done = || at(&url, &["--schema", "shown", "list", "--state", "done", "--json"]);
    once(&done, 1);
    // Another node of the same inbox, and then the first one is killed.
    let mut two = receiver(&url);
    assert_eq!(sent(&mut two), "duplicate");
    drop(one);
    assert_eq!(sent(&mut two), "duplicate");
    let listed = at(&url, &["--schema", "shown", "list", "--json"]).json();
    assert_eq!((listed.len(), &listed[0]["state"]), (1, &"done".into()));
    assert_eq!(two.end().0, 0);
}

#[test]
fn a_password_is_in_no_output_and_in_no_list_of_processes() {
    let Some(server) = Server::start() else { return };
    let url = server.url().replace("postgres@", &format!("postgres:{PASSWORD}@"));
    let wrong = format!("{}:1/postgres", url.rsplit_once(':').unwrap().0);
    let runtime = Runtime::new().unwrap();
    let inbox = runtime.block_on(server.settings("hookporter").connect(&server.url())).unwrap();
    filled(&inbox, &runtime);
    let exported = file(at(&server.url(), &["export"]).stdout.as_bytes());
    for inbox in [
        &url,
        &wrong,
        &format!("{}?password={PASSWORD}&x={PASSWORD}", server.url()),
        &format!("{url}?sslmode={PASSWORD}"),
    ] {
        for args in [
            &["inbox", "--inbox", inbox, "list"][..],
            &["inbox", "--inbox", inbox, "show", "1", "--json"],
            &["inbox", "--inbox", inbox, "export"],
            &["inbox", "--inbox", inbox, "import", &exported, "--json"],
            &["inbox", "--inbox", inbox, "list", "--schema", "nobody"],
            &["inbox", "--inbox", inbox, "--inbox", inbox, "list"],
            &["inbox", inbox, "list"],
            &["rejected", "--inbox", inbox, "list"],
            &["tail", inbox, "--once"],
            &["tail", inbox, inbox],
            &["receive", "--inbox", inbox, "--provider", "stripe", "--secret-env", VAR],
            &["receive", "--inbox", inbox, inbox],
            &["--inbox", inbox],
        ] {
            let ended = run(KEY, args);
            let all = format!("{}{}", ended.stdout, ended.stderr);
            assert!(!all.contains(PASSWORD), "{args:?}: {all}");
        }
    }
    assert!(at(&url, &["list"]).stderr.contains("PGPASSWORD"), "whoever types it is told");

    // From the environment it is in no list of processes, nor in what the receiver says.
    let mut command = program(KEY, ["receive", "--provider", "stripe", "--secret-env", VAR, "--schema", "shown"]);
    command.args(["--listen", "127.0.0.1:0", "--json"]).env("HOOKPORTER_INBOX", &url);
    let mut receiver = Receiver::of(command);
    let line = receiver.inbox.clone().unwrap().into_os_string().into_string().unwrap();
    assert_eq!(line, server.url(), "without the password");
    assert_eq!(send("stripe", KEY, &receiver.url, &[]), [200]);
    receiver.worked();
    if cfg!(target_os = "linux") {
        let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|process| process.path().join("cmdline"));
        // One that ends meanwhile has none.
        let lines = processes
            .filter_map(|line| std::fs::read(line).ok())
            .map(|line| String::from_utf8_lossy(&line).into_owned());
        let lines: Vec<String> = lines.filter(|line| line.contains("HOOKPORTER_TEST_KEY")).collect();
        assert!(!lines.is_empty() && lines.iter().all(|line| !line.contains(PASSWORD)), "{lines:?}");
    }
    let titles = runtime.block_on(async {
        let pool = server.pool().await;
        server::number(&pool, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%canary%'").await
    });
    assert_eq!(titles, 0);
    assert_eq!(receiver.end().0, 0);
    // By `PGPASSWORD` as by an address.
    let mut command = program("", ["inbox", "--inbox", &server.url(), "list", "--json"]);
    let ended = Ended::of(command.env("PGPASSWORD", PASSWORD).output().unwrap());
    assert_eq!((ended.status, ended.json().len(), &*ended.stderr), (0, 3, ""));
    runtime.block_on(inbox.close());
}

/// A look is over in time however many events there are.
#[test]
fn a_database_that_does_not_answer_is_an_error_within_seconds() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://x@{}/x", silent.local_addr().unwrap());
    let began = Instant::now();
    let ended = at(&url, &["list"]);
    assert!(ended.status == 1 && ended.stderr.contains("cannot be reached"), "{ended:?}");
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
}
