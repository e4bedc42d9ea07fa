//! What a request is called in logs and journals.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where this process begins to count: at random, so that two processes do not use the same ids.
static FIRST: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
static COUNT: AtomicU64 = AtomicU64::new(0);

/// What one request is called: the same in the log, the journal and the console. Sixteen hex digits; another for each request,
/// and nothing that a sender can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(u64);

/// A text is no trace id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotATraceId;

impl TraceId {
    pub(crate) fn next() -> Self {
        Self(mixed(FIRST.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed))))
    }

    /// The id of these bits, as a store kept them.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The id as a number, for stores.
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0
    }
}

/// Makes neighbours look unlike each other; no two numbers become the same. This is the finalizer of SplitMix64.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for TraceId {
    type Err = NotATraceId;

    fn from_str(text: &str) -> Result<Self, NotATraceId> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u64::from_str_radix(text, 16).ok().filter(|_| is_hex).map(Self).ok_or(NotATraceId)
    }
}

impl fmt::Display for NotATraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a trace id has sixteen hex digits")
    }
}

impl std::error::Error for NotATraceId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_is_read_as_it_is_shown() {
        let (one, other) = (TraceId::next(), TraceId::next());
        assert_ne!(one, other);
        assert_eq!(one.to_string().parse(), Ok(one));
        for odd in ["", "12", "00000000000000000", "+000000000000001", "000000000000000g"] {
            assert_eq!(odd.parse::<TraceId>(), Err(NotATraceId), "{odd}");
        }
    }
}
