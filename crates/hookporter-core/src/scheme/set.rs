//! The names under which the proof headers come.

use std::sync::Arc;

use crate::scheme::timestamp::TimestampAt;
use crate::scheme::{Header, Scheme, TimestampPlace, TimestampSpec};

/// One set of names for the proof headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderSet {
    pub(crate) signature: Option<Arc<str>>,
    pub(crate) timestamp: Option<Arc<str>>,
    pub(crate) id: Option<Arc<str>>,
}

impl HeaderSet {
    /// The sets of a scheme: the usual one, and the one under other names.
    pub(crate) fn of(scheme: &Scheme, timestamp: Option<&TimestampSpec>) -> Vec<Self> {
        let own_timestamp = timestamp.is_some_and(|spec| matches!(spec.place, TimestampPlace::Header(_)));
        let header_of_timestamp = match scheme.timestamp.as_ref().map(|source| &source.at) {
            Some(TimestampAt::Header(header)) if own_timestamp => Some(header),
            _ => None,
        };
        let name = |header: &Header| header.name.clone();
        let usual = Self {
            signature: scheme.signature.as_ref().map(|source| name(&source.header)),
            timestamp: header_of_timestamp.map(name),
            id: scheme.id.as_ref().map(name),
        };
        let Some((prefix, other)) = &scheme.alternative else {
            return vec![usual];
        };
        let rename = |name: &Option<Arc<str>>| {
            let name = name.as_ref()?;
            Some(
                name.strip_prefix(prefix.as_str()).map_or_else(|| name.clone(), |rest| format!("{other}{rest}").into()),
            )
        };
        let second =
            Self { signature: rename(&usual.signature), timestamp: rename(&usual.timestamp), id: rename(&usual.id) };
        vec![usual, second]
    }

    /// The names of the set.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        [&self.signature, &self.timestamp, &self.id].into_iter().flatten()
    }
}
