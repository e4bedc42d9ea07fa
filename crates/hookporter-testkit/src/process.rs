//! The processes of a test: where they listen, and signals to them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// How many looks at a process it may take to stand still, a millisecond apart.
const LOOKS: u32 = 10_000;

/// An address of this machine's, and a port that is free there, for a server that a test starts, ends and starts again.
///
/// A port that is free at 127.0.0.1 may be somebody else's before the server has it, and whenever the server is down. So on Linux,
/// where a machine has sixteen million such addresses, the address is one that no other server of these tests has.
///
/// ```
/// let address = hookporter_testkit::free_address()?;
/// assert!(address.ip().is_loopback());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// No port is free.
pub fn free_address() -> io::Result<SocketAddr> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let process = std::process::id().wrapping_mul(256).to_be_bytes();
    let [.., count] = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let [_, high, low, _] = process;
    // Of addresses that end in 0 or 255 some are nobody's.
    let own = if cfg!(target_os = "linux") { [127, high | 128, low, count.clamp(1, 254)] } else { [127, 0, 0, 1] };
    TcpListener::bind((Ipv4Addr::from(own), 0))?.local_addr()
}

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
    fn each_server_has_an_address_of_its_own() {
        let addresses: std::collections::BTreeSet<_> = (0..100).map(|_| free_address().unwrap().ip()).collect();
        assert!(addresses.len() >= 99, "{addresses:?}");
    }

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
