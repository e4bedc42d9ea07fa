//! The fleet as its script starts it: three nodes on two frameworks behind nginx, one PostgreSQL, and Stripe's own SDK as the
//! sender. Nodes are killed while deliveries flow; what was acknowledged is in the database, and is worked.

mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use self::script::{Fleet, is_skipped};
use super::program::{Program, signal};
use crate::attacks::raw;
use crate::interop::program::{Program as Sdk, programs};
use crate::wire;

const NAME: &str = "fleet";
const VARIABLE: &str = "STRIPE_WEBHOOK_SECRET";
const SECRET: &str = "whsec_of_a_fleet_that_is_tested_only";
const PATH: &str = "/webhooks/stripe";
const NODES: [&str; 3] = ["axum-1", "axum-2", "actix-1"];
/// Whom a sender pretends to forward for.
const FORGED: &str = "203.0.113.77";

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
                assert!(began.elapsed() < Duration::from_secs(60), "{node} is not started again");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        seen.more(60);
    }
}

/// Waits until all nodes are there: of three deliveries each has one.
fn all_have_their_turn(fleet: &Fleet, sdk: &Mutex<Sdk>) {
    for at in 0..200 {
        let told = [0, 1, 2].map(|copy| fleet.send(&signed(sdk, &format!("evt_turn_{at}_{copy}"))).status);
        // A line to a node that was killed may be dead without nginx having heard of it.
        assert!(told.iter().all(|status| [200, 503].contains(status)), "{told:?}");
        let log = fleet.log("nginx");
        let node = |line: &str| Some(line.split_once(" 200, sent to ")?.1.split_once(": 200 in ")?.0.to_owned());
        let last: BTreeSet<_> = log.lines().rev().filter_map(node).take(3).collect();
        if last.len() == 3 && told == [200; 3] {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nginx leaves a node out: {}", fleet.log("nginx"));
}

/// A request that a node had when it died is no other node's: it may have been accepted. The sender is told to come again.
fn is_not_sent_twice(fleet: &Fleet, sdk: &Mutex<Sdk>) {
    for round in 0..10 {
        all_have_their_turn(fleet, sdk);
        signal(fleet.process("actix-1"), "STOP");
        let answers: Vec<_> = std::thread::scope(|scope| {
            let sending = |at| {
                let delivery = signed(sdk, &format!("evt_twice_{round}_{at}"));
                scope.spawn(move || fleet.send(&delivery).status)
            };
            let sending: Vec<_> = (0..6).map(sending).collect();
            // Two of three are answered at once; the others lie before the node that stands still.
            let began = Instant::now();
            while sending.iter().filter(|sending| sending.is_finished()).count() < 4 {
                assert!(began.elapsed() < Duration::from_secs(30), "nobody is answered");
                std::thread::sleep(Duration::from_millis(20));
            }
            std::thread::sleep(Duration::from_millis(100));
            fleet.kill("actix-1");
            sending.into_iter().map(|answer| answer.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
        // Where this machine was slow, they were not sent yet, and went on.
        if answers.contains(&503) {
            return;
        }
    }
    panic!("it was sent once more: {}", fleet.log("nginx"));
}

/// What cannot be sent to a node is another's, and no sender hears of it. What was sent on a line that had just died is told 503:
/// on a slow machine nginx hears of that later than of the next request.
fn goes_on(fleet: &Fleet, sdk: &Mutex<Sdk>) {
    for round in 0..10 {
        all_have_their_turn(fleet, sdk);
        fleet.kill("axum-1");
        let answers = [0, 1, 2].map(|at| fleet.send(&signed(sdk, &format!("evt_on_{round}_{at}"))).status);
        assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
        // Where this machine was slow, the node was there again.
        if answers == [200; 3] && fleet.log("nginx").contains(": 502, 200 in ") {
            return;
        }
    }
    panic!("nothing went on: {}", fleet.log("nginx"));
}

fn refuses_strangers(fleet: &Fleet) {
    let maker = hookporter_testkit::stripe(SECRET).target(PATH);
    for forgery in maker.mutations() {
        let answer = fleet.send(&raw(&forgery.request));
        assert_eq!((answer.status, answer.body.len()), (forgery.expected.status(), 0), "{}", forgery.name);
    }
    let large = maker.clone().body("1".repeat(1_100_000)).build();
    assert_eq!(fleet.send(&raw(&large)).status, 413);
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
    goes_on(&fleet, &sdk);
    is_not_sent_twice(&fleet, &sdk);
    everything_is_worked(&fleet, &seen);

    let said: String = NODES.iter().chain(&["nginx", "postgres"]).map(|of| fleet.log(of)).collect();
    assert!(!said.contains(SECRET) && !said.contains(FORGED) && !said.contains("panicked"), "{said}");
    assert!(!fleet.said().contains(SECRET));
}
