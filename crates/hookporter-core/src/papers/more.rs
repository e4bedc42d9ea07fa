//! Signatures in several headers: one of a second key during a rotation, or one for each key of a sender.

use std::sync::Arc;

use super::Candidates;
use crate::scheme::SignatureSpec;
use crate::scheme::digits::number;
use crate::scheme::encoding::MAX_TEXT;
use crate::scheme::header::More;
use crate::{HeaderVisitor, Headers, Occurrence, Reason, Rejection};

/// The highest number of a header: as many keys as any sender has (DocuSign).
const HIGHEST: u32 = 100;

/// Reads the signatures of every header that is there.
///
/// As in a list, one that is not written in its encoding does not spoil the good ones. A header that stands twice does.
pub(super) fn read(
    more: &More,
    spec: &SignatureSpec,
    name: &Arc<str>,
    headers: &dyn Headers,
    candidates: &mut Candidates,
) -> Result<(), Rejection> {
    let mut any = false;
    match more {
        More::Named(names) => {
            for name in std::iter::once(name).chain(names) {
                match headers.occurrence(name) {
                    Occurrence::Absent => {}
                    Occurrence::Repeated => return Err(Rejection::header(Reason::RepeatedHeader, name)),
                    Occurrence::Once(value) => {
                        any = true;
                        offer(spec, value, candidates);
                    }
                }
            }
        }
        More::Numbered(stem) => any = read_numbered(stem, spec, headers, candidates)?,
    }
    match (any, candidates.is_empty()) {
        (false, _) => Err(Rejection::header(Reason::MissingHeader, name)),
        (true, true) => Err(Rejection::shape(name, "is not a signature in its encoding, nor is one beside it")),
        (true, false) => Ok(()),
    }
}

/// Whether there was any numbered header.
fn read_numbered(
    stem: &str,
    spec: &SignatureSpec,
    headers: &dyn Headers,
    candidates: &mut Candidates,
) -> Result<bool, Rejection> {
    // A bit for each number.
    let (mut seen, mut twice) = (0_u128, None);
    headers.visit(&mut HeaderVisitor::new(&mut |name, value| {
        let Some(number) = number_of(stem, name) else { return };
        let bit = 1_u128 << number;
        if seen & bit != 0 {
            twice = Some(number);
        }
        seen |= bit;
        offer(spec, value, candidates);
    }));
    match twice {
        Some(number) => Err(Rejection::header(Reason::RepeatedHeader, &format!("{stem}{number}").into())),
        None => Ok(seen != 0),
    }
}

/// The number behind `stem`, written as senders write it: no sign, no leading zero.
pub(crate) fn number_of(stem: &str, name: &str) -> Option<u32> {
    let digits = name.strip_prefix(stem)?.as_bytes();
    if digits.is_empty() || digits.starts_with(b"0") {
        return None;
    }
    number(digits)?.try_into().ok().filter(|number| *number <= HIGHEST)
}

fn offer(spec: &SignatureSpec, value: &[u8], candidates: &mut Candidates) {
    if value.len() > MAX_TEXT {
        return;
    }
    if let Some(text) = spec.unprefixed(value) {
        spec.encoding.decode_onto(text, candidates);
    }
}
