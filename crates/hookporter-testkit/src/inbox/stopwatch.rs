//! A stopwatch for what may not take long.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

/// How long the thread naps that the watch counts.
const NAP: Duration = Duration::from_millis(5);

/// A stopwatch for how long something may take at the most, on a machine that others use too.
///
/// It counts the naps of a thread of this process, of five milliseconds each, and no time of a clock. Where the machine is
/// somebody else's for seconds it stands still, and where many want its processors it goes more slowly; on a machine that has
/// nothing else to do it shows what a clock would. What takes too long by it is late by itself, and not for want of a processor.
///
/// ```
/// # async fn example() {
/// use std::time::Duration;
/// use hookporter_testkit::inbox::Stopwatch;
///
/// let watch = Stopwatch::start();
/// // … ask for something that is to be refused at once, and then:
/// assert!(watch.elapsed() < Duration::from_millis(500));
///
/// let back = async { /* … try until it works */ };
/// Stopwatch::within(Duration::from_secs(2), back).await.expect("not back within two seconds");
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "it shows what has passed since it was started"]
pub struct Stopwatch {
    began: u64,
}

impl Stopwatch {
    /// Starts one.
    pub fn start() -> Self {
        Self { began: naps() }
    }

    /// What has passed since it was started, to five milliseconds.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        NAP.saturating_mul(u32::try_from(naps().saturating_sub(self.began)).unwrap_or(u32::MAX))
    }

    /// What becomes of this, if it does by the time that a stopwatch shows `longest`; on a tokio runtime with its time on.
    pub async fn within<F: Future>(longest: Duration, what: F) -> Option<F::Output> {
        let watch = Self::start();
        let over = async {
            while watch.elapsed() < longest {
                sleep(NAP).await;
            }
        };
        tokio::select! {
            biased;
            done = what => Some(done),
            () = over => None,
        }
    }
}

/// How many naps the thread has taken, which naps as long as the process lives.
fn naps() -> u64 {
    static NAPS: AtomicU64 = AtomicU64::new(0);
    static THREAD: OnceLock<()> = OnceLock::new();
    THREAD.get_or_init(|| {
        std::thread::spawn(|| {
            loop {
                std::thread::sleep(NAP);
                NAPS.fetch_add(1, Ordering::Relaxed);
            }
        });
    });
    NAPS.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_shows_no_more_than_a_clock_and_finds_out_what_is_late() {
        // In this order, or the watch could have counted what the clock has not seen.
        let clock = tokio::time::Instant::now();
        let watch = Stopwatch::start();
        assert_eq!(Stopwatch::within(Duration::from_secs(60), async { 7 }).await, Some(7));
        assert_eq!(Stopwatch::within(Duration::from_millis(50), std::future::pending::<()>()).await, None);
        assert!(watch.elapsed() >= Duration::from_millis(50), "{watch:?}");
        // The nap that had begun before counts, too.
        assert!(watch.elapsed() <= clock.elapsed() + NAP, "{watch:?}");
    }
}
