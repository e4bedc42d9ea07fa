//! `rejected`: what was turned away, why, and judging it again once that is mended.

mod chosen;
mod forget;
mod groups;
mod judging;
mod list;
mod recheck;
mod show;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::store::{At, Store};
pub(crate) use chosen::reason;

/// Look at what was turned away, and judge it again
///
/// The journal tells of every request. What is kept whole, for an endpoint that has a quarantine (`receive --quarantine`), can be
/// judged again once a secret, a clock or a URL is mended. All of it works beside a running server, and without one.
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
    /// List why requests were turned away, by endpoint and reason; with --requests the requests, the newest first
    List(list::List),
    /// Show a request that is kept whole: its facts and the names of its headers, not their values, nor its body
    ///
    /// With the sender and its secret it is judged anew, and what may have led to the refusal is looked for.
    Show(show::Show),
    /// Judge kept requests again, and hand off those whose proof holds by now
    ///
    /// Freshness is judged by the time at which each arrived. What holds becomes an event of the inbox, once, and is a duplicate
    /// where the sender has come again meanwhile; what does not stays, with its new reason. Exit status: 0 all were handed off
    /// or none is kept, 1 some stay, 2 wrongly used.
    Recheck(recheck::Recheck),
    /// Forget kept requests: they cannot be judged again
    Forget(forget::Forget),
}

/// Looks, judges, or forgets.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::List(list) => list::run(args, list),
        Command::Show(show) => show::run(args, show),
        Command::Recheck(recheck) => recheck::run(args, recheck),
        Command::Forget(forget) => forget::run(args, forget),
    }
}

fn open(args: &Arguments) -> Result<Store, Failure> {
    Store::open(&args.at.place()?)
}
