//! How each node fares, as every other shows it.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hookporter_core::Secret;
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::health::{HealthBoard, Light};
use hookporter_pipeline::nodes::Fleet;
use hookporter_postgres::{Inbox, Settings, sqlx};
use hookporter_testkit::inbox::Stopwatch;
use tokio::time::{Instant, sleep};

use crate::door::{Door, NEW, TAKEN, push};
use crate::server::Server;

const URL: &str = "HOOKPORTER_FLEET_URL";
/// Short, so that no test waits for long.
const EVERY: Duration = Duration::from_millis(200);

async fn node(url: &str, name: &str) -> (Inbox, Door) {
    let inbox = Settings::new().schema("fleet").node_name(name).report_every(EVERY).connect(url).await.unwrap();
    let door = Door(Endpoint::github(Secret::new(NEW)).unwrap().inbox(&inbox).into());
    (inbox, door)
}

/// Asks until it is so.
async fn until(door: &Door, so: impl Fn(&Fleet) -> bool) -> Fleet {
    let began = Instant::now();
    loop {
        let fleet = Fleet::look([&*door.0]).await;
        if let Some(fleet) = fleet.as_ref().filter(|fleet| so(fleet)) {
            return fleet.clone();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{fleet:#?}");
        sleep(Duration::from_millis(50)).await;
    }
}

fn names(fleet: &Fleet) -> Vec<(&str, bool)> {
    fleet.nodes.iter().map(|node| (&*node.name, node.is_up)).collect()
}

/// A node that takes nothing, until it is killed.
#[tokio::test]
#[ignore = "a process of the test beside it"]
async fn to_be_killed() {
    let (_inbox, door) = node(&std::env::var(URL).expect("started by the test beside it"), "c").await;
    door.0.check_inbox().unwrap();
    std::future::pending().await
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn process(url: &str) -> Killed {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["fleet::to_be_killed", "--exact", "--ignored"]).env(URL, url).stdout(Stdio::null());
    Killed(command.spawn().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_node_has_its_name_on_the_boards_of_all() {
    let Some(server) = Server::start() else { return };
    let ((_first, a), (second, b)) = (node(&server.url(), "a").await, node(&server.url(), "b").await);
    assert_eq!(b.send(&push(NEW)).await, TAKEN);
    for _ in 0..5 {
        assert_eq!(b.send(&push("a secret of nobody's at all")).await.0, 401);
    }
    for (door, own) in [(&a, "a"), (&b, "b")] {
        let all = [("a", true), ("b", true)];
        let is_told = |fleet: &Fleet| fleet.endpoints.iter().any(|one| one.calls == 6 && one.nodes == 2);
        let fleet = until(door, |fleet| is_told(fleet) && names(fleet) == all).await;
        assert!(fleet.nodes.iter().all(|node| node.is_here == (node.name == own)));
        let json = HealthBoard::new([(*door.0).clone()]).fresh_json().await;
        assert!(json.contains(r#""fleet":{"light":"red""#) && !json.contains(NEW), "{json}");
    }
    // One that is closed is not missed.
    drop(b);
    second.close().await;
    until(&a, |fleet| names(fleet) == [("a", true)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_is_shown_as_gone_and_forgotten_later() {
    let Some(server) = Server::start() else { return };
    let (_inbox, door) = node(&server.url(), "a").await;
    let process_of_c = process(&server.url());
    until(&door, |fleet| names(fleet) == [("a", true), ("c", true)] && fleet.nodes[1].endpoints.len() == 1).await;
    drop(process_of_c);
    let fleet = until(&door, |fleet| names(fleet) == [("a", true), ("c", false)]).await;
    assert_eq!((fleet.light, fleet.nodes[1].light, fleet.endpoints[0].nodes), (Light::Amber, Light::Amber, 1));
    // Started anew it is there once.
    let again = process(&server.url());
    until(&door, |fleet| names(fleet) == [("a", true), ("c", true)] && fleet.light == Light::Green).await;
    drop(again);
    until(&door, |fleet| names(fleet).contains(&("c", false))).await;
    let pool = server.pool().await;
    let later = "UPDATE fleet.nodes SET seen_at = seen_at - 601000 WHERE name = 'c'";
    sqlx::query(later).execute(&pool).await.unwrap();
    until(&door, |fleet| names(fleet) == [("a", true)] && fleet.light == Light::Green).await;
    let began = Instant::now();
    while crate::server::number(&pool, "SELECT count(*) FROM fleet.nodes").await > 1 {
        assert!(began.elapsed() < Duration::from_secs(30), "its row stays");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_does_not_wait_for_a_server_that_is_away() {
    let Some(mut server) = Server::start() else { return };
    let (_inbox, door) = node(&server.url(), "a").await;
    until(&door, |fleet| names(fleet) == [("a", true)]).await;
    server.stop();
    let fleet = until(&door, |fleet| fleet.is_cut_off).await;
    // Who is cut off knows nothing of others.
    assert_eq!((names(&fleet), fleet.light), (vec![("a", true)], Light::Amber));
    let began = Stopwatch::start();
    let board = HealthBoard::new([(*door.0).clone()]);
    for _ in 0..20 {
        assert!(board.fresh_json().await.contains(r#""is_cut_off":true"#));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    server.launch(&[]);
    server.await_up();
    until(&door, |fleet| !fleet.is_cut_off && names(fleet) == [("a", true)]).await;
}
