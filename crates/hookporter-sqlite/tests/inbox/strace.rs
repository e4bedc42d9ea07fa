//! The program that watches, and disturbs, the system calls of a victim.

use std::process::Command;

/// Whether it is here. Where everything must run, its absence is a failure.
pub(crate) fn is_here(test: &str) -> bool {
    let here = Command::new("strace").arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(here || std::env::var_os("CI").is_none(), "{test} needs strace");
    if !here {
        println!("{test} is skipped: strace is not installed");
    }
    here
}
