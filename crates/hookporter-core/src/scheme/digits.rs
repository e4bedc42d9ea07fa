//! Runs of digits.

/// The value of a run of at most eighteen ASCII digits, which no `i64` overflows at.
#[inline]
pub(crate) fn number(text: &[u8]) -> Option<i64> {
    if text.len() > 18 {
        return None;
    }
    let (eights, rest) = text.as_chunks::<8>();
    let (mut value, mut all_digits) = (0_i64, true);
    for eight in eights {
        let (number, digits) = eight_digits(*eight);
        all_digits &= digits;
        value = value.wrapping_mul(100_000_000).wrapping_add(number);
    }
    for &byte in rest {
        let digit = byte.wrapping_sub(b'0');
        all_digits &= digit <= 9;
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
    }
    all_digits.then_some(value)
}

/// The value of eight digits at once, and whether they are digits: neighbours are joined to pairs, pairs to fours, fours
/// to the whole, each time by one multiplication that adds the left one's worth to the right one.
#[inline]
fn eight_digits(text: [u8; 8]) -> (i64, bool) {
    let join = |parts: u64, worth: u64, bits: u32| parts.wrapping_mul(worth.wrapping_shl(bits) | 1) >> bits;
    let text = u64::from_le_bytes(text);
    let digits = text.wrapping_sub(0x3030_3030_3030_3030);
    // A byte above `9` reaches its highest bit when 0x46 is added, one below `0` when 0x30 was taken away.
    let strange = (text.wrapping_add(0x4646_4646_4646_4646) | digits) & 0x8080_8080_8080_8080;
    let pairs = join(digits, 10, 8) & 0x00ff_00ff_00ff_00ff;
    let fours = join(pairs, 100, 16) & 0x0000_ffff_0000_ffff;
    let whole = join(fours, 10_000, 32) & 0xffff_ffff;
    (i64::try_from(whole).unwrap_or(0), strange == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_read_as_one_by_one() {
        for value in [0, 9, 10, 12_345_678, 98_765_432, 99_999_999, 10_000_001, 70_605_040] {
            assert_eq!(number(format!("{value:08}").as_bytes()), Some(value));
            assert_eq!(number(format!("17{value:08}").as_bytes()), Some(1_700_000_000 + value));
        }
        assert_eq!(number(b"999999999999999999"), Some(999_999_999_999_999_999));
        for at in 0..18 {
            for strange in (0..=255_u8).filter(|byte| !byte.is_ascii_digit()) {
                let mut text = *b"123456789012345678";
                text[at] = strange;
                assert_eq!(number(&text), None, "{text:?}");
            }
        }
    }
}
