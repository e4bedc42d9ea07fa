//! A machine with little memory and few descriptors, and senders who want more.

use std::process::Command;
use std::time::Duration;

use hookporter_testkit::inbox::Stopwatch;

use super::scene::{BUDGET, Place, both_at_once, paid, receive, receiver, resident, send_timed};
use crate::attacks::raw;
use crate::examples::program::Program;
use crate::server::{Adapter, BOTH, wait_for};
use crate::wire::Wire;

/// Bodies of this size are within the limit of one, and 160 of them are far over what all may take together.
const BODY: usize = 1_000_000;
const UPLOADS: usize = 160;
const MEMORY: usize = 128 * 1024 * 1024;

/// An upload that wants its last byte.
fn upload(program: &Program, at: usize) -> Wire {
    let request = paid(&format!("large_{at}"));
    let request = request.with_body(vec![b' '; BODY]);
    let bytes = raw(&request);
    let mut wire = Wire::connect(program.address);
    wire.write(&bytes[..bytes.len() - 1]);
    wire
}

/// What uploads are told that come together, while memory stays in its bounds.
fn told_together(adapter: Adapter, program: &Program) -> Vec<Option<u16>> {
    let mut uploads: Vec<Wire> = (0..UPLOADS).map(|at| upload(program, at)).collect();
    let held = resident(program.id());
    assert!(held < MEMORY, "{adapter:?}: {} MiB", held >> 20);
    let told = |wire: &mut Wire| {
        wire.write(b" ");
        wire.answer().map(|answer| answer.status)
    };
    uploads.iter_mut().map(told).collect()
}

#[test]
fn bodies_that_together_are_too_large_are_told_503_and_memory_stays_in_its_bounds() {
    // One after the other: they have ten seconds for what hardly fits into them where the machine is busy.
    for adapter in BOTH {
        let place = Place::new();
        let program = receive(adapter, &place, &[]);
        let count =
            |told: &[Option<u16>], these: &[u16]| told.iter().flatten().filter(|one| these.contains(one)).count();
        // Where the first are too late before the last have come, and there was room for all, they were not there together.
        let were_together = |told: &Vec<_>| count(told, &[503]) > 0 || count(told, &[408]) == 0;
        let told = (0..5).map(|_| told_together(adapter, &program)).find(were_together);
        let told =
            told.unwrap_or_else(|| panic!("{adapter:?}: this machine is too busy to read 64 MiB in ten seconds"));
        // Those that found room end as the forgeries that they are, or too late on a busy machine; the others were told before
        // their end.
        let (held, late, refused) = (count(&told, &[401]), count(&told, &[408]), count(&told, &[503]));
        // What is too late makes room for another one.
        let least = if late == 0 { 60 } else { 0 };
        assert!(held + late > 30 && refused > least && held + late + refused == UPLOADS, "{adapter:?}: {told:?}");
        wait_for(|| send_timed(program.address, &paid("evt_1")).0.is_some_and(|answer| answer.status == 200));
        assert_eq!(place.only_event().id, "evt_1", "{adapter:?}: there is room again");
    }
}

#[test]
fn without_descriptors_it_waits_and_goes_on_when_there_are_some_again() {
    both_at_once(|adapter| {
        let place = Place::new();
        let mut program = Program::run("hookporter", |address| {
            let free = receiver(adapter, &place.inbox(), address, &[]);
            let mut command = Command::new("sh");
            command.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""]).arg(free.get_program()).args(free.get_args());
            command.env_clear().envs(free.get_envs().filter_map(|(name, value)| Some((name, value?))));
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command
        });
        program.says("listening");
        // More than it can take; the rest waits in the system.
        let idle: Vec<Wire> = (0..100).map(|_| Wire::connect(program.address)).collect();
        let used = cpu_ticks(program.id());
        std::thread::sleep(Duration::from_secs(2));
        let spun = cpu_ticks(program.id()) - used;
        assert!(spun < 30, "{adapter:?}: {spun} ticks of 200 spent on waiting");
        drop(idle);
        let told = |_| {
            let watch = Stopwatch::start();
            let (answer, _) = send_timed(program.address, &paid("evt_1"));
            (answer.map(|answer| answer.status), watch.elapsed())
        };
        // One that met a slow disk is asked for again.
        let (status, took) = (0..5).map(told).find(|(status, _)| *status != Some(503)).expect("no disk is as slow");
        assert_eq!(status, Some(200), "{adapter:?}");
        assert!(took < BUDGET, "{adapter:?}: {took:?}");
        assert_eq!(place.only_event().id, "evt_1", "{adapter:?}");
    });
}

/// How long a process has run so far: hundredths of a second.
fn cpu_ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name is in brackets and may hold blanks; the times of the user and the system are the 14th and 15th field.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
