//! Forgetting kept requests.

use std::process::ExitCode;

use clap::Args;
use hookporter::Reason;
use serde_json::json;

use super::chosen::{reason, selection};
use super::{Arguments, open};
use crate::failure::Failure;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct Forget {
    /// The numbers, as `rejected list --kept` says them
    #[arg(value_name = "NUMBER")]
    numbers: Vec<i64>,
    /// Only requests to this endpoint
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// All that were refused for this reason
    #[arg(long, value_name = "REASON", value_parser = reason)]
    reason: Option<Reason>,
    /// All that are kept
    #[arg(long, conflicts_with = "numbers")]
    all: bool,
}

/// As `inbox drop`: an endpoint alone is no reason to forget what may be a sender's only copy.
pub(super) fn run(args: &Arguments, forget: &Forget) -> Result<ExitCode, Failure> {
    if forget.numbers.is_empty() && forget.reason.is_none() && !forget.all {
        return Err(Failure::usage("name requests by number, or say --reason or --all"));
    }
    let store = open(args)?;
    let refused = store.refused()?;
    let which = selection(forget.endpoint.as_deref(), forget.reason);
    let (mut done, mut left) = (0_usize, Vec::new());
    if forget.numbers.is_empty() {
        done = store.wait(refused.forget(which.clone()))?;
    }
    for number in &forget.numbers {
        match store.wait(refused.forget(which.clone().numbers([*number])))? {
            0 => left.push(number.to_string()),
            _ => done = done.saturating_add(1),
        }
    }
    if done > 0 && !store.empty_log()? {
        output::complain(format_args!(
            "warning: another program reads the inbox, so its log has a copy until its server empties it"
        ));
    }
    output::say(&match (args.json, done) {
        (true, _) => output::json(&json!({ "requests": done })),
        (false, 1) => "1 request forgotten".to_owned(),
        (false, _) => format!("{done} requests forgotten"),
    });
    if left.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::Run(format!("not done: request {}: none of this number is kept, or it does not fit", left.join(", "))))
}
