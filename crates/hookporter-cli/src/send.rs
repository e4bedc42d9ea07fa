//! `send`: an event signed now, or a forgery of one, sent to a receiver.

mod args;
mod client;
mod request;
mod simulate;

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;

use crate::failure::Failure;
use crate::wire::Place;
use crate::{duration, keys, output};
pub(crate) use args::Send as Arguments;
use args::Send;
use client::Answered;
pub(crate) use client::{Client, causes};
pub(crate) use simulate::{Fault, refuses};

/// Signs, sends, and shows every answer.
pub(crate) fn run(args: &Send) -> Result<ExitCode, Failure> {
    let place = Place::parse("--url", &args.url)?;
    let mut keys = args.secret_env.iter().map(|variable| keys::signing(&args.provider, variable));
    let Some(first) = keys.next() else { return Err(Failure::usage("--secret-env is missing")) };
    let (provider, secret) = first?;
    let second = keys.next().transpose()?.map(|(_, secret)| secret);
    if keys.next().is_some() {
        return Err(Failure::usage(
            "--secret-env: at most two keys, of which the second is for the fault `second-key`",
        ));
    }
    let signer = request::signer(args, provider, secret, &place)?;
    if args.simulate || !args.fault.is_empty() {
        return simulate::run(args, &signer, second, &place);
    }
    if second.is_some() {
        return Err(Failure::usage("--secret-env: a second key is for --simulate and --fault second-key"));
    }
    let signed = request::signed(args, &signer)?;
    let client = Client::new(&args.url, &signed)?;
    let all_answered = runtime()?.block_on(send_all(args, &client));
    Ok(if all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What runs a client.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let failed = |error| Failure::system("the client", error);
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)
}

/// Sends every copy, so many at a time; whether all were answered.
async fn send_all(args: &Send, client: &Client) -> bool {
    let at_a_time = args.concurrent.unwrap_or(1);
    let mut left = args.duplicate.unwrap_or(1).max(at_a_time);
    let mut under_way = JoinSet::new();
    let mut all_answered = true;
    loop {
        while left > 0 && under_way.len() < usize::try_from(at_a_time).unwrap_or(usize::MAX) {
            left = left.saturating_sub(1);
            under_way.spawn(client.send());
        }
        match under_way.join_next().await {
            None => return all_answered,
            Some(Ok((answered, latency))) => {
                all_answered &= answered.is_ok();
                show(&answered, latency, args.json);
            }
            Some(Err(_)) => all_answered = false,
        }
    }
}

fn show(answered: &Answered, latency: Duration, json: bool) {
    #[derive(Serialize)]
    struct Line<'a> {
        status: Option<u16>,
        latency_us: u64,
        error: Option<&'a str>,
    }
    if json {
        let (status, error) = (answered.as_ref().ok().copied(), answered.as_ref().err().map(String::as_str));
        output::say(&output::json(&Line { status, latency_us: duration::micros(latency), error }));
    }
    match answered {
        Ok(status) if !json => output::say(&format!("{status}  {}", duration::shown(latency))),
        Ok(_) => {}
        Err(error) => output::complain(format_args!("error: {}", output::escaped(error))),
    }
}
