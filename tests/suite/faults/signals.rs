//! A process that is told to end, or made to stand still.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookporter_testkit::inbox::Stopwatch;

use super::scene::{
    BUDGET, Place, SLACK, TARGET, both_at_once, example, outcomes_of, paid, paid_at, receive, send_timed,
    send_until_kept,
};
use crate::attacks::raw;
use crate::examples::program::Program;
use crate::server::{Adapter, wait_for};
use crate::wire::Wire;

/// An upload that says how long it will be and never comes to its end.
fn stalled(address: SocketAddr, target: &str, at: usize) -> Wire {
    let mut wire = Wire::connect(address);
    let request = raw(&paid_at(target, &format!("stalled_{at}")));
    wire.write(&request[..request.len() - 10]);
    wire
}

/// Sends events until the receiver takes no more; those that were acknowledged.
fn send_on(
    address: SocketAddr,
    target: &str,
    sender: usize,
    (over, count): (&AtomicBool, &AtomicUsize),
) -> BTreeSet<String> {
    let mut acked = BTreeSet::new();
    for at in 0.. {
        let id = format!("evt_{sender}_{at}");
        let wire = Wire::try_connect(address).ok().filter(|_| !over.load(Ordering::SeqCst));
        let Some(mut wire) = wire else { return acked };
        wire.write(&raw(&paid_at(target, &id)));
        if wire.answer().is_some_and(|answer| answer.status == 200) {
            acked.insert(id);
            count.fetch_add(1, Ordering::SeqCst);
        }
    }
    acked
}

/// Has a receiver under load end; what it had acknowledged is there.
fn ends_in_time(name: &str, program: Program, place: &Place, target: &str, limit: Duration) {
    let address = program.address;
    let uploads: Vec<Wire> = (0..100).map(|at| stalled(address, target, at)).collect();
    let (over, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (acked, took) = std::thread::scope(|scope| {
        let (over, count) = (&over, &count);
        let senders: Vec<_> =
            (0..4).map(|sender| scope.spawn(move || send_on(address, target, sender, (over, count)))).collect();
        wait_for(|| count.load(Ordering::SeqCst) > 50);
        let told = Stopwatch::start();
        let (status, said) = program.terminate();
        let took = told.elapsed();
        over.store(true, Ordering::SeqCst);
        assert_eq!(status.code(), Some(0), "{name}: {said}");
        (senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect::<BTreeSet<_>>(), took)
    });
    drop(uploads);
    // The rest is a busy machine's.
    assert!(took < limit + SLACK, "{name}: ended after {took:?}");
    assert!(acked.len() > 20, "{name}: hardly any load: {}", acked.len());
    let stored: BTreeSet<String> = place.events().into_iter().map(|event| event.id).collect();
    let missing: Vec<_> = acked.difference(&stored).collect();
    assert!(missing.is_empty(), "{name}: of {} acknowledged, {missing:?} are missing", acked.len());
    println!("{name}: ended after {took:?}, {} acknowledged, 0 missing", acked.len());
}

#[test]
fn a_receiver_that_is_told_to_end_under_load_ends_in_time_and_loses_nothing() {
    std::thread::scope(|scope| {
        for adapter in crate::server::BOTH {
            scope.spawn(move || {
                let place = Place::new();
                let program = receive(adapter, &place, &[]);
                // The command line gives less time than `serve` does by default.
                ends_in_time(&format!("{adapter:?}"), program, &place, TARGET, Duration::from_secs(5));
            });
        }
        for (name, target) in [("axum-inbox", TARGET), ("actix-inbox", "/webhooks/stripe/eu")] {
            scope.spawn(move || {
                let place = Place::new();
                let program = example(name, &place, Stdio::piped);
                ends_in_time(name, program, &place, target, Duration::from_secs(10));
            });
        }
    });
}

/// Requests that come while the process stands still wait in the system. Each is judged by the moment at which the process
/// reads it: its age counts in full.
#[test]
fn a_process_that_stood_still_answers_within_the_budget_and_judges_by_the_time_at_which_it_reads() {
    let pause = Duration::from_secs(4);
    both_at_once(|adapter: Adapter| {
        let (place, strict_place) = (Place::new(), Place::new());
        let program = receive(adapter, &place, &[]);
        let strict = receive(adapter, &strict_place, &["--tolerance", "2s"]);
        assert_eq!(send_until_kept(&program, "before").0, Some(200));
        program.signal("STOP");
        // A busy machine may need another try, so little is too old for it.
        let judged =
            |at: usize| send_timed(strict.address, &paid(&format!("before_{at}"))).0.map(|answer| answer.status);
        let tries =
            (1..10).find(|at| judged(*at) == Some(200)).unwrap_or_else(|| panic!("{adapter:?}: it takes nothing"));
        strict.signal("STOP");
        let waiting = |program: &Program, id: &str| {
            let mut wire = Wire::connect(program.address);
            wire.write(&raw(&paid(id)));
            wire
        };
        let mut wires: Vec<Wire> = (0..5).map(|at| waiting(&program, &format!("during_{at}"))).collect();
        let mut too_old = waiting(&strict, "during");
        std::thread::sleep(pause);
        for program in [&program, &strict] {
            program.signal("CONT");
        }
        let awake = Instant::now();
        let answers: Vec<_> = wires.iter_mut().map(|wire| wire.answer().map(|answer| answer.status)).collect();
        assert_eq!(too_old.answer().map(|answer| answer.status), Some(401), "{adapter:?}: it is read too late");
        assert!(awake.elapsed() < BUDGET + SLACK, "{adapter:?}: {:?} after it went on", awake.elapsed());
        for (at, answer) in answers.into_iter().enumerate() {
            // In time as well: it met a slow disk, and comes again.
            let answer =
                if answer == Some(503) { send_until_kept(&program, &format!("during_{at}")).0 } else { answer };
            assert_eq!(answer, Some(200), "{adapter:?}");
        }
        let (answer, took) = send_until_kept(&program, "after");
        assert_eq!(answer, Some(200), "{adapter:?}");
        assert!(took < SLACK, "{adapter:?}: {took:?}");
        assert_eq!(place.events().len(), 7, "{adapter:?}");
        let (outcome, reason) = outcomes_of(&strict, tries + 1).pop().unwrap();
        assert_eq!((&*outcome, reason.as_deref()), ("rejected", Some("timestamp-too-old")), "{adapter:?}");
    });
}
