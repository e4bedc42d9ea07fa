//! Signals to the processes of a test.

use std::io;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// How many looks at a process it may take to stand still, a millisecond apart.
const LOOKS: u32 = 10_000;

/// Sends a Unix signal (`TERM`, `KILL`, `STOP` …) to a process, by the shell's `kill`.
///
/// A process goes on for a moment after a `STOP` was sent, and answers what comes to it then. This returns once each of its
/// threads stands still, which only Linux tells.
///
/// ```
/// # #[cfg(unix)] {
/// # use std::process::Command;
/// let mut sleeper = Command::new("sleep").arg("60").spawn()?;
/// hookporter_testkit::signal(sleeper.id(), "STOP")?;
/// hookporter_testkit::signal(sleeper.id(), "KILL")?;
/// assert!(!sleeper.wait()?.success());
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// There is no such process or signal; or the process does not stand still within some ten seconds.
pub fn signal(process: u32, name: &str) -> io::Result<()> {
    // Every shell has one; not every machine has the program.
    let kill = format!("kill -{name} {process}");
    if !Command::new("sh").args(["-c", &kill]).status()?.success() {
        return Err(io::Error::other(format!("`{kill}` failed")));
    }
    if name != "STOP" || !cfg!(target_os = "linux") {
        return Ok(());
    }
    for _ in 0..LOOKS {
        if stands_still(process)? {
            return Ok(());
        }
        sleep(Duration::from_millis(1));
    }
    Err(io::Error::other(format!("process {process} does not stand still")))
}

/// Whether each thread of it has stopped, or is gone.
fn stands_still(process: u32) -> io::Result<bool> {
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let stat = std::fs::read_to_string(thread?.path().join("stat")).unwrap_or_default();
        // The name, in parentheses, may contain anything.
        if stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('T')) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_process_stands_still_and_a_missing_one_is_an_error() {
        let mut sleeper = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(!stands_still(sleeper.id()).unwrap());
        signal(sleeper.id(), "STOP").unwrap();
        assert!(stands_still(sleeper.id()).unwrap());
        assert!(signal(sleeper.id(), "NONSENSE").is_err());
        signal(sleeper.id(), "KILL").unwrap();
        sleeper.wait().unwrap();
        assert!(signal(sleeper.id(), "TERM").is_err());
    }
}
