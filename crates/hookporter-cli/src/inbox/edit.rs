//! Editing what an event says.

use std::process::ExitCode;

use clap::Args;
use hookporter::operating::Edited;
use hookporter::{Clock, SystemClock};

use super::{Arguments, absent, open, show};
use crate::failure::Failure;
use crate::store::Store;
use crate::{input, output};

/// A larger body is no edit any more.
const LARGEST: usize = 64 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Edit {
    number: i64,
    /// The new body, byte for byte, or with `-` stdin; what the event says is then this body
    #[arg(long, value_name = "FILE", required_unless_present = "restore")]
    body: Option<String>,
    /// Put back what came in
    #[arg(long, conflicts_with_all = ["body", "reason"])]
    restore: bool,
    /// Why, for whoever looks at it later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(super) fn run(args: &Arguments, edit: &Edit) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let events = store.events();
    let number = edit.number;
    let edited = match &edit.body {
        Some(file) => {
            let body = input::read_bounded("--body", file, LARGEST)?;
            warn(&store, number, &body)?;
            events.edit(number, body.into(), edit.reason.clone(), SystemClock.now())
        }
        None => events.restore(number),
    };
    let refused = match store.wait(edited)? {
        Edited::Done => {
            output::say(&show::mended(1, args.json));
            if !args.json && !edit.restore {
                output::complain(format_args!(
                    "it is still set aside: `requeue {number}` or `release {number}` has it worked; \
                     `payload {number} --original` writes what came in"
                ));
            }
            return Ok(ExitCode::SUCCESS);
        }
        Edited::Absent => return Err(absent(number)),
        Edited::NotSetAside(state) => format!("it is {state}; only dead letters and parked events are edited"),
        Edited::Encrypted => "its contents are encrypted, and a body in clear must not lie beside them".to_owned(),
        Edited::AsItCame => "it is as it came".to_owned(),
        _ => "it is refused".to_owned(),
    };
    Err(Failure::Run(format!("event {number}: {refused}")))
}

/// Says what is likely a slip: a body that was JSON and is so no more.
fn warn(store: &Store, number: i64, body: &[u8]) -> Result<(), Failure> {
    let is_json = |bytes: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
    if is_json(body) {
        return Ok(());
    }
    let found = store.wait(store.events().inspect(number))?;
    if found.is_some_and(|(_, record)| is_json(record.payload.as_ref().unwrap_or(&record.body))) {
        output::complain(format_args!("warning: what the event says was JSON; the new body is not"));
    }
    Ok(())
}
