//! A storm of retries after an outage: every event comes ten times, and is one event.
//!
//! `HOOKPORTER_STORM_EVENTS` says how many events there are; by default so many that it takes a few seconds,
//! and that the answers which wait for one slow commit, one on each connection, are fewer than a hundredth of all.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::scene::{BUDGET, Place, SLACK, paid, receive, resident};
use crate::attacks::raw;
use crate::server::{Adapter, BOTH};
use crate::wire::Wire;

const COPIES: usize = 10;
const CONNECTIONS: usize = 16;
/// What a process may take in addition, whatever number of events it is told of again.
const FLAT: usize = 48 * 1024 * 1024;

/// Sends requests of this order until none is left; how long each answer took. One that is told 503 comes again at once.
fn send_all(address: SocketAddr, requests: &[Vec<u8>], next: &AtomicUsize, refused: &AtomicUsize) -> Vec<Duration> {
    let (mut took, mut wire) = (Vec::new(), Wire::connect(address));
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        // The copies come one behind the other, so that several are under way at the same time.
        let Some(request) = requests.get(at / COPIES) else { return took };
        loop {
            let started = Instant::now();
            wire.write(request);
            let status = wire.answer().expect("no connection is dropped").status;
            took.push(started.elapsed());
            match status {
                200 => break,
                503 => refused.fetch_add(1, Ordering::Relaxed),
                other => panic!("told {other}"),
            };
        }
    }
}

fn storm(adapter: Adapter, events: usize) {
    let place = Place::new();
    let program = receive(adapter, &place, &[]);
    let requests: Vec<Vec<u8>> = (0..events).map(|at| raw(&paid(&format!("evt_{at}")))).collect();
    let (next, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let started = Instant::now();
    let (mut took, before) = std::thread::scope(|scope| {
        let send = || send_all(program.address, &requests, &next, &refused);
        let senders: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(send)).collect();
        // By then it has seen what it will see again and again.
        while next.load(Ordering::Relaxed) < events * COPIES / 4 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let before = resident(program.id());
        (senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect::<Vec<_>>(), before)
    });
    let all = started.elapsed();
    let grown = resident(program.id()).saturating_sub(before);
    took.sort_unstable();
    let (p99, longest) = (took[took.len() * 99 / 100], took[took.len() - 1]);
    println!(
        "{adapter:?}: {} answers in {all:?}, {} of them 503, p99 {p99:?}, longest {longest:?}, memory +{} KiB",
        took.len(),
        refused.load(Ordering::Relaxed),
        grown / 1024
    );
    assert!(longest < BUDGET + SLACK, "{adapter:?}: an answer took {longest:?}");
    assert!(p99 < BUDGET, "{adapter:?}: p99 {p99:?}");
    assert!(grown < FLAT, "{adapter:?}: {grown} bytes more");
    assert_eq!(place.events().len(), events, "{adapter:?}: each is one event");
    assert_eq!(program.terminate().0.code(), Some(0), "{adapter:?}");
}

#[test]
fn in_a_storm_of_retries_each_event_is_handed_off_once_and_every_answer_is_in_time() {
    let events = std::env::var("HOOKPORTER_STORM_EVENTS").map_or(400, |events| events.parse().unwrap());
    BOTH.into_iter().for_each(|adapter| storm(adapter, events));
}

/// How many connections a process of this machine may have beside its files.
fn connections() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    soft.unwrap_or(1024).saturating_sub(200)
}

/// K7 behind an inbox, over a thousand connections: one event, and as many acknowledgements as copies.
#[test]
fn a_thousand_copies_at_the_same_moment_are_one_event_and_all_are_acknowledged() {
    let copies = connections().min(1000);
    for adapter in BOTH {
        let place = Place::new();
        let program = receive(adapter, &place, &[]);
        let request = raw(&paid("evt_crowd"));
        let (last, first) = request.split_last().expect("a request");
        let mut wires: Vec<_> = (0..copies).map(|_| Wire::connect(program.address)).collect();
        // All but one byte of each, so that they are complete as close to each other as can be.
        wires.iter_mut().for_each(|wire| wire.write(first));
        // Before the first one is whole: its budget begins then.
        let began = Instant::now();
        wires.iter_mut().for_each(|wire| wire.write(&[*last]));
        let told: Vec<_> = wires
            .iter_mut()
            .map(|wire| {
                loop {
                    let status = wire.answer().map(|answer| answer.status);
                    // On a busy machine the budget may be over; then a sender comes again.
                    if status != Some(503) || began.elapsed() < BUDGET {
                        break status;
                    }
                    wire.write(&request);
                }
            })
            .collect();
        let acknowledged = told.iter().filter(|status| **status == Some(200)).count();
        assert_eq!(acknowledged, copies, "{adapter:?}");
        assert_eq!(place.only_event().id, "evt_crowd", "{adapter:?}");
        assert_eq!(program.terminate().0.code(), Some(0), "{adapter:?}");
    }
}
