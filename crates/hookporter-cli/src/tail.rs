//! `tail`: the requests of an inbox's journal, as they come.

mod fate;
mod follow;
mod keys;
mod line;
mod live;
mod screen;

use std::io::{IsTerminal, stdin, stdout};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use hookporter::journal::Query;
use hookporter::{Outcome, Reason};

use crate::failure::Failure;
use crate::output;
use crate::store::{Named, Place, Store};
use crate::style::Style;
use fate::Fates;
use follow::Follower;

/// The pause between two looks at whether something came.
const PAUSE: Duration = Duration::from_millis(200);

/// Follow the requests of an inbox as they come, beside its server
///
/// A line for each request; on a terminal the keys choose one and replay its event. The server writes its journal down within half a
/// second. It ends at Ctrl-C, or when nobody reads.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The inbox: a file, or a PostgreSQL database as `postgres://USER@HOST/DATABASE`, whose password belongs into PGPASSWORD
    /// [default: what HOOKPORTER_INBOX says, else hooks.db]
    #[arg(value_name = "FILE|URL")]
    inbox: Option<Named>,
    /// The schema of a PostgreSQL inbox [default: hookporter]
    #[arg(long, value_name = "NAME")]
    schema: Option<String>,
    /// Only requests to this endpoint; `receive` names it after its sender
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Only requests with this outcome; may be repeated: accepted, duplicate, ignored, parked, handshake, rejected, unavailable
    #[arg(long, value_name = "OUTCOME", value_parser = outcome)]
    outcome: Vec<Outcome>,
    /// Only requests that were turned away for this reason, such as `invalid-signature`
    #[arg(long, value_name = "REASON", value_parser = crate::rejected::reason)]
    reason: Option<Reason>,
    /// Begin with the last so many that are there
    #[arg(long, value_name = "N", default_value_t = 10)]
    last: usize,
    /// Show what becomes of the events, too: worked, failed with its error, dead
    #[arg(long)]
    events: bool,
    /// Show what is there, and end
    #[arg(long)]
    once: bool,
    /// Print JSON, one object a line
    #[arg(long)]
    json: bool,
}

fn outcome(word: &str) -> Result<Outcome, String> {
    word.parse().map_err(|_| format!("there are {}", Outcome::ALL.map(Outcome::as_str).join(", ")))
}

impl Arguments {
    fn query(&self) -> Query {
        let mut query = self.outcome.iter().copied().fold(Query::new(), Query::outcome);
        if let Some(endpoint) = &self.endpoint {
            query = query.of(endpoint);
        }
        if let Some(reason) = self.reason {
            query = query.reason(reason);
        }
        query
    }
}

/// Follows it: with keys, where a person has a terminal.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    let store = Store::open(&Place::named(args.inbox.as_ref(), args.schema.as_deref())?)?;
    let (follower, begun) = Follower::begin(store, args.query(), args.last)?;
    let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    let is_watched = stdout().is_terminal() && stdin().is_terminal() && !dumb;
    if is_watched && !args.json && !args.once {
        return live::run(args, follower, begun);
    }
    plain(args, follower, &begun)
}

/// Lines, for as long as somebody reads.
fn plain(args: &Arguments, mut follower: Follower, begun: &[follow::Shared]) -> Result<ExitCode, Failure> {
    let (style, mut fates) = (Style::of_stdout(), Fates::new(args.events));
    let mut new = begun.to_vec();
    loop {
        for entry in &new {
            let line = if args.json { output::json(&**entry) } else { line::request(entry, style) };
            fates.watch(entry);
            // Nobody reads any more.
            if output::print(&line).is_err() {
                return Ok(ExitCode::SUCCESS);
            }
        }
        for fate in fates.changed(follower.store()) {
            let line = if args.json { output::json(&fate.json()) } else { fate.human(style) };
            if output::print(&line).is_err() {
                return Ok(ExitCode::SUCCESS);
            }
        }
        if args.once {
            return Ok(ExitCode::SUCCESS);
        }
        new = loop {
            sleep(PAUSE);
            let news = follower.news();
            // Events go their way without a request.
            if news.is_some() || fates.is_on() {
                break news.unwrap_or_default();
            }
        };
    }
}
