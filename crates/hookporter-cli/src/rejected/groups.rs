//! What was turned away, by endpoint and reason.

use std::collections::BTreeMap;

use hookporter::{Outcome, Reason, UnixTime};

use super::chosen::{Filter, each_kept};
use crate::failure::Failure;
use crate::store::Store;

/// How often requests to an endpoint were turned away for one reason.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) endpoint: String,
    pub(super) reason: Reason,
    /// How many the journal tells of.
    pub(super) requests: u64,
    /// How many are kept whole; of these the reason is the one of their last judgement.
    pub(super) kept: u64,
    pub(super) first: UnixTime,
    pub(super) last: UnixTime,
}

/// The groups, the most frequent first.
pub(super) fn of(store: &Store, filter: &Filter) -> Result<Vec<Group>, Failure> {
    let (requests, mut groups) = (store.requests()?, Groups::default());
    for outcome in [Outcome::Rejected, Outcome::Unavailable] {
        let mut query = filter.query();
        query.outcomes = vec![outcome];
        for count in store.wait(requests.reasons(query))? {
            if outcome == Outcome::Rejected || count.reason.is_refusal() {
                let group = groups.at(&count.endpoint, count.reason, count.first);
                group.requests = group.requests.saturating_add(count.count);
                group.spans(count.first, count.last);
            }
        }
    }
    each_kept(store, &filter.selection(), 0, |kept| {
        if filter.since.is_none_or(|since| kept.arrived_at >= since) {
            let group = groups.at(&kept.endpoint, kept.reason, kept.arrived_at);
            group.kept = group.kept.saturating_add(1);
            group.spans(kept.arrived_at, kept.arrived_at);
        }
        true
    })?;
    let mut groups: Vec<_> = groups.0.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.requests.max(group.kept)));
    Ok(groups)
}

#[derive(Default)]
struct Groups(BTreeMap<(String, &'static str), Group>);

impl Groups {
    fn at(&mut self, endpoint: &str, reason: Reason, first: UnixTime) -> &mut Group {
        self.0.entry((endpoint.to_owned(), reason.as_str())).or_insert_with(|| Group {
            endpoint: endpoint.to_owned(),
            reason,
            requests: 0,
            kept: 0,
            first,
            last: first,
        })
    }
}

impl Group {
    fn spans(&mut self, first: UnixTime, last: UnixTime) {
        self.first = self.first.min(first);
        self.last = self.last.max(last);
    }
}
