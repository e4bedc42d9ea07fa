//! Nobody reads the log, or it cannot be written.
//!
//! This holds where what is written does not keep the writer waiting: `hookporter receive` writes from a thread of its own
//! and drops what is too much, and an observer that only sends into a bounded channel does the same. A subscriber that
//! writes to a pipe by itself, as `tracing_subscriber::fmt()` does, waits for its reader on the runtime's thread, and with it
//! every answer: behind a pipe it needs a writer that drops (`tracing_appender::non_blocking`). A full disk, and `/dev/full`,
//! keep nobody waiting either way.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use super::scene::{Place, SLACK, both_at_once, example, paid, receiver, send_until_kept};
use crate::attacks::raw;
use crate::examples::program::Program;
use crate::wire::Wire;

#[test]
fn a_pipe_that_nobody_reads_keeps_no_sender_waiting() {
    both_at_once(|adapter| {
        let place = Place::new();
        let (mut unread, full) = std::io::pipe().unwrap();
        let program = Program::run("hookporter", |address| {
            let mut command = receiver(adapter, &place.inbox(), address, &[]);
            command.stdout(full.try_clone().unwrap());
            command
        });
        drop(full);
        // More than the pipe and the printer hold.
        let mut wire = Wire::connect(program.address);
        let mut told = |at: u32| {
            wire.write(&raw(&paid(&format!("evt_{}", at % 20))));
            wire.answer().map(|answer| answer.status)
        };
        for at in 0..2000 {
            let status = told(at);
            // A machine that stands still for two seconds lets a budget pass: such a sender comes again.
            let status = if status == Some(503) { told(at) } else { status };
            assert_eq!(status, Some(200), "{adapter:?}: {at}");
        }
        let (status, took) = send_until_kept(&program, "evt_last");
        assert_eq!(status, Some(200), "{adapter:?}");
        assert!(took < SLACK, "{adapter:?}: {took:?}");
        assert_eq!(place.events().len(), 21, "{adapter:?}");
        let (status, complaints) = program.terminate();
        assert_eq!(status.code(), Some(0), "{adapter:?}: {complaints}");
        assert!(complaints.contains("requests were answered, but not shown"), "{adapter:?}: {complaints}");
        let mut shown = String::new();
        unread.read_to_string(&mut shown).unwrap();
        assert!(shown.lines().count() < 2000, "{adapter:?}: everything was shown");
    });
}

#[test]
fn a_log_that_is_full_changes_nothing_for_senders_and_workers() {
    let place = Place::new();
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let program = example("axum-inbox", &place, full);
    for at in 0..20 {
        let (status, took) = send_until_kept(&program, &format!("evt_{at}"));
        assert_eq!(status, Some(200));
        assert!(took < SLACK, "{took:?}");
    }
    assert_eq!(place.all_done().len(), 20);
    assert_eq!(program.terminate().0.code(), Some(0));
}
