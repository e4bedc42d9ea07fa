//! The names under which the proof headers come.

use std::sync::Arc;

use crate::headers::{Names, Places, Sought};
use crate::scheme::timestamp::TimestampAt;
use crate::scheme::{Scheme, TimestampPlace, TimestampSpec};

/// One set of names for the proof headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderSet {
    pub(crate) signature: Option<Sought>,
    pub(crate) timestamp: Option<Sought>,
    pub(crate) id: Option<Sought>,
    /// The places of the names that the other set does not have.
    pub(crate) own: Places,
}

impl HeaderSet {
    /// The sets of a scheme: the usual one, and the one under other names. All of them are looked for.
    pub(crate) fn of(scheme: &Scheme, timestamp: Option<&TimestampSpec>, names: &mut Names) -> Vec<Self> {
        let own_timestamp = timestamp.is_some_and(|spec| matches!(spec.place, TimestampPlace::Header(_)));
        let header_of_timestamp = match scheme.timestamp.as_ref().map(|source| &source.at) {
            Some(TimestampAt::Header(header)) if own_timestamp => Some(header),
            _ => None,
        };
        let headers = [scheme.signature.as_ref().map(|source| &source.header), header_of_timestamp, scheme.id.as_ref()];
        let usual = headers.map(|header| header.map(|header| header.name.clone()));
        let mut sought = |names_of_set: [Option<Arc<str>>; 3]| {
            let [signature, timestamp, id] = names_of_set.map(|name| name.map(|name| names.seek(&name)));
            Self { signature, timestamp, id, own: Places::default() }
        };
        let Some((prefix, other)) = &scheme.alternative else {
            return vec![sought(usual)];
        };
        let rename = |name: &Arc<str>| {
            name.strip_prefix(prefix.as_str()).map_or_else(|| name.clone(), |rest| format!("{other}{rest}").into())
        };
        let second = usual.each_ref().map(|name| name.as_ref().map(rename));
        let (mut usual, mut second) = (sought(usual), sought(second));
        usual.own = usual.places().without(second.places());
        second.own = second.places().without(usual.places());
        vec![usual, second]
    }

    fn places(&self) -> Places {
        Places::of([&self.signature, &self.timestamp, &self.id].into_iter().flatten())
    }
}
