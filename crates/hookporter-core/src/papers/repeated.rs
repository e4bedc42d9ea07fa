//! A signature header that may stand several times.

use std::sync::Arc;

use super::{Candidates, MAX_CANDIDATES, list, short};
use crate::scheme::SignatureSpec;
use crate::{HeaderVisitor, Headers, NameMarks, Rejection};

/// Reads the signatures of every header line of this name.
///
/// As in a list, one that is not written in its encoding does not spoil the good ones.
pub(super) fn read(
    spec: &SignatureSpec,
    name: &Arc<str>,
    headers: &dyn Headers,
    candidates: &mut Candidates,
) -> Result<(), Rejection> {
    let (mut lines, mut problem) = (0_usize, None);
    let mut read = |known: &str, value: &[u8]| {
        if *known != **name {
            return;
        }
        lines = lines.saturating_add(1);
        // Beyond that, nothing is decoded any more.
        if candidates.len() <= MAX_CANDIDATES && lines <= MAX_CANDIDATES {
            let read = short(value, name).and_then(|value| line(spec, name, value, candidates));
            problem = problem.take().or_else(|| read.err());
        }
    };
    headers.visit(&mut HeaderVisitor::of_names(NameMarks::of([&**name]), &mut read));
    if lines > MAX_CANDIDATES || candidates.len() > MAX_CANDIDATES {
        return Err(Rejection::shape(name, "offers more signatures than any rotation needs"));
    }
    match problem {
        Some(problem) if candidates.is_empty() => Err(problem),
        _ => Ok(()),
    }
}

fn line(spec: &SignatureSpec, name: &Arc<str>, value: &[u8], candidates: &mut Candidates) -> Result<(), Rejection> {
    if let Some(items) = &spec.list {
        return list::read(items, spec, None, name, value, candidates).map(|_| ());
    }
    let decoded = spec.unprefixed(value).is_some_and(|text| spec.encoding.decode_onto(text, candidates));
    if decoded { Ok(()) } else { Err(Rejection::shape(name, "is not a signature in its encoding")) }
}
