//! The faults by name.

use clap::ValueEnum;

/// A fault, or a good request in an unusual shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// No fault: a new event
    Good,
    /// The same event twice
    Duplicate,
    /// Four copies of an event at the same time
    Concurrent,
    /// Two events, the later one first
    Reorder,
    /// Signed an hour longer ago than is allowed
    Stale,
    /// Signed for a moment that lies an hour further ahead than is allowed
    Future,
    /// A fresh timestamp under the signature of another
    MovedTimestamp,
    /// One bit of the body changed
    TamperBody,
    /// One character of the signature changed
    TamperSignature,
    /// No signature
    MissingSignature,
    /// The signature twice
    RepeatedSignature,
    /// Signed with a key that nobody has
    WrongKey,
    /// Signed with the other key of a rotation
    SecondKey,
    /// Compressed
    Gzip,
    /// In chunks, without a length
    Chunked,
    /// A body over the limit
    Oversize,
    /// A body that trickles
    Slow,
}

impl Fault {
    /// In the order that they are tried in: the good ones first, and the slow one last.
    pub(super) const ALL: [Self; 17] = [
        Self::Good,
        Self::Duplicate,
        Self::Concurrent,
        Self::Reorder,
        Self::SecondKey,
        Self::Chunked,
        Self::Stale,
        Self::Future,
        Self::MovedTimestamp,
        Self::TamperBody,
        Self::TamperSignature,
        Self::MissingSignature,
        Self::RepeatedSignature,
        Self::WrongKey,
        Self::Gzip,
        Self::Oversize,
        Self::Slow,
    ];

    /// The name on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Duplicate => "duplicate",
            Self::Concurrent => "concurrent",
            Self::Reorder => "reorder",
            Self::Stale => "stale",
            Self::Future => "future",
            Self::MovedTimestamp => "moved-timestamp",
            Self::TamperBody => "tamper-body",
            Self::TamperSignature => "tamper-signature",
            Self::MissingSignature => "missing-signature",
            Self::RepeatedSignature => "repeated-signature",
            Self::WrongKey => "wrong-key",
            Self::SecondKey => "second-key",
            Self::Gzip => "gzip",
            Self::Chunked => "chunked",
            Self::Oversize => "oversize",
            Self::Slow => "slow",
        }
    }

    /// What the test kit calls the forgery, where it makes it.
    pub(crate) const fn mutation(self) -> Option<&'static str> {
        Some(match self {
            Self::Stale => "stale-timestamp",
            Self::Future => "future-timestamp",
            Self::MovedTimestamp => "moved-timestamp",
            Self::TamperBody => "tampered-body",
            Self::TamperSignature => "tampered-signature",
            Self::MissingSignature => "missing-signature",
            Self::RepeatedSignature => "repeated-signature",
            Self::WrongKey => "wrong-key",
            _ => return None,
        })
    }

    /// Why a sender has no such forgery.
    pub(crate) const fn impossible(self) -> &'static str {
        match self {
            Self::Stale | Self::Future | Self::MovedTimestamp => "it signs no timestamp",
            Self::TamperBody => "its proof does not cover the body",
            Self::RepeatedSignature => "its signature may stand there several times",
            _ => "it cannot be made",
        }
    }

    /// What it means that this was accepted.
    pub(crate) const fn accepted_means(self) -> &'static str {
        match self {
            Self::Stale => "accepted: a captured request stays valid for ever",
            Self::Future => "accepted: it takes requests from the future",
            Self::MovedTimestamp => "accepted: the timestamp is not part of what it verifies",
            Self::TamperBody => "accepted: the body is not part of what it verifies",
            Self::TamperSignature | Self::WrongKey => "accepted: it verifies no signature",
            Self::MissingSignature => "accepted: it asks for no signature",
            Self::RepeatedSignature => "accepted: of two signatures it takes one, and a proxy perhaps the other",
            Self::Gzip => "accepted: it takes an encoding that this sender does not use",
            Self::Oversize => "accepted: it bounds no body, or not at this size",
            Self::Slow => "accepted: it waits for ever for a body",
            _ => "accepted",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_tried_under_the_name_that_it_has_on_the_command_line() {
        assert_eq!(Fault::value_variants().len(), Fault::ALL.len());
        for fault in Fault::value_variants() {
            assert_eq!(fault.to_possible_value().unwrap().get_name(), fault.as_str());
            assert_eq!(Fault::ALL.iter().filter(|one| *one == fault).count(), 1, "{fault:?}");
        }
    }

    #[test]
    fn every_forgery_is_one_of_the_test_kits() {
        let makers = [hookporter_testkit::stripe("whsec_of_the_test"), hookporter_testkit::github("a secret")];
        let known: Vec<_> = makers.iter().flat_map(|maker| maker.mutations()).map(|mutation| mutation.name).collect();
        for name in Fault::ALL.into_iter().filter_map(Fault::mutation) {
            assert!(known.contains(&name), "{name}");
        }
    }
}
