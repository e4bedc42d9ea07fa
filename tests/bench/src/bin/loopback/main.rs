//! The CPU time that a server process spends per request, on loopback, against a bare axum handler.
//!
//! `loopback [--requests N] [--rounds N] [--workers N] [--under WORDS] [WORD…]` measures the servers whose names hold one of
//! the words, and the floor; `loopback cost …` measures what a journal, metrics and a log cost; `loopback serve NAME WORKERS`
//! is what it starts each of them with, behind the words of `--under`: a profiler's.

mod child;
mod cost;
mod load;
mod paired;

use std::process::ExitCode;
use std::time::Duration;

use hookporter_bench::harness::percentile;
use hookporter_bench::server::Kind;

use child::Child;
use paired::Paired;

/// Nothing here takes longer.
const LONGEST: Duration = Duration::from_secs(300);
/// Whether watched servers are built in.
const CAN_WATCH: bool = cfg!(feature = "watched");
const USAGE: &str = "loopback [cost] [--requests N] [--rounds N] [--workers N] [--under WORDS] [WORD…]";

struct Settings {
    requests: u64,
    rounds: usize,
    workers: usize,
    /// What runs the servers: nothing, or a profiler and its options.
    under: Vec<String>,
    words: Vec<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [serve, name, workers] if serve == "serve" => child::serve(name, workers.parse().unwrap_or(1)),
        [cost, ..] if cost == "cost" && !CAN_WATCH => {
            eprintln!("`loopback cost` needs the feature `watched`");
            ExitCode::from(2)
        }
        [cost, rest @ ..] if cost == "cost" => run(rest, cost::ROUNDS, cost::measure),
        all => run(all, 8, measure),
    }
}

fn run(arguments: &[String], rounds: usize, measure: fn(&Settings)) -> ExitCode {
    let Some(settings) = settings(arguments, rounds) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    measure(&settings);
    ExitCode::SUCCESS
}

fn settings(arguments: &[String], rounds: usize) -> Option<Settings> {
    let (under, words) = (Vec::new(), Vec::new());
    let mut settings = Settings { requests: 20_000, rounds, workers: default_workers(), under, words };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--requests" => settings.requests = arguments.next()?.parse().ok()?,
            "--rounds" => settings.rounds = arguments.next()?.parse().ok()?,
            "--workers" => settings.workers = arguments.next()?.parse().ok()?,
            "--under" => settings.under = arguments.next()?.split(' ').map(str::to_owned).collect(),
            option if option.starts_with('-') => return None,
            word => settings.words.push(word.to_owned()),
        }
    }
    Some(settings)
}

/// What `#[tokio::main]` and actix-web start unless they are told otherwise: one per core.
fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

struct Measured {
    kind: Kind,
    child: Child,
    /// CPU seconds and requests per second of each round.
    rounds: Vec<(f64, f64)>,
}

fn measure(settings: &Settings) {
    let is_built = |kind: &Kind| CAN_WATCH || !kind.is_watched();
    let wanted = |kind: &Kind| {
        *kind == Kind::Bare || settings.words.is_empty() || settings.words.iter().any(|word| kind.name().contains(word))
    };
    let mut servers: Vec<Measured> = Kind::ALL
        .iter()
        .copied()
        .filter(is_built)
        .filter(wanted)
        .map(|kind| Measured { kind, child: Child::start(kind, settings), rounds: Vec::new() })
        .collect();
    let mut number = 0;
    for server in &servers {
        // Caches, allocator, branch predictors.
        load::drive(server.child.port, server.kind.sender(), 2_000, &mut number, LONGEST);
    }
    let count = servers.len();
    for round in 0..settings.rounds {
        for turn in 0..count {
            let server = &mut servers[(round + turn) % count];
            let before = server.child.cpu_seconds();
            let spent = load::drive(server.child.port, server.kind.sender(), settings.requests, &mut number, LONGEST);
            let cpu = server.child.cpu_seconds() - before;
            server.rounds.push((cpu, settings.requests as f64 / spent.as_secs_f64()));
        }
    }
    print(&servers, settings);
}

fn print(servers: &[Measured], settings: &Settings) {
    let cpu = |server: &Measured| server.rounds.iter().map(|(cpu, _)| *cpu).collect::<Vec<_>>();
    let rate = |server: &Measured| percentile(&server.rounds.iter().map(|round| round.1).collect::<Vec<_>>(), 0.5);
    let Some(floor) = servers.first() else { return };
    println!(
        "{} rounds of {} requests with a body of {} bytes, {} connections, {} worker thread(s)\n",
        settings.rounds,
        settings.requests,
        load::BODY,
        load::CONNECTIONS,
        settings.workers,
    );
    println!(
        "  {:<44} {:>7} {:>14} {:>14} {:>7} {:>7}",
        "CPU, and answers/s", "median", "95 % of it", "p10 – p90", "all", "rate"
    );
    for server in servers {
        let paired = Paired::new(&cpu(server), &cpu(floor));
        let micros = percentile(&cpu(server), 0.5) / settings.requests as f64 * 1e6;
        let rate = rate(server) / rate(floor);
        println!("  {:<44} {paired} {rate:>7.3}   ({micros:.1} µs)", server.kind.name());
    }
}
