//! Everything fails at once: three nodes, each behind a network of its own, are killed, cut off, and cut from the database in the
//! middle of commits, and the database is killed, too. `HOOKPORTER_STORM_ROUNDS` is how often something happens.

use std::collections::BTreeSet;
use std::time::Duration;

use hookporter_postgres::sqlx;
use hookporter_testkit::inbox::{NodeDiary, NodeProcess, Stopwatch};
use tokio::time::Instant;

use crate::node::{Faults, LEASE, program, runtime};
use crate::proxy::{Weather, network};
use crate::server::{Server, number, random};

const NODES: usize = 3;

struct Storm {
    server: Server,
    networks: Vec<(String, Weather)>,
    nodes: Vec<NodeProcess>,
    diary: NodeDiary,
    lives: usize,
    acked: BTreeSet<String>,
}

impl Storm {
    fn start(&mut self, at: usize) -> NodeProcess {
        self.lives += 1;
        let program = program(&self.networks[at].0, "storm", Faults::Everything);
        NodeProcess::start(program, &self.diary, self.lives).unwrap()
    }

    fn kill_node(&mut self, at: usize) {
        let new = self.start(at);
        let old = std::mem::replace(&mut self.nodes[at], new);
        self.acked.extend(old.kill().unwrap());
    }

    /// The database loses its memory; every node that is not cut off acknowledges again within two seconds of its return.
    fn kill_database(&mut self) {
        self.diary.note_fault_of_all().unwrap();
        self.server.kill();
        self.server.launch(&[]);
        self.server.await_up();
        // What they had when it was killed they may find taken.
        self.diary.note_fault_of_all().unwrap();
        let (up, watch) = (Instant::now(), Stopwatch::start());
        while !self.nodes.iter().any(|node| node.has_acked_since(up)) {
            assert!(watch.elapsed() < Duration::from_secs(2), "not back within two seconds");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A node sees nothing of its database for longer than its leases hold.
    fn cut_off(&mut self, at: usize) {
        self.networks[at].1.hold();
        self.diary.note_fault(self.nodes[at].life()).unwrap();
        let began = Instant::now();
        std::thread::sleep(LEASE + Duration::from_millis(1500));
        assert!(self.nodes.iter().any(|node| node.has_acked_since(began)), "the others go on");
        self.networks[at].1.release();
    }
}

#[test]
fn whatever_fails_what_was_acknowledged_is_there_once_and_is_worked() {
    let Some(server) = Server::start() else { return };
    let rounds = std::env::var("HOOKPORTER_STORM_ROUNDS").map_or(6, |rounds| rounds.parse().unwrap());
    let runtime = runtime();
    let networks: Vec<_> = (0..NODES).map(|_| runtime.block_on(network(&server))).collect();
    let diary = NodeDiary::new();
    let mut storm = Storm { server, networks, nodes: Vec::new(), diary, lives: 0, acked: BTreeSet::new() };
    for at in 0..NODES {
        let node = storm.start(at);
        storm.nodes.push(node);
        storm.networks[at].1.cut_one_in(25);
    }
    let mut seed = u64::from(std::process::id());
    for round in 0..rounds {
        std::thread::sleep(Duration::from_millis(300 + random(&mut seed) % 400));
        let at = usize::try_from(random(&mut seed)).unwrap() % NODES;
        match round % 6 {
            2 => storm.kill_database(),
            5 => storm.cut_off(at),
            _ => storm.kill_node(at),
        }
    }
    let cuts: u32 = storm.networks.iter().map(|(_, weather)| weather.cuts()).sum();
    storm.networks.iter().for_each(|(_, weather)| weather.cut_one_in(0));
    std::thread::sleep(Duration::from_millis(500));
    for node in storm.nodes.drain(1..) {
        storm.acked.extend(node.kill().unwrap());
    }
    // The one that is left works what the others leave.
    let last = storm.nodes.remove(0);
    runtime.block_on(await_all_is_worked(&storm.server, last.life()));
    storm.acked.extend(last.kill().unwrap());
    let Storm { server, diary, acked, .. } = storm;
    let (stored, lost) = runtime.block_on(assert_nothing_is_missing(&server, &diary, &acked));
    let again = diary.each_is_ones_own().unwrap();
    assert!(acked.len() > 10 * rounds && cuts > 5, "{} acknowledged, {cuts} cuts", acked.len());
    println!(
        "{rounds} faults, {cuts} commits cut, {} acknowledged, {stored} stored, {lost} attempts lost, {again} begun again",
        acked.len()
    );
}

/// Waits until everything is worked that came in other lives than this last one, which alone still runs.
async fn await_all_is_worked(server: &Server, last: usize) {
    let (pool, began) = (server.pool().await, Instant::now());
    let sql = "SELECT count(*) FROM storm.events WHERE state != 'done' AND split_part(event_id, '.', 1) != $1";
    let left = async || {
        let left: i64 = sqlx::query_scalar(sql).bind(last.to_string()).fetch_one(&pool).await.unwrap();
        left
    };
    while left().await > 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "not every stored event is worked: {}", left().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What was acknowledged is there, once, and nothing is done that nobody has worked. How many events are stored, and how many
/// attempts were lost.
async fn assert_nothing_is_missing(server: &Server, diary: &NodeDiary, acked: &BTreeSet<String>) -> (usize, i64) {
    let pool = server.pool().await;
    let sql = "SELECT event_id FROM storm.events WHERE state = 'done'";
    let done: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
    let ended = diary.ended().unwrap();
    let unworked: Vec<_> = done.iter().filter(|id| !ended.contains(*id)).collect();
    assert!(unworked.is_empty(), "done, and nobody has worked them: {unworked:?}");
    let stored: Vec<String> = sqlx::query_scalar("SELECT event_id FROM storm.events").fetch_all(&pool).await.unwrap();
    let different: BTreeSet<String> = stored.iter().cloned().collect();
    assert_eq!(different.len(), stored.len(), "one row for each event");
    let missing: Vec<_> = acked.difference(&different).collect();
    assert!(missing.is_empty(), "{} acknowledged, {} missing: {missing:?}", acked.len(), missing.len());
    (stored.len(), number(&pool, "SELECT count(*) FROM storm.attempts WHERE outcome = 'lost'").await)
}
