//! A process that is killed between its acknowledgement and the handler, and one that is killed in the handler's middle:
//! what it acknowledged is worked after the restart.
//!
//! The victim is this same program, run once more.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use hookporter::Inbox;

use super::directory::Directory;
use super::said::Said;
use super::state::State;
use super::{Shape, acme, ends, request, send, serve, through, work};
use crate::server::{Adapter, BOTH};

/// Says to the victim where its file is, which adapter it has, and whether it works.
const FILE: &str = "HOOKPORTER_REPLAY_FILE";
const ADAPTER: &str = "HOOKPORTER_REPLAY_ADAPTER";
const WORKS: &str = "HOOKPORTER_REPLAY_WORKS";

fn say(text: &str) {
    let mut out = std::io::stdout();
    // In lines of their own, whatever the test harness writes.
    out.write_all(format!("\n{text}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

#[test]
#[ignore = "the victim of the test beside it"]
fn victim() {
    let variable = |name| std::env::var(name).unwrap();
    let adapter = if variable(ADAPTER) == "Tower" { Adapter::Tower } else { Adapter::Actix };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let inbox = Inbox::open(variable(FILE)).await.unwrap();
        let state = State::saying(|event| {
            say(&format!("works {}", event.id().unwrap()));
            Said::Hang
        });
        let endpoint = acme().inbox(&inbox);
        let address = serve(adapter, &state, &endpoint).await;
        say(&format!("listens {address}"));
        if variable(WORKS) == "yes" {
            let function = through(adapter, Shape::Same, &state, &endpoint);
            let _ = inbox.worker(function).run_until(std::future::pending()).await;
        }
        std::future::pending::<()>().await;
    });
}

/// Waits until the victim says something that begins so; the rest of it.
fn says(lines: &mut impl Iterator<Item = std::io::Result<String>>, word: &str) -> String {
    let said = lines.map(Result::unwrap).find_map(|line| line.strip_prefix(word).map(str::to_owned));
    said.unwrap_or_else(|| panic!("the victim ended and did not say `{word}`"))
}

/// Has a victim acknowledge an event and kills it, in the handler's middle if it works at all.
fn acknowledge_and_die(adapter: Adapter, file: &Path, works: bool) {
    let mut victim: Child = Command::new(std::env::current_exe().unwrap())
        .args(["replay::killed::victim", "--exact", "--ignored", "--nocapture"])
        .env(FILE, file)
        .env(ADAPTER, format!("{adapter:?}"))
        .env(WORKS, if works { "yes" } else { "no" })
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let address: SocketAddr = says(&mut lines, "listens ").parse().unwrap();
    assert_eq!(send(address, &request("evt_1")), 200);
    if works {
        assert_eq!(says(&mut lines, "works "), "evt_1");
    }
    // SIGKILL: nothing of its own runs any more.
    victim.kill().unwrap();
    victim.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_worked_by_its_handler_after_a_kill() {
    for adapter in BOTH {
        for (works, attempt) in [(false, 1), (true, 2)] {
            let directory = Directory::new();
            acknowledge_and_die(adapter, &directory.file(), works);
            let inbox = Inbox::open(directory.file()).await.unwrap();
            let (state, endpoint) = (State::new(), acme().inbox(&inbox));
            let function = through(adapter, Shape::Same, &state, &endpoint);
            let changes = work(inbox.worker(function), 1).await;
            assert_eq!(ends(&changes), [(attempt, "worked")], "{adapter:?}");
            let pass = state.only();
            assert_eq!((pass.event.id(), pass.attempt.unwrap().number()), (Some("evt_1"), attempt), "{adapter:?}");
            assert_eq!((&*pass.seen.tenant, pass.seen.amount), ("t/1", 5));
        }
    }
}

/// The directory of a scene outlives the inbox that was dropped in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_that_was_closed_under_its_server_takes_nothing_and_keeps_what_it_had() {
    for adapter in BOTH {
        let scene = super::Scene::with(adapter, State::new(), acme()).await;
        scene.keeps("evt_1");
        scene.inbox.close().await;
        assert_eq!(send(scene.address, &request("evt_2")), 503, "{adapter:?}");
        let inbox = Inbox::open(scene.directory.file()).await.unwrap();
        let (state, endpoint) = (State::new(), acme().inbox(&inbox));
        let function = through(adapter, Shape::Same, &state, &endpoint);
        assert_eq!(ends(&work(inbox.worker(function), 1).await), [(1, "worked")]);
        assert_eq!(state.only().event.id(), Some("evt_1"));
    }
}
