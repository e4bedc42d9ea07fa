//! What goes so that the rest is within the bounds: the oldest, of whoever has the most.

use std::collections::{HashMap, VecDeque};

use hookporter_pipeline::quarantine::Bounds;

/// One that is kept: its number, its endpoint, and its bytes.
pub(super) type Kept = (i64, String, usize);

/// What an endpoint has, the oldest first.
#[derive(Debug, Default)]
struct Share {
    kept: VecDeque<(i64, usize)>,
    bytes: usize,
}

/// Which of these, the oldest first, are to go: of the endpoint that has the most, so that a flood to one does not push out what
/// another has.
pub(super) fn too_many(all: Vec<Kept>, bounds: Bounds) -> Vec<i64> {
    let mut shares: HashMap<String, Share> = HashMap::new();
    let (mut requests, mut bytes) = (all.len(), 0_usize);
    for (number, endpoint, weight) in all {
        let share = shares.entry(endpoint).or_default();
        share.kept.push_back((number, weight));
        share.bytes = share.bytes.saturating_add(weight);
        bytes = bytes.saturating_add(weight);
    }
    let mut gone = Vec::new();
    loop {
        let largest = if bytes > bounds.bytes {
            shares.values_mut().max_by_key(|share| share.bytes)
        } else if requests > bounds.requests {
            shares.values_mut().max_by_key(|share| share.kept.len())
        } else {
            None
        };
        let Some((share, (number, weight))) =
            largest.and_then(|share| share.kept.pop_front().map(|oldest| (share, oldest)))
        else {
            return gone;
        };
        share.bytes = share.bytes.saturating_sub(weight);
        bytes = bytes.saturating_sub(weight);
        requests = requests.saturating_sub(1);
        gone.push(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_of_whoever_has_the_most_go_until_both_bounds_hold() {
        let kept = |number, endpoint: &str, weight| (number, endpoint.to_owned(), weight);
        let all = || vec![kept(1, "a", 10), kept(2, "b", 60), kept(3, "a", 10), kept(4, "a", 10), kept(5, "b", 10)];
        let gone = |requests, bytes| too_many(all(), Bounds { requests, bytes });
        assert_eq!(gone(5, 100), [0_i64; 0]);
        assert_eq!(gone(4, 100), [1]);
        assert_eq!(gone(5, 99), [2]);
        assert_eq!(gone(2, 1000).len(), 3);
        assert_eq!(gone(0, 0).len(), 5);
    }
}
