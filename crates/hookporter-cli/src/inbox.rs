//! `inbox`: what a durable inbox holds, and mending it.

mod edit;
mod export;
mod filter;
mod import;
mod mend;
mod pause;
mod replay;
mod show;
mod verdicts;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use hookporter::operating::{Page as Place, Selection, State};
use hookporter::{Clock, SystemClock};

use crate::failure::Failure;
use crate::output;
use crate::store::{At, Store};
use filter::{Filter, Page, Part};

/// Look into a durable inbox, and mend it
///
/// All of it works while a server has the inbox open, which takes up what was changed within a second, and without one. Exit status:
/// 0 done, 1 no such event or not in a state for that, 2 wrongly used.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    at: At,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List events, the oldest first
    List {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        page: Page,
    },
    /// List dead letters
    Dead {
        #[command(flatten)]
        part: Part,
        #[command(flatten)]
        page: Page,
    },
    /// List parked events
    Parked {
        #[command(flatten)]
        part: Part,
        #[command(flatten)]
        page: Page,
    },
    /// Show an event: its facts, headers and attempts, not its body
    Show { number: i64 },
    /// Write the body of an event to stdout, byte for byte; escaped where that is a terminal
    Payload {
        number: i64,
        /// Of an edited event, what came in
        #[arg(long)]
        original: bool,
    },
    /// Show how much the inbox holds; where nodes share it, which endpoints are paused on all of them, too
    Stats,
    /// Have an endpoint take no requests, on every node that shares the inbox, and on those that start later
    ///
    /// Senders are told 503 and come again. Every node goes by it within a second, and it holds until `resume`. Only for an inbox on
    /// PostgreSQL. `stats` shows who said it, and when.
    Pause {
        /// The endpoint's name; `receive` names it after its sender
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        endpoint: String,
    },
    /// Have a paused endpoint take requests again, on every node
    Resume {
        /// The endpoint's name
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        endpoint: String,
    },
    /// Have events worked again, from their first attempt; without numbers or --state, dead letters
    Requeue {
        #[command(flatten)]
        filter: Filter,
        /// All dead letters, or all in the state that --state says
        #[arg(long)]
        all: bool,
    },
    /// Release parked events, now that the code handles them
    Release {
        #[command(flatten)]
        part: Part,
        /// All that are parked
        #[arg(long)]
        all: bool,
    },
    /// Give up on dead letters or parked events: they count as done, and their bodies go with time
    Drop(Filter),
    /// Erase events with all that is kept of them, from the file's free pages too
    Erase {
        #[arg(required = true, num_args = 1..)]
        numbers: Vec<i64>,
    },
    /// Have events worked again to compare: each gets a verdict against its last attempt before
    ///
    /// `fixed`: it had failed, and works now. `still failing`. `regressed`: it had worked, and fails now. `still passing`.
    /// `pending`: it was not tried yet. The bytes are the same, and attempts count from the first. What was never tried is not
    /// replayed, nor what a worker has. With --wait, exit status 0 says that all of them work.
    Replay(replay::Replay),
    /// Show the verdicts of a replay; without a number, list the replays
    Verdicts {
        #[arg(value_name = "REPLAY")]
        number: Option<i64>,
    },
    /// Replace the body of a dead letter or a parked event
    ///
    /// This changes what the sender has signed. So the event says that it is edited, claims no proof of what it says, and its
    /// labels, which stay those of the original, are hints. What came in is kept beside it and can be put back. It stays
    /// set aside until it is requeued or released.
    Edit(edit::Edit),
    /// Write events with their bodies as JSON lines, one a line, in a form that can be read back
    ///
    /// `form` is the version of the form. Times end in `_ms` and are Unix milliseconds. `record` is what is kept of the
    /// request, or null once it was swept; `original` is what came in, of an edited event. Bytes (`body`, `payload`,
    /// `identity`, values of headers) are a string where they are UTF-8, else `{"base64": "…"}`.
    Export(export::Export),
    /// Take over events that `export` wrote, into a file or a database, which is made if it is not there
    ///
    /// Numbers, states, attempts and times stay, and what is done is remembered, so that a further delivery of it is a duplicate. An event
    /// that a worker had when it was exported waits, and is worked again. It can be run again, also where it was killed midway:
    /// what is there already is left as it is, but for an event that waits here and was done there since, which is done here,
    /// too. Exit status: 0 all is there, 1 lines were refused, 2 wrongly used. The guide has the way from one inbox to another,
    /// step by step, with servers running or not.
    Import(import::Import),
}

/// Looks, or mends.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::List { filter, page } => list(args, &filter.selection(), page),
        Command::Dead { part, page } => list(args, &part.selection().state(State::Dead), page),
        Command::Parked { part, page } => list(args, &part.selection().state(State::Parked), page),
        Command::Show { number } => one(args, *number),
        Command::Payload { number, original: false } => payload(args, *number),
        Command::Payload { number, original: true } => original(args, *number),
        Command::Stats => {
            let store = open(args)?;
            let stats = store.wait(store.events().stats())?;
            let said = store.shared().map(|side| store.wait(side.said())).transpose()?;
            show::stats(&stats, said.as_deref(), args.json);
            Ok(ExitCode::SUCCESS)
        }
        Command::Pause { endpoint } => pause::pause(args, endpoint),
        Command::Resume { endpoint } => pause::resume(args, endpoint),
        Command::Requeue { filter, all } => mend::requeue(args, filter, *all),
        Command::Release { part, all } => mend::release(args, part, *all),
        Command::Drop(filter) => mend::drop(args, filter),
        Command::Erase { numbers } => mend::erase(args, numbers),
        Command::Replay(replay) => replay::run(args, replay),
        Command::Verdicts { number } => replay::look(args, *number),
        Command::Edit(edit) => edit::run(args, edit),
        Command::Export(export) => export::run(args, export),
        Command::Import(import) => import::run(args, import),
    }
}

fn open(args: &Arguments) -> Result<Store, Failure> {
    Store::open(&args.at.place()?)
}

fn list(args: &Arguments, which: &Selection, page: &Page) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let listed = store.wait(store.events().select(which.clone(), Place::After(page.after), page.most))?;
    show::list(&listed, SystemClock.now(), args.json);
    if listed.len() == page.most
        && let Some(last) = listed.last()
        && !args.json
    {
        output::complain(format_args!("there may be more: --after {}", last.number));
    }
    Ok(ExitCode::SUCCESS)
}

fn one(args: &Arguments, number: i64) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let events = store.events();
    let Some((listed, record)) = store.wait(events.inspect(number))? else { return Err(absent(number)) };
    let attempts = store.wait(events.attempts(number))?;
    let original = store.wait(events.original(number))?;
    show::event(
        &show::Event { listed: &listed, record: &record, attempts: &attempts, original: original.as_ref() },
        args.json,
    );
    Ok(ExitCode::SUCCESS)
}

fn payload(args: &Arguments, number: i64) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let Some((_, record)) = store.wait(store.events().inspect(number))? else { return Err(absent(number)) };
    if let Some(key) = &record.sealed_by {
        let key = output::escaped(key);
        output::complain(format_args!(
            "warning: these bytes are encrypted with key {key}, headers and payload with them"
        ));
    }
    Ok(write(&record.body))
}

fn original(args: &Arguments, number: i64) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let found = store.wait(store.events().original(number))?;
    found.map(|original| write(&original.body)).ok_or_else(|| Failure::Run(format!("event {number} was not edited")))
}

/// Byte for byte for a program; a person's terminal is not to act upon what a stranger wrote.
fn write(body: &[u8]) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let written =
        if out.is_terminal() { out.write_all(output::escaped_lines(body).as_bytes()) } else { out.write_all(body) };
    // Whoever does not read it does not want it.
    let _ = written.and_then(|()| out.flush());
    ExitCode::SUCCESS
}

fn absent(number: i64) -> Failure {
    Failure::Run(format!("event {number}: there is none, or its body was swept"))
}
