//! Rounds of one server beside the same rounds of another.

use std::fmt;

use hookporter_bench::harness::percentile;

/// Ratios of rounds that were measured beside each other: what a neighbour does meets both sides of each.
pub(crate) struct Paired {
    ratios: Vec<f64>,
    all: f64,
}

impl Paired {
    /// The rounds of `ours` as parts of the same rounds of `floor`.
    pub(crate) fn new(ours: &[f64], floor: &[f64]) -> Self {
        let ratios = ours.iter().zip(floor).map(|(ours, floor)| ours / floor).collect();
        Self { ratios, all: ours.iter().sum::<f64>() / floor.iter().sum::<f64>() }
    }
}

/// The median, the range that it lies in with 95 %, p10 – p90, and all by all.
impl fmt::Display for Paired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |share: f64| percentile(&self.ratios, share.clamp(0.0, 1.0));
        // The ranks between which the median lies in 95 of 100 runs, whatever the rounds are like.
        let half = 0.98 / (self.ratios.len() as f64).sqrt();
        write!(
            f,
            "{:>7.3} {:>6.3} – {:<5.3} {:>6.3} – {:<5.3} {:>7.3}",
            at(0.5),
            at(0.5 - half),
            at(0.5 + half),
            at(0.1),
            at(0.9),
            self.all
        )
    }
}
