//! The command line.

use std::process::ExitCode;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use hookporter::{Provider, Tolerance};

use crate::duration;
use crate::failure::Failure;
use crate::output;

/// The inbox where none is named: in the current directory, the same for whoever fills it and whoever looks.
pub(crate) const INBOX: &str = "hooks.db";

/// Receive, send and verify webhooks: verified, fresh, explained.
///
/// Keys are read from environment variables and never shown. Exit status: 0 done, 1 rejected or not reached, 2 wrongly
/// used.
#[derive(Debug, Parser)]
#[command(name = "hookporter", version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Receive(Receive),
    Send(crate::send::Arguments),
    Verify(Verify),
    Providers(Providers),
    Inbox(crate::inbox::Arguments),
    Rejected(crate::rejected::Arguments),
    Tail(crate::tail::Arguments),
    Init(crate::init::Arguments),
    Doctor(crate::doctor::Arguments),
    Health(crate::health::Arguments),
    Keys(crate::key_uses::Arguments),
    Demo(Demo),
    Completions(crate::completions::Arguments),
}

/// Run a receiver: one line per request, with its outcome and its reason
///
/// Whatever is proven is kept in a durable inbox, acknowledged, and worked, which here means that it is shown once more. The first
/// line says the address, the second where the inbox is. It ends at SIGTERM or Ctrl-C, after the open requests.
#[derive(Debug, Args)]
pub(crate) struct Receive {
    #[command(flatten)]
    pub(crate) keyed: Keyed,
    /// The framework that carries the requests
    #[arg(long, value_enum, default_value_t = Adapter::Tower)]
    pub(crate) adapter: Adapter,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub(crate) listen: String,
    /// The path of the endpoint; every other one is 404 [default: /webhooks/<provider>]
    #[arg(long)]
    pub(crate) path: Option<String>,
    /// What the sender calls, where it signs the URL; a query in it is the beginning of every request's [default: address
    /// and path]
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    #[command(flatten)]
    pub(crate) freshness: Freshness,
    /// Park events of other API versions, and events without one; without an inbox, answer 503 to them. May be repeated. Rules:
    /// `=2025-08-27.basil`, `2025-08*`, `train:basil`, `2024-06-20..2025-01-01`
    #[arg(long, value_name = "RULE", num_args = 1..)]
    pub(crate) accept_version: Vec<String>,
    /// The durable inbox, which is made if it is not there: acknowledged is what is on disk, versions that are not handled
    /// are parked, and `hookporter inbox` shows and mends all of it. A file, or a PostgreSQL database as
    /// `postgres://USER@HOST/DATABASE`, whose password belongs into PGPASSWORD; then with --schema [default: what
    /// HOOKPORTER_INBOX says, else hooks.db in the current directory]
    #[arg(long, value_name = "FILE|URL", conflicts_with = "no_inbox")]
    pub(crate) inbox: Option<crate::store::Named>,
    /// The schema of a PostgreSQL inbox, which is made if it is not there. One of its own: whatever waits in it is worked here, which
    /// means that it is shown, whoever accepted it
    #[arg(long, value_name = "NAME", conflicts_with = "no_inbox")]
    pub(crate) schema: Option<String>,
    /// Show events and drop them; no file is made
    #[arg(long)]
    pub(crate) no_inbox: bool,
    /// Keep refused requests whole in the inbox, bounded, so that `hookporter rejected recheck` can hand them off once what was
    /// wrong is mended; not for senders whose proof is the secret itself
    #[arg(long, conflicts_with = "no_inbox")]
    pub(crate) quarantine: bool,
    /// Answer 503 in place of the refusal while refusals are our own fault, so that the sender comes again; not for senders
    /// that need their refusal
    #[arg(long, requires = "quarantine")]
    pub(crate) hold: bool,
    #[command(flatten)]
    pub(crate) moment: Moment,
    /// Print JSON, one object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Judge a captured request, offline
///
/// Exit status: 0 accepted or a handshake, 1 rejected, 2 wrongly used.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) keyed: Keyed,
    /// The headers, one `Name: value` a line, or with `-` stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) headers: String,
    /// The body, byte for byte, or with `-` stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) body: String,
    /// The method
    #[arg(long, value_name = "M", default_value = "POST")]
    pub(crate) method: String,
    /// The public URL that the sender called, with its query; needed where the sender signs it
    #[arg(long)]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) freshness: Freshness,
    #[command(flatten)]
    pub(crate) moment: Moment,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show what is known of each sender
#[derive(Debug, Args)]
pub(crate) struct Providers {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print a table in Markdown, one row each
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
}

/// See it work: a receiver, and signed good and bad deliveries of several senders
///
/// Every delivery is shown with what became of it; then the receiver goes on listening.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub(crate) listen: String,
    /// End after the deliveries instead of listening on
    #[arg(long)]
    pub(crate) once: bool,
}

/// Whose requests are judged, and with which keys.
#[derive(Debug, Args)]
pub(crate) struct Keyed {
    /// The sender; see `hookporter providers`
    #[arg(long, value_name = "ID")]
    pub(crate) provider: String,
    /// The variable with the secret as the sender's dashboard shows it, or with a public key (PEM, JWK, hex, base64)
    /// where the scheme is asymmetric, or with a JSON object where the key has several parts; repeat it for a rotation.
    /// ID names the key [default: the variable's name]
    #[arg(long, value_name = "[ID=]VAR", required = true)]
    pub(crate) secret_env: Vec<String>,
}

/// How far a signed timestamp may lie off.
#[derive(Debug, Args)]
pub(crate) struct Freshness {
    /// How old a signed timestamp may be: `300`, `300s`, `5m`, `1h` [default: the sender's]
    #[arg(long, value_name = "D", value_parser = duration::parse)]
    tolerance: Option<Duration>,
    /// How far ahead a signed timestamp may lie [default: the sender's]
    #[arg(long, value_name = "D", value_parser = duration::parse)]
    future_tolerance: Option<Duration>,
}

/// When a request is judged.
#[derive(Debug, Args)]
pub(crate) struct Moment {
    /// Judge at this moment, in Unix seconds, instead of now: for captured requests
    // The last second of the year 9999; what is larger was meant in milliseconds.
    #[arg(long, value_name = "UNIX", value_parser = clap::value_parser!(i64).range(1..=253_402_300_799))]
    pub(crate) at: Option<i64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Adapter {
    Tower,
    Actix,
}

impl Adapter {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Tower => "tower",
            Self::Actix => "actix",
        }
    }
}

impl Freshness {
    /// The tolerance that was asked for; a bound that was not is the sender's own.
    pub(crate) fn tolerance(&self, provider: &Provider) -> Result<Option<Tolerance>, Failure> {
        if self.tolerance.is_none() && self.future_tolerance.is_none() {
            return Ok(None);
        }
        let Some(usual) = provider.tolerance() else {
            output::complain(format_args!("warning: {} signs no timestamp: a tolerance has no effect", provider.id()));
            return Ok(None);
        };
        let past = self.tolerance.unwrap_or_else(|| usual.past());
        let future = self.future_tolerance.unwrap_or_else(|| usual.future());
        Ok(Some(Tolerance::new(past, future)?))
    }
}

/// Help, or a complaint about the command line; the exit status.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let mut text = error.render().to_string();
    // A stray argument may be a key that somebody typed where the name of its variable belongs.
    if let Some(ContextValue::String(stray)) = error.get(ContextKind::InvalidArg)
        && !stray.starts_with('-')
        && !stray.is_empty()
    {
        text = text.replace(stray.as_str(), "(not shown)");
    }
    text = crate::store::without_addresses(&text);
    // What else was typed may have come from a stranger, through a script.
    output::complain(format_args!("{}", output::escaped_lines(text.trim_end().as_bytes())));
    ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Arguments::command().debug_assert();
    }
}
