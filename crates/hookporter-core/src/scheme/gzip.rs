//! What a proof is over where a sender compresses.

/// What the proof is over where a sender compresses its bodies with gzip (`content-encoding: gzip`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gzip {
    /// The bytes as they are sent: they are proven first, and nothing is inflated for a stranger.
    SignedCompressed,
    /// The plain content: it is inflated, within bounds, before anything is proven. The bytes around the content are not
    /// covered.
    SignedPlain,
}
