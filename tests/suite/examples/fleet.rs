//! The fleet as its script starts it: three nodes on two frameworks behind nginx, one PostgreSQL, and Stripe's own SDK as the
//! sender. Nodes are killed while deliveries flow; what was acknowledged is in the database, and is worked.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::program::{Program, binary, signal};
use crate::attacks::raw;
use crate::interop::program::{Program as Sdk, programs};
use crate::wire::{self, Answer, Wire};

const NAME: &str = "fleet";
const VARIABLE: &str = "STRIPE_WEBHOOK_SECRET";
const SECRET: &str = "whsec_of_a_fleet_that_is_tested_only";
const PATH: &str = "/webhooks/stripe";
const NODES: [&str; 3] = ["axum-1", "axum-2", "actix-1"];
/// Whom a sender pretends to forward for.
const FORGED: &str = "203.0.113.77";

/// What the script has started.
struct Fleet {
    script: Program,
    front: SocketAddr,
    room: PathBuf,
}

/// The servers of Debian's that are not here. CI must have them.
fn is_skipped() -> bool {
    let here = |program: &str| {
        let look = format!("PATH=$PATH:/usr/sbin; command -v {program}");
        let mut found = Command::new("sh");
        found.args(["-c", &look]).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let missing = !here("nginx") || !here("psql") || !Path::new("/usr/lib/postgresql").exists();
    assert!(!missing || std::env::var_os("CI").is_none(), "the fleet needs nginx and postgresql");
    if missing {
        println!("skipped: the fleet, since nginx or postgresql is not installed");
    }
    missing
}

impl Fleet {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(NAME);
        let mut command = Command::new("bash");
        command.arg(folder.join("run.sh")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env(VARIABLE, SECRET).env("BIN", binary("fleet-axum").parent().unwrap());
        let mut script = Program::beside(NAME, command);
        script.says_within(Duration::from_secs(60), "break: kill -9");
        let said = script.output();
        let word = |before: &str, after: &str| {
            said.split_once(before).and_then(|(_, rest)| Some(rest.split_once(after)?.0.to_owned())).unwrap()
        };
        let front = word("the fleet is at http://", PATH).parse().unwrap();
        let room = PathBuf::from(word("$(cat ", "/secret)"));
        Self { script, front, room }
    }

    /// The process that is a node now.
    fn process(&self, node: &str) -> u32 {
        let said = self.script.output();
        let line = said.lines().rfind(|line| line.starts_with(&format!("{node} is process "))).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// Kills a node with SIGKILL.
    fn kill(&self, node: &str) {
        signal(self.process(node), "KILL");
    }

    fn log(&self, of: &str) -> String {
        std::fs::read_to_string(self.room.join(of).with_extension("log")).unwrap()
    }

    /// Rows as `psql` shows them, one a line.
    fn rows(&self, sql: &str) -> Vec<String> {
        let url = std::fs::read_to_string(self.room.join("database")).unwrap();
        let output = Command::new("psql").arg(url.trim()).args(["-AtX", "-c", sql]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// The answer; nginx is never killed, so that there is one whatever becomes of the nodes.
    fn send(&self, request: &[u8]) -> Answer {
        let mut wire = Wire::connect(self.front);
        wire.write(request);
        wire.answer().expect("an answer")
    }
}

/// Nothing that the script has started is left, whatever became of the test.
impl Drop for Fleet {
    fn drop(&mut self) {
        self.script.signal("INT");
        let ended = self.script.ends_within(Duration::from_secs(40));
        if !std::thread::panicking() {
            assert!(ended, "the script goes on: {}", self.script.output());
            assert!(!self.room.exists(), "{:?} is left", self.room);
            assert!(Wire::try_connect(self.front).is_err(), "nginx is left");
        }
    }
}

/// A delivery that Stripe's SDK has signed, through a sender who would be somebody else.
fn signed(sdk: &Mutex<Sdk>, id: &str) -> Vec<u8> {
    let invoice = json!({"id": format!("in_{id}"), "object": "invoice", "amount_due": 1900});
    let event = json!({"id": id, "object": "event", "type": "invoice.paid", "data": {"object": invoice}}).to_string();
    let asked = json!({"op": "sign", "provider": "stripe", "secret": SECRET, "body": event});
    let signed = sdk.lock().unwrap().ask(&asked).unwrap();
    let header = |pair: &serde_json::Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().into());
    let mut headers: Vec<(String, Vec<u8>)> = signed["headers"].as_array().unwrap().iter().map(header).collect();
    headers.push(("X-Forwarded-For".to_owned(), FORGED.into()));
    headers.push(("Connection".to_owned(), "close".into()));
    wire::request("POST", PATH, &headers, signed["body"].as_str().unwrap().as_bytes())
}

/// What senders saw.
#[derive(Default)]
struct Seen {
    acknowledged: Mutex<BTreeSet<String>>,
    count: AtomicUsize,
    refused: AtomicUsize,
    over: AtomicBool,
}

impl Seen {
    /// Waits for so many more acknowledgements.
    fn more(&self, count: usize) {
        let (began, before) = (Instant::now(), self.count.load(Ordering::SeqCst));
        while self.count.load(Ordering::SeqCst) < before + count {
            assert!(began.elapsed() < Duration::from_secs(30), "deliveries do not flow");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A sender, who tries again what was not acknowledged.
fn flow(fleet: &Fleet, sdk: &Mutex<Sdk>, name: usize, seen: &Seen) {
    for at in 0.. {
        if seen.over.load(Ordering::SeqCst) {
            return;
        }
        let id = format!("evt_{name}_{at}");
        loop {
            let answer = fleet.send(&signed(sdk, &id));
            assert!(answer.body.is_empty(), "{answer:?}");
            if answer.status == 200 {
                break;
            }
            assert_eq!((answer.status, answer.header("retry-after").is_some()), (503, true), "{answer:?}");
            seen.refused.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(20));
        }
        seen.acknowledged.lock().unwrap().insert(id);
        seen.count.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Ends the senders, whatever became of the test.
struct Over<'a>(&'a Seen);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::SeqCst);
    }
}

/// Kills a node of each framework while deliveries flow, then two of three at once; each is back.
fn kill_nodes(fleet: &Fleet, seen: &Seen) {
    seen.more(100);
    for nodes in [&NODES[..1], &NODES[2..], &NODES[..2]] {
        let before: Vec<_> = nodes.iter().map(|node| fleet.process(node)).collect();
        nodes.iter().for_each(|node| fleet.kill(node));
        // The others have all of it.
        seen.more(60);
        for (node, before) in nodes.iter().zip(before) {
            let began = Instant::now();
            while fleet.process(node) == before {
                assert!(began.elapsed() < Duration::from_secs(20), "{node} is not started again");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        seen.more(60);
    }
}

/// A request that a node has, and does not answer, is no other node's.
fn stand_still(fleet: &Fleet, sdk: &Mutex<Sdk>) {
    let stopped = fleet.process("actix-1");
    signal(stopped, "STOP");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let sending = |at| scope.spawn(move || fleet.send(&signed(sdk, &format!("evt_still_{at}"))).status);
        let sending: Vec<_> = (0..6).map(sending).collect();
        sending.into_iter().map(|answer| answer.join().unwrap()).collect()
    });
    signal(stopped, "CONT");
    assert!(answers.contains(&200) && answers.contains(&503), "{answers:?}");
    assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
    let log = fleet.log("nginx");
    let sent = |statuses: &str| log.lines().filter(|line| line.contains(&format!(": {statuses} in "))).count();
    assert!(sent("504") > 0 && !log.contains("504, "), "{log}");
    // What could not be sent went on.
    assert!(sent("502, 200") > 0, "{log}");
}

fn refuses_strangers(fleet: &Fleet) {
    let maker = hookporter_testkit::stripe(SECRET).target(PATH);
    for forgery in maker.mutations() {
        let answer = fleet.send(&raw(&forgery.request));
        assert_eq!((answer.status, answer.body.len()), (forgery.expected.status(), 0), "{}", forgery.name);
    }
    let large = maker.clone().body("1".repeat(1_500_000)).build();
    let answer = fleet.send(&raw(&large));
    assert_eq!((answer.status, answer.body.len()), (413, 0), "the node's own");
    let get = |path| fleet.send(&[wire::head("GET", path, &[]), b"\r\n".to_vec()].concat()).status;
    assert_eq!([PATH, "/health", "/health/ready", "/"].map(get), [405, 404, 404, 404]);
}

/// What was acknowledged is there once, and was worked once; more than once only where a process died over it.
fn everything_is_worked(fleet: &Fleet, seen: &Seen) {
    let began = Instant::now();
    while fleet.rows("SELECT count(*) FROM hookporter.events WHERE state != 'done'") != ["0"] {
        assert!(began.elapsed() < Duration::from_secs(60), "not everything is worked");
        std::thread::sleep(Duration::from_millis(200));
    }
    let stored = fleet.rows("SELECT event_id FROM hookporter.events");
    let different: BTreeSet<_> = stored.iter().cloned().collect();
    assert_eq!(different.len(), stored.len(), "one row for each event");
    let acknowledged = seen.acknowledged.lock().unwrap();
    let missing: Vec<_> = acknowledged.difference(&different).collect();
    assert!(missing.is_empty(), "{} acknowledged, missing: {missing:?}", acknowledged.len());

    let said: Vec<String> = NODES.map(|node| fleet.log(node)).into();
    let mut paid: BTreeMap<&str, usize> = BTreeMap::new();
    for line in said.iter().flat_map(|said| said.lines()).filter(|line| line.contains(" paid ")) {
        assert!(line.contains("from=\"127."), "{line}");
        let id = line.split_once("event.id=\"").unwrap().1.split_once('"').unwrap().0;
        *paid.entry(id).or_default() += 1;
    }
    assert!(said.iter().all(|said| said.contains(" paid ")), "a node has worked nothing");
    let sql = "SELECT event_id, string_agg(outcome, ',' ORDER BY attempts.epoch) FROM hookporter.events \
        JOIN hookporter.attempts ON event = id GROUP BY event_id";
    let mut again = 0;
    for row in fleet.rows(sql) {
        let (id, outcomes) = row.split_once('|').unwrap();
        let lost = outcomes.matches("lost,").count();
        assert_eq!(outcomes, "lost,".repeat(lost) + "worked", "{id}");
        assert!((1..=lost + 1).contains(paid.get(id).unwrap()), "{id} was worked {:?} times", paid.get(id));
        again += lost;
    }
    let refused = seen.refused.load(Ordering::SeqCst);
    println!("{} acknowledged, {} stored, {refused} refused, {again} attempts again", acknowledged.len(), stored.len());
}

#[test]
fn any_node_of_a_fleet_may_be_killed_while_deliveries_flow() {
    for program in ["fleet-axum", "fleet-actix"] {
        let said = Program::refuses_to_start(program, &[("DATABASE_URL", "postgres://127.0.0.1/none")]);
        assert!(said.contains(VARIABLE), "{said}");
        assert!(Program::refuses_to_start(program, &[(VARIABLE, SECRET)]).contains("DATABASE_URL"));
    }
    if is_skipped() {
        return;
    }
    let Some([sdk, _]) = programs("examples::fleet") else { return };
    let (fleet, sdk, seen) = (Fleet::start(), Mutex::new(sdk), Seen::default());

    refuses_strangers(&fleet);
    std::thread::scope(|scope| {
        let _over = Over(&seen);
        for name in 0..4 {
            let (fleet, sdk, seen) = (&fleet, &sdk, &seen);
            scope.spawn(move || flow(fleet, sdk, name, seen));
        }
        kill_nodes(&fleet, &seen);
    });
    stand_still(&fleet, &sdk);
    everything_is_worked(&fleet, &seen);

    let said: String = NODES.iter().chain(&["nginx", "postgres"]).map(|of| fleet.log(of)).collect();
    assert!(!said.contains(SECRET) && !said.contains(FORGED) && !said.contains("panicked"), "{said}");
    assert!(!fleet.script.output().contains(SECRET));
}
