//! Passing a JSON object or array by without looking at each of its bytes in turn.
//!
//! Strings and numbers of an event are short and of every length, so a loop that ends with each of them is guessed wrong
//! by the processor more often than not, and that costs more than the bytes. Blocks of 64 bytes become bit masks
//! instead (as simdjson does it, in plain integers), and most blocks are passed with one sum.

/// One bit per byte of a block, the first byte's lowest.
type Mask = u64;

const BLOCK: usize = 64;

/// The length of the object or array that `text` begins with; `None` if it does not end, or nests deeper than `most`.
pub(super) fn container(text: &[u8], most: usize) -> Option<usize> {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut last = [b' '; BLOCK];
    last.get_mut(..rest.len())?.copy_from_slice(rest);
    let (mut state, mut depth, mut passed) = (Quoting::default(), 0_usize, 0_usize);
    for block in blocks.iter().chain([&last]) {
        let masks = Masks::new(block);
        let quoted = state.quoted(&masks);
        let (opening, closing) = (masks.opening & !quoted, masks.closing & !quoted);
        let (opened, closed) = (count(opening)?, count(closing)?);
        let deepest = depth.checked_add(opened)?;
        if depth > closed && deepest <= most {
            depth = deepest.checked_sub(closed)?;
        } else if let Some(at) = end(opening, closing, &mut depth, most)? {
            return passed.checked_add(at);
        }
        passed = passed.checked_add(BLOCK)?;
    }
    None
}

/// Goes through a block's brackets one by one; how long the block is up to the one that closes the container.
fn end(opening: Mask, closing: Mask, depth: &mut usize, most: usize) -> Option<Option<usize>> {
    let mut left = opening | closing;
    while left != 0 {
        let at = left.trailing_zeros();
        if opening & (1 << at) == 0 {
            *depth = depth.checked_sub(1)?;
        } else {
            *depth = depth.checked_add(1).filter(|depth| *depth <= most)?;
        }
        if *depth == 0 {
            return Some(usize::try_from(at).ok()?.checked_add(1));
        }
        left &= left.wrapping_sub(1);
    }
    Some(None)
}

fn count(mask: Mask) -> Option<usize> {
    usize::try_from(mask.count_ones()).ok()
}

/// What a block consists of.
struct Masks {
    quotes: Mask,
    backslashes: Mask,
    opening: Mask,
    closing: Mask,
}

impl Masks {
    #[inline]
    fn new(block: &[u8; BLOCK]) -> Self {
        Self {
            quotes: mask(block, |byte| byte == b'"'),
            backslashes: mask(block, |byte| byte == b'\\'),
            // One bit apart: a bracket with it is a brace.
            opening: mask(block, |byte| byte | 0x20 == b'{'),
            closing: mask(block, |byte| byte | 0x20 == b'}'),
        }
    }
}

/// The mask of the bytes that are wanted. The comparison is written so that the compiler makes it one of vectors.
#[inline]
fn mask(block: &[u8; BLOCK], is_wanted: impl Fn(u8) -> bool) -> Mask {
    let wanted = block.map(|byte| u8::from(is_wanted(byte)));
    let words = wanted.as_chunks::<8>().0.iter().rev();
    // The product gathers the eight lowest bits of a word in its highest byte.
    words.fold(0, |mask, word| mask << 8 | u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56)
}

/// What goes over from one block to the next.
#[derive(Default)]
struct Quoting {
    /// All ones inside a string.
    inside: Mask,
    /// One if the next block's first byte stands behind a backslash.
    escaped: Mask,
}

impl Quoting {
    /// Which bytes are in strings, their opening quotes included.
    #[inline]
    fn quoted(&mut self, masks: &Masks) -> Mask {
        let mut quotes = masks.quotes;
        if masks.backslashes | self.escaped != 0 {
            quotes &= !self.escaped(masks.backslashes);
        }
        // Each bit becomes the parity of the quotes up to it.
        let mut parity = quotes;
        for distance in [1, 2, 4, 8, 16, 32] {
            parity ^= parity << distance;
        }
        let quoted = parity ^ self.inside;
        self.inside = if quoted >> 63 == 0 { 0 } else { Mask::MAX };
        quoted
    }

    /// Which bytes stand behind a backslash that is not itself behind one.
    fn escaped(&mut self, backslashes: Mask) -> Mask {
        let (mut escaped, mut left) = (self.escaped, backslashes & !self.escaped);
        self.escaped = 0;
        while left != 0 {
            let at = left.trailing_zeros();
            let next = (1 << at) << 1;
            escaped |= next;
            self.escaped = Mask::from(at == 63);
            left &= left.wrapping_sub(1) & !next;
        }
        escaped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, one byte after the other.
    fn plainly(text: &[u8], most: usize) -> Option<usize> {
        let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
        for (at, byte) in text.iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if inside => escaped = true,
                b'"' => inside = !inside,
                b'{' | b'[' if !inside => depth = depth.saturating_add(1),
                b'}' | b']' if !inside => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > most {
                return None;
            }
            if depth == 0 {
                return at.checked_add(1);
            }
        }
        None
    }

    #[test]
    fn blocks_find_what_single_bytes_find() {
        const ALPHABET: &[u8] = b"{}[]{}[]\"\"\"\\\\ab_ ,:1";
        // A small generator of its own: every run tries the same texts.
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let mut text = vec![b'{'];
            let mut inside = false;
            for _ in 0..seed % 300 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let byte = ALPHABET[usize::try_from(seed >> 33).unwrap() % ALPHABET.len()];
                // Backslashes outside strings are no JSON; what follows from them is nobody's business.
                if byte == b'\\' && !inside {
                    continue;
                }
                let behind = text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
                inside ^= byte == b'"' && !behind;
                text.push(byte);
            }
            for most in [3, 128] {
                assert_eq!(container(&text, most), plainly(&text, most), "{}", String::from_utf8_lossy(&text));
            }
            seed = seed.wrapping_add(1);
        }
    }

    #[test]
    fn every_byte_is_told_apart() {
        for byte in 0..=255_u8 {
            for at in 0..BLOCK {
                let mut block = [b'_'; BLOCK];
                block[at] = byte;
                let masks = Masks::new(&block);
                let expected = |is: bool| u64::from(is) << at;
                assert_eq!(masks.quotes, expected(byte == b'"'));
                assert_eq!(masks.backslashes, expected(byte == b'\\'));
                assert_eq!(masks.opening, expected(byte == b'{' || byte == b'['));
                assert_eq!(masks.closing, expected(byte == b'}' || byte == b']'));
            }
        }
    }
}
