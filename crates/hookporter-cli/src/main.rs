//! The `hookporter` program: a real receiver, a sender that signs, and a verdict on captured requests.
//!
//! Keys are read from environment variables and never shown. What is printed for programs goes to stdout, everything
//! else to stderr. Exit status: 0 done, 1 not accepted or not reached, 2 wrongly used.

mod args;
mod board;
mod completions;
mod demo;
mod doctor;
mod duration;
mod everywhere;
mod failure;
mod fetch;
mod health;
mod inbox;
mod init;
mod input;
mod key_uses;
mod keys;
mod moment;
mod output;
mod progress;
mod providers;
mod receive;
mod rejected;
mod send;
mod signer;
mod store;
mod style;
mod tail;
mod verify;
mod wire;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return args::refuse(&error),
    };
    let ended = match arguments.command {
        Command::Receive(args) => receive::run(&args),
        Command::Send(args) => send::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Inbox(args) => inbox::run(&args),
        Command::Rejected(args) => rejected::run(&args),
        Command::Tail(args) => tail::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Health(args) => health::run(&args),
        Command::Keys(args) => key_uses::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Providers(args) => Ok(providers::run(&args)),
    };
    ended.unwrap_or_else(|failure| failure.report())
}
