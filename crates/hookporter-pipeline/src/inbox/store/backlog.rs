//! What waits, one behind the other, counted in bytes.

use std::collections::VecDeque;

/// What waits for a store, in the order in which it came, and how many bytes that is.
///
/// ```
/// use hookporter_pipeline::inbox::store::Backlog;
///
/// let mut waiting = Backlog::default();
/// assert!(waiting.has_room(500, 3, 100), "alone, whatever its size");
/// waiting.push(500, "a large one");
/// assert!(!waiting.has_room(1, 3, 100));
/// assert_eq!((waiting.depth(), waiting.take(10, 10)), ((1, 500), vec!["a large one"]));
/// ```
#[derive(Debug)]
pub struct Backlog<T> {
    items: VecDeque<(usize, T)>,
    bytes: usize,
}

impl<T> Default for Backlog<T> {
    fn default() -> Self {
        Self { items: VecDeque::new(), bytes: 0 }
    }
}

impl<T> Backlog<T> {
    /// Whether one more of so many bytes is within these bounds. A single one that is larger than the bound still has its turn.
    #[must_use]
    pub fn has_room(&self, bytes: usize, most: usize, most_bytes: usize) -> bool {
        self.items.len() < most && (self.bytes == 0 || self.bytes.saturating_add(bytes) <= most_bytes)
    }

    /// Adds one of so many bytes, whether there is room or not.
    pub fn push(&mut self, bytes: usize, item: T) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.items.push_back((bytes, item));
    }

    /// Takes the first few, up to so many and so many bytes, but one of any size.
    #[must_use]
    pub fn take(&mut self, most: usize, most_bytes: usize) -> Vec<T> {
        let (mut taken, mut bytes) = (Vec::new(), 0_usize);
        while taken.len() < most
            && bytes < most_bytes
            && let Some((weight, item)) = self.items.pop_front()
        {
            bytes = bytes.saturating_add(weight);
            taken.push(item);
        }
        self.bytes = self.bytes.saturating_sub(bytes);
        taken
    }

    /// Takes all.
    #[must_use]
    pub fn take_all(&mut self) -> Vec<T> {
        self.take(usize::MAX, usize::MAX)
    }

    /// How many wait, and how many bytes of them.
    #[must_use]
    pub fn depth(&self) -> (usize, usize) {
        (self.items.len(), self.bytes)
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_the_first_within_both_bounds_and_one_at_least() {
        let mut waiting = Backlog::default();
        (0..6).for_each(|at| waiting.push(10, at));
        assert_eq!(waiting.take(2, 1000), [0, 1]);
        assert_eq!(waiting.take(9, 11), [2, 3], "as many as it takes to reach the bound");
        assert_eq!(waiting.take(9, 1), [4]);
        assert_eq!(waiting.depth(), (1, 10));
        assert_eq!(waiting.take_all(), [5]);
        assert!(waiting.is_empty() && waiting.take_all().is_empty() && waiting.depth() == (0, 0));
    }

    #[test]
    fn both_bounds_hold() {
        let mut waiting = Backlog::default();
        (0..2).for_each(|_| waiting.push(40, ()));
        assert!(waiting.has_room(20, 3, 100) && !waiting.has_room(21, 3, 100));
        assert!(!waiting.has_room(0, 2, 100));
    }
}
