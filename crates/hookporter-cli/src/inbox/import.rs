//! Import: what an export wrote, into this inbox.

mod line;
mod summary;

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use hookporter::operating::{Moved, MovingSide};
use hookporter::{Clock, SystemClock};

use super::Arguments;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::store::Store;
use summary::Summary;

/// How many events are taken over in one transaction, and how many bytes of them.
const EVENTS: usize = 200;
const BYTES: usize = 8 * 1024 * 1024;
/// The longest line: far above what the largest body needs, however it is written.
const LONGEST: u64 = 1024 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// What `export` wrote, or with `-` stdin
    #[arg(value_name = "FILE", default_value = "-")]
    file: String,
    /// Take over contents that are encrypted with the key of this id, as they are: only for an inbox whose server has that key.
    /// May be repeated
    #[arg(long, value_name = "KEY")]
    sealed_with: Vec<String>,
    /// Leave so many numbers free behind the highest one: for what the old inbox still accepts until its senders have moved,
    /// so that it keeps its numbers and its order
    #[arg(long, value_name = "N", default_value_t = 1000)]
    reserve: u32,
}

pub(super) fn run(args: &Arguments, import: &Import) -> Result<ExitCode, Failure> {
    let (mut lines, progress) = input(import)?;
    let store = Store::open_to_fill(&args.at.place()?)?;
    let mut taking = Taking {
        moving: store.moving(),
        store: &store,
        reserve: import.reserve,
        batch: Vec::new(),
        weight: 0,
        summary: Summary::new(args.json),
    };
    let taken = all(&mut lines, import, &mut taking, progress);
    progress.end();
    let summary = &taking.summary;
    // Also of what was taken over until it failed.
    summary.say();
    taken?;
    summary.ended()
}

/// Where lines come from, and how many there are, where somebody watches.
fn input(import: &Import) -> Result<(Box<dyn BufRead>, Progress), Failure> {
    let failed = |error| Failure::file("FILE", &import.file, error);
    if import.file == "-" {
        if std::io::stdin().is_terminal() {
            return Err(Failure::usage("name a file that `hookporter inbox export` wrote, or give it by stdin"));
        }
        return Ok((Box::new(std::io::stdin().lock()), Progress::none()));
    }
    let progress = Progress::new(|| count(&import.file)).map_err(failed)?;
    Ok((Box::new(BufReader::new(File::open(&import.file).map_err(failed)?)), progress))
}

fn count(file: &str) -> std::io::Result<usize> {
    let mut reader = BufReader::new(File::open(file)?);
    let mut lines = 0_usize;
    loop {
        let part = reader.fill_buf()?;
        if part.is_empty() {
            return Ok(lines);
        }
        lines = lines.saturating_add(part.iter().filter(|byte| **byte == b'\n').count());
        let length = part.len();
        reader.consume(length);
    }
}

fn all(lines: &mut dyn BufRead, import: &Import, taking: &mut Taking<'_>, progress: Progress) -> Result<(), Failure> {
    let mut text = Vec::new();
    for at in 1_usize.. {
        text.clear();
        let read = lines.take(LONGEST).read_until(b'\n', &mut text);
        let read = read.map_err(|error| Failure::file("FILE", &import.file, error))?;
        if read == 0 {
            break;
        }
        if text.last() != Some(&b'\n') && u64::try_from(read).is_ok_and(|read| read >= LONGEST) {
            return Err(Failure::usage(format!("line {at} is longer than {LONGEST} bytes")));
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        match line::read(&text, &import.sealed_with) {
            Ok(event) => taking.add(at, event)?,
            Err(refused) => taking.summary.refused(at, refused.number, &refused.why),
        }
        progress.draw(at);
    }
    taking.flush()
}

/// Takes events over, many at a time.
struct Taking<'a> {
    store: &'a Store,
    moving: Arc<dyn MovingSide>,
    reserve: u32,
    /// With the line of each.
    batch: Vec<(usize, Moved)>,
    weight: usize,
    summary: Summary,
}

impl Taking<'_> {
    fn add(&mut self, line: usize, event: Moved) -> Result<(), Failure> {
        self.weight = self.weight.saturating_add(event.weight());
        self.batch.push((line, event));
        if self.batch.len() >= EVENTS || self.weight >= BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let batch = std::mem::take(&mut self.batch);
        self.weight = 0;
        let (Some((first, _)), Some((last, _))) = (batch.first(), batch.last()) else { return Ok(()) };
        let (first, last) = (*first, *last);
        let told: Vec<_> = batch.iter().map(|(line, event)| (*line, event.listed.number, event.listed.state)).collect();
        let events = batch.into_iter().map(|(_, event)| event).collect();
        let taken = self.store.wait(self.moving.take_over(events, self.reserve, SystemClock.now()));
        let taken = taken.map_err(|failure| {
            failure.about(format_args!("lines {first} to {last} are not taken over, those before are; run it again"))
        })?;
        for ((line, number, state), taken) in told.into_iter().zip(taken) {
            self.summary.taken(line, number, state, taken);
        }
        Ok(())
    }
}
