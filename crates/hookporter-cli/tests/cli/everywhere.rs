//! What is said from a terminal for every node: endpoints paused, keys revoked.

use std::time::Duration;

use hookporter::{Clock, SystemClock};
use serde_json::Value;
use tokio::time::Instant;

use crate::postgres::Server;
use crate::program::{Ended, Receiver, VAR, program, run, send};

const KEY: &str = "whsec_of_the_test_123456";
const SCHEMA: &str = "shown";
/// What every receiver calls its endpoint, and its key.
const PAUSE: [&str; 3] = ["inbox", "pause", "stripe"];
const RESUME: [&str; 3] = ["inbox", "resume", "stripe"];
const REVOKE: [&str; 4] = ["keys", "revoke", "stripe", VAR];
const RESTORE: [&str; 4] = ["keys", "restore", "stripe", VAR];

/// Two nodes of one inbox, and an operator at a terminal.
struct Nodes {
    url: String,
    all: [Receiver; 2],
    _server: Server,
}

impl Nodes {
    fn start() -> Option<Self> {
        let server = Server::start()?;
        let url = server.url();
        Some(Self { all: [node(&url), node(&url)], url, _server: server })
    }

    /// What the operator types.
    fn say(&self, words: &[&str]) -> Ended {
        let mut command = program("", words.iter().chain(&["--inbox", &self.url, "--schema", SCHEMA]));
        Ended::of(command.env("USER", "anna").output().unwrap())
    }

    fn says(&self, words: &[&str]) -> String {
        let ended = self.say(words);
        assert_eq!(ended.status, 0, "{words:?}: {}", ended.stderr);
        ended.stdout
    }

    /// One line of JSON.
    fn tells(&self, words: &[&str]) -> Value {
        let ended = self.say(&[words, &["--json"]].concat());
        assert_eq!(ended.status, 0, "{words:?}: {}", ended.stderr);
        ended.json().remove(0)
    }

    /// Sends to every node until it answers so.
    fn answer(&self, status: u64) {
        self.all.iter().for_each(|node| answers(node, status));
    }
}

fn node(url: &str) -> Receiver {
    Receiver::start("stripe", KEY, &["--inbox", url, "--schema", SCHEMA])
}

fn answers(node: &Receiver, status: u64) {
    let began = Instant::now();
    while send("stripe", KEY, &node.url, &[]) != [status] {
        assert!(began.elapsed() < Duration::from_secs(60), "it never answers {status}");
        // Not often: nobody reads what the receivers say of each.
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// It was said here, in the last minutes.
fn is_ours(said: &Value) {
    assert_eq!(said["by"], "anna at a terminal", "{said}");
    let age = SystemClock.now().as_secs() - said["since"].as_i64().unwrap();
    assert!((-60..600).contains(&age), "{said}");
}

#[test]
fn an_endpoint_is_paused_on_every_node_until_it_is_resumed() {
    let Some(nodes) = Nodes::start() else { return };
    nodes.answer(200);
    assert_eq!(nodes.say(&RESUME).status, 1, "it is not paused");
    let stats = nodes.tells(&["inbox", "stats"]);
    assert_eq!((&stats["paused"], &stats["revoked_keys"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    assert!(!nodes.says(&["inbox", "stats"]).contains("paused"));

    assert!(nodes.says(&PAUSE).starts_with("`stripe` is paused on every node: "));
    nodes.answer(503);
    // One that starts later is paused before its first request.
    let later = node(&nodes.url);
    assert_eq!(send("stripe", KEY, &later.url, &[]), [503]);
    let again = nodes.says(&PAUSE);
    assert!(again.contains("already, since ") && again.contains("said by anna at a terminal"), "{again}");
    let stats = nodes.says(&["inbox", "stats"]);
    assert!(stats.contains("\npaused        stripe, since ") && stats.contains("anna at a terminal"), "{stats}");
    let paused = nodes.tells(&["inbox", "stats"])["paused"].clone();
    assert_eq!((paused.as_array().unwrap().len(), &paused[0]["endpoint"]), (1, &"stripe".into()));
    is_ours(&paused[0]);

    assert!(nodes.says(&RESUME).starts_with("`stripe` takes requests again: "));
    nodes.answer(200);
    answers(&later, 200);
    let not = nodes.say(&RESUME);
    assert!(not.status == 1 && not.stderr.contains("is not paused on every node"), "{not:?}");
}

#[test]
fn a_key_is_revoked_on_every_node_until_it_is_restored() {
    let Some(nodes) = Nodes::start() else { return };
    nodes.answer(200);
    assert_eq!(nodes.says(&["keys", "revoked"]), "no key is revoked\n");
    assert_eq!(nodes.say(&RESTORE).status, 1, "it is not revoked");
    assert!(nodes.says(&REVOKE).starts_with(&format!("stripe: key `{VAR}` is revoked on every node: ")));
    nodes.answer(401);
    assert!(nodes.says(&REVOKE).contains("already, since "));
    let tenants = [&REVOKE[..], &["--tenant", "acme"]].concat();
    let of_one = nodes.tells(&tenants);
    assert_eq!((&of_one["tenant"], &of_one["revoked"]), (&"acme".into(), &true.into()));
    let listed = nodes.says(&["keys", "revoked"]);
    assert!(listed.contains(&format!("`{VAR}` of tenant `acme`, since ")) && !listed.contains(KEY), "{listed}");
    let listed = nodes.say(&["keys", "revoked", "--json"]).json();
    assert_eq!((listed.len(), &listed[0]["key"], &listed[0]["tenant"]), (2, &VAR.into(), &Value::Null));
    listed.iter().for_each(is_ours);
    assert_eq!(nodes.tells(&["inbox", "stats"])["revoked_keys"], Value::Array(listed));
    assert!(nodes.says(&["inbox", "stats"]).contains("\nrevoked_keys  2;"));

    // The tenant's alone is another word.
    let restored = nodes.tells(&RESTORE);
    assert_eq!((&restored["revoked"], &restored["key"]), (&false.into(), &VAR.into()));
    nodes.answer(200);
    assert_eq!(nodes.say(&RESTORE).status, 1);
    assert_eq!(nodes.say(&["keys", "restore", "stripe", VAR, "--tenant", "acme"]).status, 0);
    assert_eq!(nodes.say(&["keys", "revoked", "--json"]).stdout, "");
}

/// A name that no node knows is a slip, or an endpoint of later: it is done, and told of.
#[test]
fn a_name_that_no_node_knows_is_warned_of() {
    let Some(nodes) = Nodes::start() else { return };
    nodes.answer(200);
    let began = Instant::now();
    // Nodes tell of themselves every three seconds.
    while nodes.tells(&PAUSE)["nodes"] != 2 {
        assert!(began.elapsed() < Duration::from_secs(60), "the nodes never tell of their endpoint");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(nodes.says(&RESUME).ends_with(": the 2 nodes that have it go by it within a second\n"));
    for words in [&["inbox", "pause", "strpe\u{1b}[2J"][..], &["keys", "revoke", "strpe\u{1b}[2J", "old"]] {
        let slip = nodes.say(words);
        assert!(slip.status == 0 && slip.stdout.contains("no node that has it is there now"), "{slip:?}");
        assert_eq!(
            slip.stderr,
            "warning: no node has told of an endpoint `strpe\\u{1b}[2J` yet; they told of `stripe`\n"
        );
        assert!(!slip.stdout.contains('\u{1b}'), "{slip:?}");
    }
    assert_eq!(nodes.say(&PAUSE).stderr, "");
}

#[test]
fn what_cannot_be_said_is_refused() {
    let Some(server) = Server::start() else { return };
    let (file, url) = (crate::inbox::place(), server.url());
    assert_eq!(run(KEY, ["inbox", "--inbox", file.to_str().unwrap(), "import", "/dev/null"]).status, 0);
    let file = file.to_str().unwrap();
    for words in [&PAUSE[..], &RESUME, &REVOKE, &RESTORE, &["keys", "revoked"]] {
        for (inbox, says) in [
            (file, "one in a file is one server's"),
            ("/nowhere/hooks.db", "there is no /nowhere/hooks.db"),
            (&url, "there is no inbox in the schema"),
        ] {
            let ended = run("", words.iter().chain(&["--inbox", inbox]));
            assert_eq!((ended.status, &*ended.stdout), (2, ""), "{words:?} {inbox}: {ended:?}");
            assert!(ended.stderr.contains(says), "{words:?} {inbox}: {ended:?}");
        }
    }
    for (words, says) in [
        (&["inbox", "pause"][..], "<ENDPOINT>"),
        (&["inbox", "pause", ""], "a value is required"),
        (&["keys"], "--url"),
        (&["keys", "revoke", "stripe"], "<ID>"),
        (&["keys", "--url", "http://a.example/", "revoked"], "subcommand 'revoked' cannot be used"),
        // A key in the place of its id is neither written down nor said.
        (&["keys", "revoke", "stripe", KEY, "--inbox", &url], "the id of a key"),
        (&["keys", "restore", "stripe", KEY, "--inbox", &url], "the id of a key"),
    ] {
        let ended = run("", words);
        assert!(ended.status == 2 && ended.stderr.contains(says), "{words:?}: {ended:?}");
        assert!(!ended.stderr.contains(KEY), "{ended:?}");
    }
}
