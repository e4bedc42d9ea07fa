//! List headers: `t=…,v1=…` and `v1,… v1,…`.

use std::sync::Arc;

use memchr::memchr;

use super::{Candidates, MAX_CANDIDATES};
use crate::Rejection;
use crate::scheme::header::List;
use crate::scheme::{SignatureSpec, TimestampPlace, TimestampSpec};

/// Reads the items that count: the signatures, and the timestamp where it stands in the list.
///
/// Items of other names are skipped, and so is one that is not written in its encoding: a sender that adds a version,
/// or garbles one entry, does not spoil the good ones. A second timestamp does.
pub(super) fn read<'a>(
    list: &List,
    spec: &SignatureSpec,
    timestamp: Option<&TimestampSpec>,
    name: &Arc<str>,
    value: &'a [u8],
    candidates: &mut Candidates,
) -> Result<Option<&'a [u8]>, Rejection> {
    let wanted_time = match timestamp.map(|spec| &spec.place) {
        Some(TimestampPlace::Item(item)) => Some(item.as_bytes()),
        _ => None,
    };
    let Some(pair) = list.pair else {
        return bare(list, spec, wanted_time.is_some(), name, value, candidates);
    };
    let mut sent = None;
    let mut offered = 0_usize;
    for item in items(value, ascii(list.separator)) {
        let item = if list.blanks { item.trim_ascii_start() } else { item };
        let Some((key, text)) = split_pair(item, ascii(pair)) else { continue };
        if is(key, list.item.as_bytes()) {
            offered = offered.saturating_add(1);
            if offered > MAX_CANDIDATES {
                return Err(Rejection::shape(name, "offers more signatures than any rotation needs"));
            }
            if let Some(text) = spec.unprefixed(text) {
                spec.encoding.decode_onto(text, candidates);
            }
        } else if wanted_time.is_some_and(|wanted| is(key, wanted)) && sent.replace(text).is_some() {
            return Err(Rejection::shape(name, "holds two timestamps"));
        }
    }
    if candidates.is_empty() {
        let what =
            if offered == 0 { "holds no signature of the expected version" } else { "holds no well-formed signature" };
        return Err(Rejection::shape(name, what));
    }
    if wanted_time.is_some() && sent.is_none() {
        return Err(Rejection::shape(name, "holds no timestamp"));
    }
    Ok(sent)
}

/// Reads a list whose items have no names: the timestamp where it stands in the list, then signatures.
fn bare<'a>(
    list: &List,
    spec: &SignatureSpec,
    dated: bool,
    name: &Arc<str>,
    value: &'a [u8],
    candidates: &mut Candidates,
) -> Result<Option<&'a [u8]>, Rejection> {
    let mut items = items(value, ascii(list.separator));
    let sent = if dated { items.next() } else { None };
    for (before, item) in items.enumerate() {
        if before >= MAX_CANDIDATES {
            return Err(Rejection::shape(name, "offers more signatures than any rotation needs"));
        }
        let item = if list.blanks { item.trim_ascii_start() } else { item };
        if let Some(text) = spec.unprefixed(item) {
            spec.encoding.decode_onto(text, candidates);
        }
    }
    if candidates.is_empty() {
        return Err(Rejection::shape(name, "holds no well-formed signature"));
    }
    Ok(sent)
}

/// Separators are ASCII by construction of the scheme.
pub(super) fn ascii(character: char) -> u8 {
    u8::try_from(character).unwrap_or(b',')
}

pub(super) fn items(value: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(at) = memchr(separator, text) else {
            return rest.take();
        };
        let (item, tail) = text.split_at_checked(at)?;
        rest = tail.get(1..);
        Some(item)
    })
}

/// Whether two names, of a letter or two, are the same: shorter than a call of the C library's comparison.
fn is(name: &[u8], wanted: &[u8]) -> bool {
    name.len() == wanted.len() && name.iter().zip(wanted).all(|(one, other)| one == other)
}

fn split_pair(item: &[u8], pair: u8) -> Option<(&[u8], &[u8])> {
    // Names are a letter or two: nothing to search with vectors.
    let (key, text) = item.split_at_checked(item.iter().position(|byte| *byte == pair)?)?;
    Some((key, text.get(1..)?))
}
