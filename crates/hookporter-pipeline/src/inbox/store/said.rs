//! What is said in the log now and then.

use std::time::Duration;

use tokio::time::Instant;

/// How often, at the most.
const EVERY: Duration = Duration::from_secs(60);

/// When something was last said in the log of which there may be much: it is said once a minute at the most.
#[derive(Debug, Clone, Copy, Default)]
pub struct NowAndThen {
    said: Option<Instant>,
}

impl NowAndThen {
    /// Whether it is said now, since nothing was for a minute; then nothing is for another one.
    pub fn is_time(&mut self) -> bool {
        let is_time = self.said.is_none_or(|said| said.elapsed() >= EVERY);
        if is_time {
            self.said = Some(Instant::now());
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_said_once_a_minute() {
        let mut said = NowAndThen::default();
        assert!(said.is_time() && !said.is_time());
        tokio::time::advance(EVERY / 2).await;
        assert!(!said.is_time());
        tokio::time::advance(EVERY / 2).await;
        assert!(said.is_time());
    }
}
