//! Requeue, release, drop and erase: beside a running server, or without one.

use std::process::ExitCode;

use hookporter::inbox::InboxError;
use hookporter::operating::{OperatingSide, Selection, State};
use hookporter::{BoxFuture, Clock, SystemClock};

use super::filter::{Filter, Part};
use super::{Arguments, open, show};
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use crate::store::Store;

/// Without a number or a state it means dead letters: nobody wants everything that is done worked again by mistake.
pub(super) fn requeue(args: &Arguments, filter: &Filter, all: bool) -> Result<ExitCode, Failure> {
    let mut which = filter.deliberate(all)?;
    if filter.state().is_none() && filter.part.numbers().is_empty() {
        which = which.state(State::Dead);
    }
    changed(args, &which, &filter.part, |events, which| events.requeue(which))
}

pub(super) fn release(args: &Arguments, part: &Part, all: bool) -> Result<ExitCode, Failure> {
    changed(args, &part.deliberate(all)?.state(State::Parked), part, |events, which| events.release(which))
}

pub(super) fn drop(args: &Arguments, filter: &Filter) -> Result<ExitCode, Failure> {
    if filter.part.numbers().is_empty() && !matches!(filter.state(), Some(State::Dead | State::Parked)) {
        return Err(Failure::usage("name events by number, or say --state dead or --state parked"));
    }
    let now = SystemClock.now();
    changed(args, &filter.selection(), &filter.part, |events, which| events.give_up(which, now))
}

/// Makes a change, and says of how many events; of numbers that were named none is left out in silence.
fn changed(
    args: &Arguments,
    which: &Selection,
    part: &Part,
    change: impl Fn(&dyn OperatingSide, Selection) -> BoxFuture<'static, Result<usize, InboxError>>,
) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let numbers = part.numbers();
    if numbers.is_empty() {
        let progress = Progress::new(|| count(&store, which))?;
        let done = store.wait(change(&*store.events_watched(progress), which.clone()));
        progress.end();
        output::say(&show::mended(done?, args.json));
        return Ok(ExitCode::SUCCESS);
    }
    let (events, mut left) = (store.events(), Vec::new());
    for number in &numbers {
        if store.wait(change(&*events, which.clone().numbers([*number])))? == 0 {
            left.push(*number);
        }
    }
    output::say(&show::mended(numbers.len().saturating_sub(left.len()), args.json));
    none_left_out(&left)
}

/// How many events these are: for a progress bar.
pub(super) fn count(store: &Store, which: &Selection) -> Result<usize, Failure> {
    let count = store.wait(store.events().count(which.clone()))?;
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
    let store = open(args)?;
    let (events, mut left) = (store.events(), Vec::new());
    for number in numbers {
        if !store.wait(events.erase(*number))? {
            left.push(*number);
        }
    }
    if !store.empty_log()? {
        output::complain(format_args!(
            "warning: another program reads the inbox, so its log still has a copy; erase once more when that has ended"
        ));
    }
    output::say(&show::mended(numbers.len().saturating_sub(left.len()), args.json));
    none_left_out(&left)
}
