//! `inbox`: what a durable inbox holds, and mending it.

mod show;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use hookporter::inbox::InboxError;
use hookporter::sqlite::{Erased, OpenError, Reader, Settings, State};
use hookporter::{Clock, Inbox, SystemClock};

use crate::failure::Failure;
use crate::output;

/// Look into a durable inbox, and mend it
///
/// Looking works while a server has the inbox open; mending does not. Exit status: 0 done, 1 no such event, or the inbox
/// is in use, 2 wrongly used.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The inbox
    #[arg(long, value_name = "FILE", default_value = "hooks.db", global = true)]
    inbox: PathBuf,
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
        /// Only those in this state
        #[arg(long, value_enum)]
        state: Option<Wanted>,
        #[command(flatten)]
        page: Page,
    },
    /// List dead letters
    Dead(Page),
    /// List parked events
    Parked(Page),
    /// Show an event: its facts, headers and attempts, not its body
    Show { number: i64 },
    /// Write the body of an event to stdout, byte for byte
    Payload { number: i64 },
    /// Show how much the inbox holds
    Stats,
    /// Have events worked again, from their first attempt
    Requeue {
        #[arg(required = true, num_args = 1..)]
        numbers: Vec<i64>,
    },
    /// Release the parked events of an endpoint
    Release { endpoint: String },
    /// Give up on dead letters or parked events: they count as done
    Drop {
        #[arg(required = true, num_args = 1..)]
        numbers: Vec<i64>,
    },
    /// Erase events with all that is kept of them, from the file's free pages too
    Erase {
        #[arg(required = true, num_args = 1..)]
        numbers: Vec<i64>,
    },
}

/// A part of a list.
#[derive(Debug, Args)]
struct Page {
    /// Begin behind the event of this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: i64,
    /// Show at most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    most: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Wanted {
    Waiting,
    Working,
    Done,
    Dead,
    Parked,
}

impl Wanted {
    const fn state(self) -> State {
        match self {
            Self::Waiting => State::Waiting,
            Self::Working => State::Working,
            Self::Done => State::Done,
            Self::Dead => State::Dead,
            Self::Parked => State::Parked,
        }
    }
}

/// Looks, or mends.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::List { state, page } => list(args, state.map(Wanted::state), page),
        Command::Dead(page) => list(args, Some(State::Dead), page),
        Command::Parked(page) => list(args, Some(State::Parked), page),
        Command::Show { number } => one(args, *number),
        Command::Payload { number } => payload(args, *number),
        Command::Stats => {
            show::stats(&reader(args)?.stats().map_err(failed)?, args.json);
            Ok(ExitCode::SUCCESS)
        }
        mending => mend(args, mending),
    }
}

fn reader(args: &Arguments) -> Result<Reader, Failure> {
    Reader::open(&args.inbox).map_err(|error| unopened(args, &error))
}

fn list(args: &Arguments, state: Option<State>, page: &Page) -> Result<ExitCode, Failure> {
    let listed = reader(args)?.list(state, page.after, page.most).map_err(failed)?;
    show::list(&listed, SystemClock.now(), args.json);
    Ok(ExitCode::SUCCESS)
}

fn one(args: &Arguments, number: i64) -> Result<ExitCode, Failure> {
    let reader = reader(args)?;
    let Some((listed, record)) = reader.inspect(number).map_err(failed)? else { return Err(absent(number)) };
    let attempts = reader.attempts(number).map_err(failed)?;
    show::event(&listed, &record, &attempts, args.json);
    Ok(ExitCode::SUCCESS)
}

fn payload(args: &Arguments, number: i64) -> Result<ExitCode, Failure> {
    let Some((_, record)) = reader(args)?.inspect(number).map_err(failed)? else { return Err(absent(number)) };
    let mut out = std::io::stdout().lock();
    // Whoever does not read it does not want it.
    let _ = out.write_all(&record.body).and_then(|()| out.flush());
    Ok(ExitCode::SUCCESS)
}

fn mend(args: &Arguments, command: &Command) -> Result<ExitCode, Failure> {
    if !args.inbox.exists() {
        return Err(Failure::usage(format!("--inbox: there is no {}", shown(args))));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::system("starting", error))?.block_on(async {
        // A damaged file is its server's to set aside.
        let inbox = Settings::new().refuse_damaged().open(&args.inbox).await.map_err(|error| unopened(args, &error))?;
        let mended = mended(&inbox, command).await;
        inbox.close().await;
        output::say(&show::mended(mended?, args.json));
        Ok(ExitCode::SUCCESS)
    })
}

/// How many events were mended; none is left out in silence.
async fn mended(inbox: &Inbox, command: &Command) -> Result<usize, Failure> {
    let now = SystemClock.now();
    let numbers = match command {
        Command::Requeue { numbers } | Command::Drop { numbers } | Command::Erase { numbers } => numbers,
        Command::Release { endpoint } => return inbox.release_parked(endpoint).await.map_err(failed),
        _ => return Ok(0),
    };
    for number in numbers {
        let done = match command {
            Command::Requeue { .. } => inbox.requeue(*number).await,
            Command::Drop { .. } => inbox.give_up(*number, now).await,
            _ => match inbox.erase(*number).await {
                Ok(Erased::ButInTheLog { .. }) => {
                    return Err(Failure::Run(format!(
                        "event {number}: erased from the file, but its log still has it, since another program reads the file"
                    )));
                }
                erased => erased.map(|erased| erased.events() > 0),
            },
        };
        if !done.map_err(failed)? {
            return Err(Failure::Run(format!("event {number}: there is none, or it is in no state for that")));
        }
    }
    Ok(numbers.len())
}

fn absent(number: i64) -> Failure {
    Failure::Run(format!("event {number}: there is none, or its body was swept"))
}

fn unopened(args: &Arguments, error: &OpenError) -> Failure {
    match error {
        OpenError::InUse { .. } => {
            Failure::Run(format!("{} is in use: mending waits until its server has ended", shown(args)))
        }
        OpenError::Failed { .. } if !args.inbox.exists() => {
            Failure::usage(format!("--inbox: there is no {}", shown(args)))
        }
        error => Failure::system(shown(args), output::escaped(&error.to_string())),
    }
}

fn shown(args: &Arguments) -> String {
    output::escaped(&args.inbox.display().to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` gives")]
fn failed(error: InboxError) -> Failure {
    let source = std::error::Error::source(&error).map(|source| output::escaped(&source.to_string()));
    Failure::system(&error, source.unwrap_or_default())
}
