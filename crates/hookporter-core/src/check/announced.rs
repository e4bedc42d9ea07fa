//! What the headers say of the body: its length and its coding.

use crate::body::BodyBuffer;
use crate::papers::Announced;
use crate::scheme::digits::number;
use crate::{Occurrence, Rejection};

/// Refuses on the word of a header what would be refused in the end for its length.
#[inline]
pub(super) fn expect(announced: &Announced<'_>, body: &mut BodyBuffer) -> Result<(), Rejection> {
    let Occurrence::Once(length) = announced.length else { return Ok(()) };
    // A number of more digits is over every limit; anything else but digits is the server's to refuse.
    match number(length) {
        _ if length.is_empty() => Ok(()),
        Some(length) => body.expect(length.unsigned_abs()),
        None if length.iter().all(u8::is_ascii_digit) => body.expect(u64::MAX),
        None => Ok(()),
    }
}

/// Whether the body comes as it is, by the word of its headers.
#[inline]
pub(super) fn is_plain(announced: &Announced<'_>) -> bool {
    match announced.coding {
        Occurrence::Absent => true,
        Occurrence::Once(coding) => coding.eq_ignore_ascii_case(b"identity"),
        Occurrence::Repeated => false,
    }
}
