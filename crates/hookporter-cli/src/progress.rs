//! How far something long is, for whoever watches a terminal.

use std::io::{IsTerminal, Write, stderr};

/// The width of the bar.
const WIDTH: usize = 30;

/// Draws a bar on stderr, if that is a terminal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    /// `None`: nobody watches.
    total: Option<usize>,
}

impl Progress {
    /// Counts what there is to do only where somebody watches.
    pub(crate) fn new<E>(count: impl FnOnce() -> Result<usize, E>) -> Result<Self, E> {
        let total = stderr().is_terminal().then(count).transpose()?;
        Ok(Self { total })
    }

    /// For what has no known end.
    pub(crate) const fn none() -> Self {
        Self { total: None }
    }

    pub(crate) fn draw(self, done: usize) {
        let Some(total) = self.total else { return };
        // Fails only without a terminal, and then nobody watches.
        let _ = write!(stderr(), "\r{}", bar(done, total));
    }

    /// Leaves the line as it was.
    pub(crate) fn end(self) {
        if self.total.is_some() {
            let _ = write!(stderr(), "\r\u{1b}[K");
        }
    }
}

fn bar(done: usize, total: usize) -> String {
    let filled = done.saturating_mul(WIDTH).checked_div(total).unwrap_or(WIDTH).min(WIDTH);
    format!("[{}{}] {done} of {}", "#".repeat(filled), "-".repeat(WIDTH.saturating_sub(filled)), total.max(done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_at_the_end_and_never_wider() {
        assert_eq!(bar(1, 3), format!("[{}{}] 1 of 3", "#".repeat(10), "-".repeat(20)));
        assert_eq!(bar(3, 3), format!("[{}] 3 of 3", "#".repeat(30)));
        assert_eq!(bar(5, 3), format!("[{}] 5 of 5", "#".repeat(30)), "more came than were counted");
        assert_eq!(bar(0, 0), format!("[{}] 0 of 0", "#".repeat(30)));
    }
}
