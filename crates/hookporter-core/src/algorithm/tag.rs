//! The tag of a message: what a MAC or a hash yields, compared in constant time only.

use sha2::Sha256;
use sha2::digest::Output;
use subtle::{Choice, ConstantTimeEq};

/// Up to 64 bytes of tag.
#[derive(Clone, Copy)]
pub(crate) struct Tag {
    bytes: [u8; 64],
    length: usize,
}

/// What tells signed bytes apart: the first 32 bytes of their tag, of a shorter one zeros behind it. In words, as it is
/// chosen among the keys: bytes that have just been written one by one are slow to move all at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fingerprint([[u8; 8]; 4]);

impl Fingerprint {
    #[inline]
    pub(crate) fn of_words(words: [u64; 4]) -> Self {
        Self(words.map(u64::to_ne_bytes))
    }

    #[inline]
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        self.0.as_flattened()
    }
}

impl From<Output<Sha256>> for Fingerprint {
    fn from(digest: Output<Sha256>) -> Self {
        let mut words = [[0; 8]; 4];
        words.as_flattened_mut().copy_from_slice(&digest);
        Self(words)
    }
}

impl Tag {
    #[inline]
    pub(crate) fn new(tag: &[u8]) -> Self {
        let mut bytes = [0; 64];
        let length = tag.len().min(bytes.len());
        if let (Some(to), Some(from)) = (bytes.get_mut(..length), tag.get(..length)) {
            to.copy_from_slice(from);
        }
        Self { bytes, length }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Whether `candidate` is this tag; see [`is_same_tag`].
    pub(crate) fn matches(&self, candidate: &[u8]) -> Choice {
        is_same_tag(self.as_bytes(), candidate)
    }
}

/// Whether `candidate` is the tag `ours`, in a time that depends on the lengths only.
///
/// The differences of all bytes are gathered, in words of eight, before the one question whether there was any; the
/// gathered word is opaque to the optimizer, so that no comparison ends early.
#[inline]
pub(crate) fn is_same_tag(ours: &[u8], candidate: &[u8]) -> Choice {
    let mut differ = u64::from(candidate.len() != ours.len());
    let (ours, our_rest) = ours.as_chunks::<8>();
    let (theirs, their_rest) = candidate.as_chunks::<8>();
    for (our, their) in ours.iter().zip(theirs) {
        differ |= u64::from_ne_bytes(*our) ^ u64::from_ne_bytes(*their);
    }
    for (our, their) in our_rest.iter().zip(their_rest) {
        differ |= u64::from(our ^ their);
    }
    std::hint::black_box(differ).ct_eq(&0)
}

impl std::fmt::Debug for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tag")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_bit_and_every_length_counts() {
        let bytes: Vec<u8> = (0..64).collect();
        for length in [20, 32, 64] {
            let tag = Tag::new(&bytes[..length]);
            assert!(bool::from(tag.matches(&bytes[..length])));
            for bit in 0..length * 8 {
                let mut wrong = bytes[..length].to_vec();
                wrong[bit / 8] ^= 1 << (bit % 8);
                assert!(!bool::from(tag.matches(&wrong)), "bit {bit} of {length} bytes");
            }
            for other in (0..=64).filter(|other| *other != length) {
                assert!(!bool::from(tag.matches(&bytes[..other])), "{other} bytes for {length}");
            }
        }
    }
}
