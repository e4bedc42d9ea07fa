//! Requeue, release, drop and erase: beside a running server, or without one.

use std::process::ExitCode;

use hookporter::inbox::InboxError;
use hookporter::sqlite::{Mender, Selection, State};
use hookporter::{Clock, SystemClock};

use super::filter::{Filter, Part};
use super::{Arguments, failed, reader, show};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::{output, store};

pub(super) fn mender(args: &Arguments) -> Result<Mender, Failure> {
    store::mender(&args.inbox)
}

/// Without a number or a state it means dead letters: nobody wants everything that is done worked again by mistake.
pub(super) fn requeue(args: &Arguments, filter: &Filter, all: bool) -> Result<ExitCode, Failure> {
    let mut which = filter.deliberate(all)?;
    if filter.state().is_none() && filter.part.numbers().is_empty() {
        which = which.state(State::Dead);
    }
    changed(args, &which, &filter.part, Mender::requeue)
}

pub(super) fn release(args: &Arguments, part: &Part, all: bool) -> Result<ExitCode, Failure> {
    changed(args, &part.deliberate(all)?.state(State::Parked), part, Mender::release)
}

pub(super) fn drop(args: &Arguments, filter: &Filter) -> Result<ExitCode, Failure> {
    if filter.part.numbers().is_empty() && !matches!(filter.state(), Some(State::Dead | State::Parked)) {
        return Err(Failure::usage("name events by number, or say --state dead or --state parked"));
    }
    let now = SystemClock.now();
    changed(args, &filter.selection(), &filter.part, |mender, which| mender.give_up(which, now))
}

/// Makes a change, and says of how many events; of numbers that were named none is left out in silence.
fn changed(
    args: &Arguments,
    which: &Selection,
    part: &Part,
    change: impl Fn(&Mender, &Selection) -> Result<usize, InboxError>,
) -> Result<ExitCode, Failure> {
    let mender = mender(args)?;
    let numbers = part.numbers();
    if numbers.is_empty() {
        let progress = Progress::new(|| count(args, which))?;
        let done = change(&mender.on_progress(move |done| progress.draw(done)), which);
        progress.end();
        output::say(&show::mended(done.map_err(failed)?, args.json));
        return Ok(ExitCode::SUCCESS);
    }
    let mut left = Vec::new();
    for number in &numbers {
        if change(&mender, &which.clone().numbers([*number])).map_err(failed)? == 0 {
            left.push(*number);
        }
    }
    output::say(&show::mended(numbers.len().saturating_sub(left.len()), args.json));
    none_left_out(&left)
}

/// How many events these are: for a progress bar.
pub(super) fn count(args: &Arguments, which: &Selection) -> Result<usize, Failure> {
    let count = reader(args)?.count(which).map_err(failed)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Complains of numbers with which nothing could be done.
pub(super) fn none_left_out(left: &[i64]) -> Result<ExitCode, Failure> {
    if left.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let left: Vec<_> = left.iter().map(i64::to_string).collect();
    Err(Failure::Run(format!("not done: event {}: there is none, or it is in no state for that", left.join(", "))))
}

pub(super) fn erase(args: &Arguments, numbers: &[i64]) -> Result<ExitCode, Failure> {
    let mender = mender(args)?;
    let mut left = Vec::new();
    for number in numbers {
        if !mender.erase(*number).map_err(failed)? {
            left.push(*number);
        }
    }
    if !mender.empty_log().map_err(failed)? {
        output::complain(format_args!(
            "warning: another program reads the inbox, so its log still has a copy; erase once more when that has ended"
        ));
    }
    output::say(&show::mended(numbers.len().saturating_sub(left.len()), args.json));
    none_left_out(&left)
}
