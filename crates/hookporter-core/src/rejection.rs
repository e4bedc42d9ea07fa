//! A rejection: the typed reason, with evidence, why a request was turned away.

use std::fmt;
use std::sync::Arc;

use crate::Reason;

/// Why a request was turned away, and what shows it.
///
/// It is for the operator: response extensions, journal, metrics, traces. The sender learns the status only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    reason: Reason,
    evidence: Evidence,
}

/// What shows that a rejection is right: sizes, names and differences, never bytes of a header or of a body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Evidence {
    /// Nothing beyond the reason.
    #[default]
    None,
    /// The header it is about.
    Header(Arc<str>),
    /// The header it is about, and what is wrong with it.
    HeaderShape(Arc<str>, &'static str),
    /// The claim it is about.
    Claim(&'static str),
    /// What is wrong, in words.
    Detail(&'static str),
    /// The clocks disagree: how many seconds the timestamp lies behind (negative) or ahead, and the bound it broke.
    Skew {
        /// Seconds between the timestamp and the clock; negative means the past.
        seconds: i64,
        /// The bound that was broken, in seconds.
        bound: u64,
    },
    /// The status that a handler answered with.
    Status(u16),
    /// A size and the limit it broke, in bytes.
    Size {
        /// The size that was seen or announced.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
}

impl Rejection {
    /// A rejection for `reason`, with no more evidence than that.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub const fn new(reason: Reason) -> Self {
        Self { reason, evidence: Evidence::None }
    }

    /// Adds what shows it.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn with_evidence(self, evidence: Evidence) -> Self {
        Self { evidence, ..self }
    }

    // What makes a rejection is kept out of the way of what makes none.
    #[cold]
    #[inline(never)]
    pub(crate) fn header(reason: Reason, name: &Arc<str>) -> Self {
        Self { reason, evidence: Evidence::Header(name.clone()) }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn shape(name: &Arc<str>, what: &'static str) -> Self {
        Self { reason: Reason::MalformedHeader, evidence: Evidence::HeaderShape(name.clone(), what) }
    }

    #[cold]
    #[inline(never)]
    pub(crate) const fn detail(reason: Reason, what: &'static str) -> Self {
        Self { reason, evidence: Evidence::Detail(what) }
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> Reason {
        self.reason
    }

    /// What shows it.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

impl From<Reason> for Rejection {
    #[cold]
    #[inline(never)]
    fn from(reason: Reason) -> Self {
        Self::new(reason)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)?;
        match &self.evidence {
            Evidence::None => Ok(()),
            Evidence::Header(name) => write!(f, ": header `{name}`"),
            Evidence::HeaderShape(name, what) => write!(f, ": header `{name}` {what}"),
            Evidence::Claim(name) => write!(f, ": claim `{name}`"),
            Evidence::Detail(what) => write!(f, ": {what}"),
            Evidence::Skew { seconds, bound } if *seconds < 0 => {
                write!(f, ": {} s old, at most {bound} s allowed", seconds.unsigned_abs())
            }
            Evidence::Skew { seconds, bound } => write!(f, ": {seconds} s ahead, at most {bound} s allowed"),
            Evidence::Status(status) => write!(f, ": the handler answered {status}"),
            Evidence::Size { bytes, limit } => write!(f, ": {bytes} bytes, at most {limit} allowed"),
        }
    }
}

impl std::error::Error for Rejection {}
