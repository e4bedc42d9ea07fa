//! What a journal, metrics and a log cost together: acknowledgements per second of the same endpoint with and without them.
//!
//! Servers take turns in rounds of some tenths of a second, and every other round goes the other way round, so that what a
//! neighbour does meets all of them alike. Each round is compared with the same round of the server without; the median of
//! these ratios says what most rounds were like, the ratio of all requests by all time also has the rounds in which a log was
//! written back. Between turns a server may finish what it does behind its answers: it is in the CPU time, and disturbs nobody.

use std::time::Duration;

use hookporter_bench::harness::percentile;
use hookporter_bench::server::Kind;

use crate::child::Child;
use crate::paired::Paired;
use crate::{LONGEST, Settings, load};

/// The server without, and those with.
const GROUPS: &[&[Kind]] = &[
    &[Kind::GitHubInbox, Kind::GitHubInboxJournal, Kind::GitHubInboxWatched],
    &[Kind::GitHubService, Kind::GitHubServiceWatched],
];
/// So many rounds have the same processes and files: a file that grows for ever is no usual one, and no disk is to be filled.
const ROUNDS_OF_A_FILE: usize = 8;
/// How many rounds there are, unless it is said otherwise: the median of these is known to a hundredth or so.
pub(crate) const ROUNDS: usize = 40;
/// Longer than a writer waits for an idle moment, in which it writes down what it has noted and writes its log back.
const SETTLES: Duration = Duration::from_millis(250);

/// One server's turns: how long each took, and all of its CPU time.
#[derive(Default)]
struct Turns {
    seconds: Vec<f64>,
    cpu: f64,
}

pub(crate) fn measure(settings: &Settings) {
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
        "acknowledgements/s", "median", "95 % of it", "p10 – p90", "all", "CPU"
    );
    for group in GROUPS.iter().filter(|group| is_wanted(group, &settings.words)) {
        let turns = turns(group, settings);
        let Some((without, rest)) = turns.split_first() else { continue };
        let rate = settings.requests as f64 / percentile(&without.seconds, 0.5);
        let micros = |turns: &Turns| turns.cpu / (settings.requests as f64 * settings.rounds as f64) * 1e6;
        println!("  {:<44} {rate:>7.0} a second, {:.1} µs of CPU each", group[0].name(), micros(without));
        for (kind, with) in group.iter().skip(1).zip(rest) {
            row(kind.name(), without, with, micros(with));
        }
    }
}

fn is_wanted(group: &[Kind], words: &[String]) -> bool {
    words.is_empty() || group.iter().any(|kind| words.iter().any(|word| kind.name().contains(word)))
}

fn turns(group: &[Kind], settings: &Settings) -> Vec<Turns> {
    let mut turns: Vec<Turns> = group.iter().map(|_| Turns::default()).collect();
    let mut servers = Vec::new();
    let mut number = 0;
    for round in 0..settings.rounds {
        if round % ROUNDS_OF_A_FILE == 0 {
            servers.clear();
            servers.extend(group.iter().map(|kind| Child::start(*kind, settings)));
            for (server, kind) in servers.iter().zip(group) {
                load::drive(server.port, kind.sender(), settings.requests / 2, &mut number, LONGEST);
                std::thread::sleep(SETTLES);
            }
        }
        for turn in 0..group.len() {
            // Forth, and back.
            let at = if round % 2 == 0 { turn } else { group.len() - 1 - turn };
            let before = servers[at].cpu_seconds();
            let spent = load::drive(servers[at].port, group[at].sender(), settings.requests, &mut number, LONGEST);
            std::thread::sleep(SETTLES);
            turns[at].seconds.push(spent.as_secs_f64());
            turns[at].cpu += servers[at].cpu_seconds() - before;
        }
    }
    turns
}

fn row(name: &str, without: &Turns, with: &Turns, micros: f64) {
    // Seconds turned over: acknowledgements a second.
    let paired = Paired::new(&without.seconds, &with.seconds);
    println!("  {name:<44} {paired} {:>7.3}   ({micros:.1} µs)", with.cpu / without.cpu);
}
