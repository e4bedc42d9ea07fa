//! `completions`: what a shell completes the command line with.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::output;

/// Print the completions of a shell
///
/// For example `hookporter completions bash > /etc/bash_completion.d/hookporter`,
/// `hookporter completions fish > ~/.config/fish/completions/hookporter.fish`, or for zsh a file `_hookporter` in a directory
/// of `$fpath`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints them.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::args::Arguments::command(), "hookporter", &mut script);
    // Written here: a closed pipe is no error.
    output::say(String::from_utf8_lossy(&script).trim_end());
    Ok(ExitCode::SUCCESS)
}
