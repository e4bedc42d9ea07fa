//! `doctor`: what may be wrong with a receiver, from the secret to the proxy in front of it, and how to mend it.

mod captured;
mod clock;
mod finding;
mod json_body;
mod proof;
mod secret;
mod server;
mod urls;

use std::process::ExitCode;

use clap::Args;
use hookporter::{Clock, SystemClock, UnixTime};

use crate::args::{Freshness, Keyed, Moment};
use crate::failure::Failure;
use crate::keys;
use crate::verify::Captured;
use crate::wire::Place;
use finding::{Finding, Report};

/// Find out what is wrong with a receiver, and how to mend it
///
/// It looks at the secret; with --url at the server: it sends signed events and forgeries, of which a right one accepts the good
/// and refuses the bad, and takes the good ones for events of the sender's. With --headers and --body it looks at a captured
/// request. The server may be any that receives this sender's webhooks. Exit status: 0 no problem, 1 a problem, 2 wrongly used.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    keyed: Keyed,
    /// The variable with the private key of a pair for development, where the scheme is asymmetric: to sign with
    #[arg(long, value_name = "VAR")]
    signing_env: Option<String>,
    /// The server, plain HTTP
    #[arg(long)]
    url: Option<String>,
    /// What the sender calls, where it signs the URL [default: --url]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The headers of a captured request, one `Name: value` a line, or with `-` stdin
    #[arg(long, value_name = "FILE", requires = "body")]
    headers: Option<String>,
    /// Its body, byte for byte, or with `-` stdin
    #[arg(long, value_name = "FILE", requires = "headers")]
    body: Option<String>,
    /// Its method
    #[arg(long, value_name = "M", default_value = "POST")]
    method: String,
    #[command(flatten)]
    freshness: Freshness,
    #[command(flatten)]
    moment: Moment,
    /// Print JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// Looks at everything that there is to look at.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    let provider = keys::known(&args.keyed.provider)?;
    let place = args.url.as_deref().map(|url| Place::parse("--url", url)).transpose()?;
    let called = args.public_url.as_deref().or(args.url.as_deref());
    let captured = match (&args.headers, &args.body) {
        (Some(headers), Some(body)) => Some(Captured::read([headers, body, &args.method], called, provider)?),
        _ => None,
    };
    let tolerance = args.freshness.tolerance(provider)?;
    let mut report = Report::new(args.json);
    let Some(keys) = secret::look(&args.keyed, &mut report) else { return Ok(report.end()) };
    if let (Some(place), Some(called)) = (&place, called) {
        let signing = server::signing(args.signing_env.as_deref(), &keys)?;
        let looked = server::look(&keys, signing, place, called, &mut report);
        crate::send::runtime()?.block_on(looked)?;
    } else {
        report.say(Finding::skipped("server", "no --url was given: neither the server nor the clock was looked at"));
    }
    if let Some(captured) = captured {
        let now = args.moment.at.map_or_else(|| SystemClock.now(), UnixTime::from_secs);
        captured::look(&keys, tolerance, &captured, now, &mut report)?;
    }
    Ok(report.end())
}
