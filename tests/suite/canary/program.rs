//! The command line: every command that is given a key, or that meets one.

use std::process::{Command, Output};

use hookporter::Provider;

use super::forms::Forms;
use super::scene::{Output as Shown, URL, requests};
use super::{assert_silent, forms};
use crate::attacks::NOW;
use crate::examples::program::{Program, binary};
use crate::replay::directory::Directory;

/// Every command, and whether it is run below or never meets a key.
const COMMANDS: &[(&str, bool)] = &[
    ("receive", true),
    ("send", true),
    ("verify", true),
    ("providers", true),
    // What is in an inbox has passed the proof: no key is kept. The password of a database is one: see `postgres`.
    ("inbox", true),
    ("rejected", true),
    ("tail", true),
    ("doctor", true),
    // What it shows is a page, at which `scene::outputs` looks; it takes no key.
    ("health", false),
    // Another page, but for what is said for every node: see `postgres`.
    ("keys", true),
    // It takes none and makes its own, which it is there to show.
    ("init", false),
    ("completions", false),
    // Its keys are its own, made for it.
    ("demo", false),
];
const VARIABLE: &str = "CANARY_OF_THE_SUITE";

pub(super) fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub(super) fn run(key: &str, args: &[&str]) -> String {
    shown(&Command::new(binary("hookporter")).env(VARIABLE, key).args(args).output().unwrap())
}

#[test]
fn no_command_is_left_out() {
    let help = run("", &["--help"]);
    let commands = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let words = commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let words: Vec<_> = words.filter(|word| !word.is_empty() && *word != "help").collect();
    let mut known: Vec<_> = COMMANDS.iter().map(|(word, _)| *word).collect();
    let mut here = words.clone();
    known.sort_unstable();
    here.sort_unstable();
    assert_eq!(here, known, "a command that this test does not know: run it with a key, and add it");
}

#[test]
fn a_key_is_in_no_output_of_the_program() {
    let directory = Directory::new();
    let path = |name: &str| directory.path().join(name).into_os_string().into_string().unwrap();
    let (headers, body, at) = (path("headers"), path("body"), NOW.to_string());
    for provider in Provider::all() {
        let id = provider.id();
        let keys = hookporter_testkit::keys(id).unwrap();
        let mut all: Vec<Shown> = Vec::new();
        let requests = requests(hookporter_testkit::provider(id, keys.sender).unwrap());
        // The good one, and a forged one.
        for request in [&requests[0], requests.last().unwrap()] {
            let lines: String = request.headers().iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
            std::fs::write(&headers, lines).unwrap();
            std::fs::write(&body, request.body()).unwrap();
            let judge = ["verify", "--provider", id, "--secret-env", VARIABLE, "--headers", &headers, "--body", &body];
            let args = [&judge[..], &["--url", URL, "--at", &at]].concat();
            all.push(("verify", run(keys.receiver, &args)));
            all.push(("verify --json", run(keys.receiver, &[&args[..], &["--json"]].concat())));
            let look = ["doctor", "--provider", id, "--secret-env", VARIABLE, "--headers", &headers, "--body", &body];
            let args = [&look[..], &["--public-url", URL, "--at", &at]].concat();
            all.push(("doctor", run(keys.receiver, &args)));
            all.push(("doctor --json", run(keys.receiver, &[&args[..], &["--json"]].concat())));
        }
        let send = ["send", "--provider", id, "--secret-env", VARIABLE, "--url", "http://127.0.0.1:1/hook"];
        all.push(("send", run(keys.sender, &send)));
        all.push((
            "receive",
            run(
                &format!("https://{}\n", keys.receiver),
                &["receive", "--no-inbox", "--listen", "127.0.0.1:0", "--provider", id, "--secret-env", VARIABLE],
            ),
        ));
        assert_silent(id, &forms(id), &all);
    }
    assert_eq!(Forms::of(VARIABLE).found_in(&run("", &["providers"])), None);
}

/// A receiver that runs shows what came in, and no key.
#[test]
fn a_key_is_in_no_line_of_a_receiver() {
    for id in ["stripe", "github", "hubla", "shipmondo", "discord", "standard-webhooks", "twilio"] {
        let keys = hookporter_testkit::keys(id).unwrap();
        for json in [true, false] {
            let directory = Directory::new();
            let program = Program::run("hookporter", |address| {
                let mut command = crate::examples::program::Process::piped("hookporter");
                command.env(VARIABLE, keys.receiver).args([
                    "receive",
                    "--provider",
                    id,
                    "--secret-env",
                    VARIABLE,
                    "--path",
                    "/hook",
                ]);
                command.args(["--at", &NOW.to_string(), "--public-url", URL, "--inbox"]).arg(directory.file());
                command.args(["--listen", &address.to_string()]).args(json.then_some("--json"));
                command.args(may_be_kept(id).then_some("--quarantine"));
                command
            });
            for request in requests(hookporter_testkit::provider(id, keys.sender).unwrap()) {
                program.send(&request);
            }
            let (status, said) = program.terminate();
            assert_eq!(status.code(), Some(0), "{id}: {said}");
            assert!(said.contains("accepted") && said.contains("rejected"), "{id}: {said}");
            assert_silent(id, &forms(id), &[("receive", said)]);
            assert_silent(id, &forms(id), &beside(id, keys.receiver, &directory.file(), json));
            // Nor in the file, in whatever column.
            let file = String::from_utf8_lossy(&std::fs::read(directory.file()).unwrap()).into_owned();
            assert_silent(id, &forms(id), &[("the inbox", file)]);
        }
    }
}

fn may_be_kept(id: &str) -> bool {
    Provider::by_id(id).unwrap().verifier().unwrap().never_kept().is_none()
}

/// What the commands say that look into the inbox, or judge again what is kept in it.
fn beside(id: &str, key: &str, file: &std::path::Path, json: bool) -> Vec<Shown> {
    let file = file.to_str().unwrap();
    let rejected = |args: &[&str]| {
        let json: &[&str] = if json { &["--json"] } else { &[] };
        run(key, &[&["rejected", "--inbox", file], args, json].concat())
    };
    let secret = ["--provider", id, "--secret-env", VARIABLE, "--public-url", URL];
    let json: &[&str] = if json { &["--json"] } else { &[] };
    let mut all = vec![
        ("rejected list", rejected(&["list"])),
        ("rejected list --requests", rejected(&["list", "--requests"])),
        ("tail", run(key, &[&["tail", file, "--once", "--events", "--last", "1000"], json].concat())),
    ];
    if may_be_kept(id) {
        all.extend([
            ("rejected list --kept", rejected(&["list", "--kept"])),
            ("rejected show", rejected(&["show", "1"])),
            ("rejected show, judged", rejected(&[&["show", "1"], &secret[..]].concat())),
            ("rejected recheck --dry-run", rejected(&[&["recheck", "--all", "--dry-run"], &secret[..]].concat())),
            ("rejected recheck", rejected(&[&["recheck", "--all"], &secret[..]].concat())),
        ]);
    }
    for (name, said) in &all {
        assert!(
            said.contains("rejected") || said.contains("refused") || said.contains("reason"),
            "{id}, {name}: {said}"
        );
        assert!(!said.contains("error: "), "{id}, {name}: {said}");
    }
    all
}
