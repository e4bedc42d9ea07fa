//! Nodes that are killed at random while they accept and work: nothing that was acknowledged is missing, all of it is worked, and
//! nothing is worked by two at once. `HOOKPORTER_CRASH_ROUNDS` is how often one is killed.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::node::{Diary, Faults, Node, assert_nothing_is_missing, await_all_is_worked, runtime};
use crate::server::{Server, random};

#[test]
fn any_of_several_nodes_may_be_killed_at_any_moment() {
    let Some(server) = Server::start() else { return };
    let rounds = std::env::var("HOOKPORTER_CRASH_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap());
    let (diary, url) = (Diary::new("crash"), server.url());
    let (mut acked, mut seed) = (BTreeSet::new(), u64::from(std::process::id()));
    let start = |life| Node::start(&url, &diary, life, Faults::NodesDie);
    // Both make the tables.
    let mut nodes = vec![start(0), start(1)];
    for life in 2..rounds + 2 {
        std::thread::sleep(Duration::from_millis(250 + random(&mut seed) % 400));
        let which = usize::try_from(random(&mut seed) % 2).unwrap();
        acked.extend(nodes.remove(which).kill());
        nodes.push(start(life));
    }
    std::thread::sleep(Duration::from_millis(500));
    acked.extend(nodes.remove(0).kill());

    let last = nodes.remove(0);
    let runtime = runtime();
    runtime.block_on(await_all_is_worked(&server, last.life()));
    acked.extend(last.kill());
    assert!(acked.len() > rounds, "the nodes hardly lived: {}", acked.len());
    let (stored, again) = runtime.block_on(assert_nothing_is_missing(&server, &diary, &acked));
    diary.assert_each_is_ones_own();
    println!("{rounds} kills, {} acknowledged, {stored} stored, {again} attempts lost and made again", acked.len());
}
