//! Real receivers as processes of their own, with an inbox behind them, and what is in it afterwards.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hookporter_testkit::SignedRequest;
use serde_json::Value;

use crate::attacks::raw;
use crate::examples::program::{Process, Program};
use crate::replay::directory::Directory;
use crate::server::Adapter;
use crate::wire::{Answer, Wire};

/// The receivers' key.
pub const KEY: &str = "whsec_of_the_faults_123456";

/// Where the receivers take Stripe's events.
pub const TARGET: &str = "/webhooks/stripe";

/// What a sender may have to wait: the budget, and what a busy machine adds to it. Together they are less than what SQLite waits
/// for a lock, and than the slowest sync here.
pub const BUDGET: Duration = Duration::from_secs(2);
pub const SLACK: Duration = Duration::from_millis(2500);

/// A directory for an inbox, gone when the test ends well.
pub struct Place(Directory);

impl Place {
    pub fn new() -> Self {
        Self(Directory::new())
    }

    pub fn inbox(&self) -> PathBuf {
        self.0.file()
    }

    /// The events that the inbox holds, as the command line shows them.
    pub fn events(&self) -> Vec<Kept> {
        let mut command = Process::piped("hookporter");
        let output = command
            .args(["inbox", "--inbox"])
            .arg(self.inbox())
            .args(["list", "--most", "10000000", "--json"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        lines.lines().map(|line| Kept::of(&serde_json::from_str(line).unwrap())).collect()
    }

    /// The one event that it holds.
    pub fn only_event(&self) -> Kept {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// Waits until every event is done, at most half a minute.
    pub fn all_done(&self) -> Vec<Kept> {
        for _ in 0..300 {
            let events = self.events();
            if events.iter().all(|event| event.state == "done") {
                return events;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("not all of it is worked: {:?}", self.events());
    }
}

/// An event in an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub id: String,
    pub state: String,
    pub attempts: u64,
}

impl Kept {
    fn of(line: &Value) -> Self {
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        Self { id: text("event_id"), state: text("state"), attempts: line["attempts"].as_u64().unwrap() }
    }
}

/// `hookporter receive --inbox`, which is to listen at this address.
pub fn receiver(adapter: Adapter, inbox: &Path, address: SocketAddr, more: &[&str]) -> Command {
    let adapter = match adapter {
        Adapter::Tower => "tower",
        Adapter::Actix => "actix",
    };
    let mut command = Process::piped("hookporter");
    command
        .args(["receive", "--provider", "stripe", "--secret-env", "KEY", "--json", "--adapter", adapter])
        .args(["--listen", &address.to_string(), "--inbox"])
        .arg(inbox)
        .args(more)
        .env("KEY", KEY);
    command
}

/// Starts `hookporter receive --inbox`, and waits until it has its inbox: it can be reached a moment before.
pub fn receive(adapter: Adapter, place: &Place, more: &[&str]) -> Program {
    let mut program = Program::run("hookporter", |address| receiver(adapter, &place.inbox(), address, more));
    program.says("listening");
    program
}

/// Starts it under `strace`, which disturbs it.
pub fn receive_disturbed(adapter: Adapter, place: &Place, disturbance: &[&str]) -> Program {
    let mut program = Program::run("hookporter", |address| {
        let calm = receiver(adapter, &place.inbox(), address, &[]);
        let mut command = Command::new("strace");
        // The program stays our child, and strace ends with it.
        command.args(["-D", "-f", "-o"]).arg(place.0.path().join("strace.log")).args(disturbance);
        command.arg(calm.get_program()).args(calm.get_args()).env_clear();
        command.envs(calm.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    });
    program.says("listening");
    program
}

/// Starts the example with a worker behind the inbox.
pub fn work(place: &Place) -> Program {
    example("axum-inbox", place, Stdio::piped)
}

/// Starts an example with an inbox, with its log somewhere.
pub fn example(name: &str, place: &Place, stdout: impl Fn() -> Stdio) -> Program {
    Program::run(name, |address| {
        let mut command = Process::piped(name);
        command.env("INBOX", place.inbox()).env("STRIPE_WEBHOOK_SECRET", KEY).env("LISTEN", address.to_string());
        command.stdout(stdout());
        command
    })
}

/// An event, signed now.
pub fn paid(id: &str) -> SignedRequest {
    paid_at(TARGET, id)
}

/// An event for another path.
pub fn paid_at(target: &str, id: &str) -> SignedRequest {
    hookporter_testkit::stripe(KEY).event("invoice.paid").event_id(id).target(target).build()
}

/// Sends an event on a connection of its own; the answer, and how long it took. `None`: the connection broke.
pub fn send_timed(address: SocketAddr, request: &SignedRequest) -> (Option<Answer>, Duration) {
    let mut wire = Wire::connect(address);
    let started = Instant::now();
    wire.write(&raw(request));
    (wire.answer(), started.elapsed())
}

/// Sends an event as senders do: again where a slow disk made the receiver ask for that. What it was told, and after how long.
pub fn send_until_kept(program: &Program, id: &str) -> (Option<u16>, Duration) {
    let told = || {
        let (answer, took) = send_timed(program.address, &paid(id));
        (answer.map(|answer| answer.status), took)
    };
    (0..5).map(|_| told()).find(|(status, _)| *status != Some(503)).unwrap_or_else(told)
}

/// What became of the requests so far, in the receiver's words: outcome and reason.
pub fn outcomes(program: &Program) -> Vec<(String, Option<String>)> {
    let output = program.output();
    let lines = output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    lines.filter_map(|line| Some((text(&line["outcome"])?, text(&line["reason"])))).collect()
}

/// The outcomes, once there are so many.
pub fn outcomes_of(program: &Program, count: usize) -> Vec<(String, Option<String>)> {
    crate::server::wait_for(|| outcomes(program).len() >= count);
    let outcomes = outcomes(program);
    assert_eq!(outcomes.len(), count, "{outcomes:?}");
    outcomes
}

/// How many bytes a process holds in memory.
pub fn resident(process: u32) -> usize {
    let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Whether strace is here. Where everything must run, its absence is a failure.
pub fn has_strace(test: &str) -> bool {
    let here = Command::new("strace").arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(here || std::env::var_os("CI").is_none(), "{test} needs strace");
    if !here {
        println!("{test} is skipped: strace is not installed");
    }
    here
}

/// Runs a test with both adapters, at the same time: most of it is waiting.
pub fn both_at_once(test: impl Fn(Adapter) + Sync) {
    std::thread::scope(|scope| {
        for adapter in crate::server::BOTH {
            let test = &test;
            scope.spawn(move || test(adapter));
        }
    });
}
