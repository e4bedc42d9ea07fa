//! CRC-32 (ISO 3309), the sum that PayPal signs in place of a body.

/// The sum of `bytes`.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let add = |sum: u32, byte: &u8| {
        let index = usize::from(sum.to_le_bytes()[0] ^ byte);
        TABLE.get(index).copied().unwrap_or_default() ^ (sum >> 8)
    };
    !bytes.iter().fold(!0, add)
}

/// The sum of every single byte.
static TABLE: [u32; 256] = table();

#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "made when compiled, index below 256")]
const fn table() -> [u32; 256] {
    let mut table = [0_u32; 256];
    let (mut at, mut start) = (0, 0_u32);
    while at < table.len() {
        let (mut sum, mut bit) = (start, 0);
        while bit < 8 {
            sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            bit += 1;
        }
        table[at] = sum;
        at += 1;
        start += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn known_sums() {
        // The check value of the standard, and what Python's zlib says.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"a"), 0xe8b7_be43);
    }
}
