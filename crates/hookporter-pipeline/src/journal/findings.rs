//! What was found out about refused requests that have no row yet.

use std::time::Duration;

use tokio::time::Instant;

use super::Found;
use crate::packed;

/// So long what came before its row waits for it.
const WAITS: Duration = Duration::from_secs(60);
/// So many of them wait.
const MOST: usize = 256;
/// As much of the words as is kept: they may quote what a stranger has sent.
const LONGEST: usize = 512;

/// For authors of stores: findings that are to be written to the rows of their requests, some of which may have none yet.
#[derive(Debug, Default)]
pub struct Findings(Vec<(Found, Instant)>);

impl Findings {
    /// Whether some wait for their rows.
    #[must_use]
    pub const fn are_any(&self) -> bool {
        !self.0.is_empty()
    }

    /// These beside those that have no row yet: what is to be tried now.
    pub fn join(&mut self, found: Vec<Found>) {
        let now = Instant::now();
        self.0.extend(found.into_iter().map(|found| (found, now)));
    }

    /// What is to be written to rows: trace, cause, whether it is proven, and words. Where contents are sealed there are no words
    /// that may name the URL.
    pub fn rows(&self, sealed: bool) -> impl Iterator<Item = (i64, &str, bool, &str)> {
        self.0.iter().map(move |(Found { trace, cause }, _)| {
            let names_url = sealed && cause.cause == "wrong-url";
            let message = if names_url { "" } else { packed::shortened(&cause.message, LONGEST) };
            (trace.to_bits().cast_signed(), &*cause.cause, cause.is_proven, message)
        })
    }

    /// Keeps those that have found no row, for a minute and a bounded number; `has_row` says of a trace whether it has.
    pub fn written(&mut self, has_row: impl Fn(i64) -> bool) {
        self.0.retain(|(found, since)| !has_row(found.trace.to_bits().cast_signed()) && since.elapsed() < WAITS);
        self.0.truncate(MOST);
    }
}
