//! Numbers by chance, the same ones for the same seed.

/// A generator: xorshift, which is good enough for choosing.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Seeds that are next to each other begin far apart.
    pub(super) fn new(seed: u64) -> Self {
        let spread = (seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mut random = Self((spread ^ (spread >> 31)) | 1);
        for _ in 0..4 {
            random.one_of(2);
        }
        random
    }

    /// A number below `count`.
    pub(super) fn one_of(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % count
    }
}
