//! Waits that stand for an event and not for a length of time, and bounds that a busy machine does not break.

use std::time::Duration;

use tokio::time::Instant;

/// Longer than any neighbour keeps the machine for itself.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Asks again and again until it holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < LONG, "{what}: not within {LONG:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Measures until it was once no longer than `most`: what is slow by itself is so each time, and a stolen moment is not.
pub(crate) async fn once_within(what: &str, most: Duration, mut measured: impl AsyncFnMut() -> Duration) {
    let mut all = Vec::new();
    for _ in 0..5 {
        let took = measured().await;
        if took <= most {
            return;
        }
        all.push(took);
    }
    panic!("{what}: each time longer than {most:?}: {all:?}");
}
