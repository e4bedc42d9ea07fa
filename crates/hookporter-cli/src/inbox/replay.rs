//! Replays, and their verdicts.

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use hookporter::operating::{Replayed, Verdict};
use hookporter::{Clock, SystemClock};

use super::filter::Filter;
use super::{Arguments, mend, open, show, verdicts};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::store::Store;
use crate::{duration, output};

/// How many verdicts are read at a time.
const PAGE: usize = 500;
/// The first pause between two looks, and the longest.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(super) struct Replay {
    #[command(flatten)]
    filter: Filter,
    /// All that can be replayed
    #[arg(long)]
    all: bool,
    /// Why, for whoever looks at it later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Say how many it would be, and change nothing
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    /// Wait until every event was tried, at most so long, and print the verdicts [default: 1m]
    #[arg(long, value_name = "D", num_args = 0..=1, require_equals = true, default_missing_value = "1m",
        value_parser = duration::parse)]
    wait: Option<Duration>,
}

pub(super) fn run(args: &Arguments, replay: &Replay) -> Result<ExitCode, Failure> {
    let which = replay.filter.deliberate(replay.all)?;
    let store = open(args)?;
    let count = || {
        let count = store.wait(store.events().count_to_replay(which.clone()))?;
        Ok::<_, Failure>(usize::try_from(count).unwrap_or(usize::MAX))
    };
    if replay.dry_run {
        output::say(&show::counted(count()?, args.json));
        return Ok(ExitCode::SUCCESS);
    }
    let progress = Progress::new(count)?;
    let events = store.events_watched(progress);
    let begun = store.wait(events.replay(which.clone(), replay.reason.clone(), SystemClock.now()));
    progress.end();
    let Some(number) = begun? else {
        return Err(Failure::Run("no such event that was tried before and is not being worked".to_owned()));
    };
    let mut left = replay.filter.part.numbers();
    let mut count = 0_usize;
    each(&store, number, |one| {
        count = count.saturating_add(1);
        left.retain(|number| *number != one.event);
    })?;
    verdicts::begun(number, count, args.json);
    let mut all_work = true;
    if let Some(longest) = replay.wait {
        wait(&store, number, count, longest)?;
        all_work = verdicts_of(&store, number, args.json)?;
    }
    mend::none_left_out(&left).map(|done| if all_work { done } else { ExitCode::FAILURE })
}

/// Shows the verdicts; whether every event was tried and works.
fn verdicts_of(store: &Store, number: i64, as_json: bool) -> Result<bool, Failure> {
    let mut counts = Verdict::ALL.map(|verdict| (verdict, 0_usize));
    each(store, number, |one| {
        for (verdict, count) in &mut counts {
            *count = count.saturating_add(usize::from(*verdict == one.verdict));
        }
        verdicts::line(&one, as_json);
    })?;
    verdicts::counts(number, &counts.map(|(verdict, count)| (verdict.as_str(), count)), as_json);
    let of = |which: fn(Verdict) -> bool| {
        counts.iter().filter(|(verdict, _)| which(*verdict)).map(|(_, count)| count).sum::<usize>()
    };
    let pending = of(|verdict| verdict == Verdict::Pending);
    if pending > 0 {
        output::complain(format_args!("{pending} not tried yet: `hookporter inbox verdicts {number}` says more later"));
    }
    Ok(pending == 0 && of(Verdict::is_failure) == 0)
}

/// Waits until every event of a replay was tried, or the time is over.
fn wait(store: &Store, number: i64, total: usize, longest: Duration) -> Result<(), Failure> {
    let end = SystemClock.now().plus(longest);
    let progress = Progress::new(|| Ok::<_, Failure>(total))?;
    let mut pause = PAUSE;
    // Everything up to here was tried; it is not looked at again.
    let (mut tried, mut count) = (0, 0_usize);
    'looking: loop {
        loop {
            let page = store.wait(store.events().verdicts(number, tried, PAGE))?;
            let done = page.iter().take_while(|one| one.verdict != Verdict::Pending).count();
            count = count.saturating_add(done);
            progress.draw(count);
            if let Some(last) = page.iter().take(done).next_back() {
                tried = last.event;
            }
            if done < page.len() {
                break;
            }
            if page.len() < PAGE {
                break 'looking;
            }
        }
        if SystemClock.now() >= end {
            break;
        }
        sleep(pause);
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
    progress.end();
    Ok(())
}

fn each(store: &Store, number: i64, mut show: impl FnMut(Replayed)) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let page = store.wait(store.events().verdicts(number, after, PAGE))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.event;
        page.into_iter().for_each(&mut show);
    }
}

/// The verdicts of a replay, or the replays that there are.
pub(super) fn look(args: &Arguments, number: Option<i64>) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let replays = store.wait(store.events().replays(if number.is_some() { usize::MAX } else { 100 }))?;
    let Some(number) = number else {
        verdicts::list(&replays, args.json);
        return Ok(ExitCode::SUCCESS);
    };
    if !replays.iter().any(|replay| replay.number == number) {
        return Err(Failure::Run(format!("replay {number}: there is none")));
    }
    // To look is no test: whatever it shows, it was done.
    verdicts_of(&store, number, args.json).map(|_| ExitCode::SUCCESS)
}
