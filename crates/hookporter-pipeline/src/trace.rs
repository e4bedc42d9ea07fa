//! What a request is called in logs and journals.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static COUNT: AtomicU64 = AtomicU64::new(0);

/// What one request is called: the same in the log, the journal and the console. Sixteen hex digits; another for each request,
/// and nothing that a sender can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(u64);

impl TraceId {
    pub(crate) fn next() -> Self {
        Self(COUNT.fetch_add(1, Ordering::Relaxed))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keyed at random when the process starts, so that two processes do not use the same ones. Hashed when somebody looks.
        write!(f, "{:016x}", HASHER.hash_one(self.0))
    }
}
