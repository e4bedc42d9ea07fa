//! The papers: what the headers of a request must show before its body is read.

use std::fmt;
use std::sync::Arc;

use crate::headers::Gathered;
use crate::labels::scan;
use crate::scheme::{Compiled, HeaderSet, TimestampPlace, TimestampSpec};
use crate::{Evidence, Head, Headers, Occurrence, Reason, Rejection, Tolerance, UnixTime};

mod list;
mod more;
pub(crate) mod query;
mod repeated;
mod sets;
mod signatures;
pub(crate) use more::number_of;
pub(crate) use sets::plausible as plausible_sets;
pub(crate) use signatures::Candidates;
use signatures::{MAX_CANDIDATES, of_head_or_query, short, signatures};

/// A proof that looks plausible: its candidates decoded, its timestamp fresh.
#[derive(Default)]
pub(crate) struct Papers<'a> {
    pub(crate) candidates: Candidates,
    pub(crate) stated: Stated<'a>,
    /// The message signature that counts; boxed, since other schemes have none.
    #[cfg(feature = "http-signatures")]
    pub(crate) message: Option<Box<crate::message_signature::Opened<'a>>>,
}

impl fmt::Debug for Papers<'_> {
    // What a request offers may be the secret itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Papers")
            .field("candidates", &self.candidates.len())
            .field("sent", &self.stated.sent)
            .finish_non_exhaustive()
    }
}

/// What the papers say beside their signatures.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Stated<'a> {
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) sent: Option<UnixTime>,
    pub(crate) id: Option<&'a [u8]>,
}

/// `content-length` and `content-encoding`: what is said of the body before it arrives.
pub(crate) struct Announced<'a> {
    pub(crate) length: Occurrence<'a>,
    pub(crate) coding: Occurrence<'a>,
}

/// The longest delivery id; ids in use are below 64 bytes.
const MAX_ID: usize = 256;

/// What was read of the papers beside their candidates.
pub(crate) struct Read<'a> {
    pub(crate) stated: Stated<'a>,
    pub(crate) announced: Announced<'a>,
    #[cfg(feature = "http-signatures")]
    pub(crate) message: Option<Box<crate::message_signature::Opened<'a>>>,
}

/// Reads and judges the papers; their signatures are written where they stay.
#[inline]
pub(crate) fn read<'a>(
    scheme: &'a Compiled,
    tolerance: Option<Tolerance>,
    head: &Head<'a>,
    now: UnixTime,
    candidates: &mut Candidates,
) -> Result<Read<'a>, Rejection> {
    let headers = Gathered::new(&scheme.names, head.headers());
    if let Some(header) = &scheme.key_header {
        header.judge(head)?;
    }
    for fixed in &scheme.fixed {
        fixed.judge(head.headers())?;
    }
    let set = choose_set(&scheme.sets, &headers)?;
    let mut stated = Stated::default();
    if scheme.signature.as_ref().is_some_and(|spec| spec.sets().is_some()) {
        let first = sets::first(scheme, tolerance, head, now)?;
        (*candidates, stated) = (first.candidates, first.stated);
    } else {
        let listed = match &scheme.query {
            None => signatures(scheme, set, &headers, head, candidates)?,
            Some(parameter) => of_head_or_query(scheme, set, &headers, head, parameter, candidates)?,
        };
        let text = match (&set.timestamp, listed) {
            (_, Some(text)) => Some(text),
            (Some(name), None) => Some(alone(headers.occurrence(name), name)?),
            (None, None) => None,
        };
        if let Some(text) = text {
            let (text, moment) = fresh(scheme, set, tolerance, text, now)?;
            (stated.timestamp, stated.sent) = (Some(text), Some(moment));
        }
    }
    if let Some(name) = &set.id {
        stated.id = Some(well_formed_id(scheme, name, alone(headers.occurrence(name), name)?)?);
    }
    #[cfg(feature = "http-signatures")]
    let mut message = None;
    #[cfg(feature = "http-signatures")]
    if let crate::scheme::Plan::Message(of_message) = &scheme.plan {
        let opened = of_message.open(head, tolerance, now)?;
        (stated.sent, stated.id) = (Some(opened.created), opened.nonce);
        message = Some(Box::new(opened));
    }
    let [length, coding] = &scheme.body_headers;
    Ok(Read {
        stated,
        announced: Announced { length: headers.occurrence(length), coding: headers.occurrence(coding) },
        #[cfg(feature = "http-signatures")]
        message,
    })
}

/// Judges a timestamp in the body, where the scheme has it there. The proof of the body holds by now.
#[inline]
pub(crate) fn sent_in_body(
    scheme: &Compiled,
    tolerance: Option<Tolerance>,
    body: &[u8],
    now: UnixTime,
) -> Result<Option<UnixTime>, Rejection> {
    match &scheme.timestamp {
        Some(TimestampSpec { place: TimestampPlace::Member(pointer), unit }) => {
            let malformed = |what| Rejection::detail(Reason::MalformedTimestamp, what);
            let found = scan::find(body, &[pointer]).first().and_then(scan::Found::text);
            let text = found.ok_or_else(|| malformed("the body's timestamp is missing, doubled, or no scalar"))?;
            let sent = unit.parse(text.as_bytes()).map_err(malformed)?;
            if let Some(tolerance) = tolerance {
                tolerance.check(sent, now)?;
            }
            Ok(Some(sent))
        }
        _ => Ok(None),
    }
}

/// What stands behind a prefix.
///
/// An empty one, which most schemes have, is not compared: its text points nowhere, and there the vectorized comparison of
/// the C library falls back on microcode, which takes longer than all the rest of the papers.
#[inline]
pub(crate) fn after_prefix<'a>(text: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    if prefix.is_empty() { Some(text) } else { text.strip_prefix(prefix.as_bytes()) }
}

/// The value of a header that must stand exactly once and not be empty.
pub(crate) fn once<'a>(headers: &'a dyn Headers, name: &Arc<str>) -> Result<&'a [u8], Rejection> {
    alone(headers.occurrence(name), name)
}

#[inline]
fn alone<'a>(occurrence: Occurrence<'a>, name: &Arc<str>) -> Result<&'a [u8], Rejection> {
    match occurrence {
        Occurrence::Absent => Err(Rejection::header(Reason::MissingHeader, name)),
        Occurrence::Repeated => Err(Rejection::header(Reason::RepeatedHeader, name)),
        Occurrence::Once(value) if value.iter().all(u8::is_ascii_whitespace) => Err(Rejection::shape(name, "is empty")),
        Occurrence::Once(value) => Ok(value),
    }
}

/// The set of names that this request uses. A request that mixes sets, or whose sets disagree, is refused.
#[inline]
fn choose_set<'s>(sets: &'s [HeaderSet], headers: &Gathered<'_>) -> Result<&'s HeaderSet, Rejection> {
    let usual = sets.first().ok_or_else(|| Rejection::new(Reason::MissingHeader))?;
    match sets.get(1) {
        Some(other) if headers.has_any(other.own) => choose_other(usual, other, headers),
        _ => Ok(usual),
    }
}

#[inline(never)]
fn choose_other<'s>(
    usual: &'s HeaderSet,
    other: &'s HeaderSet,
    headers: &Gathered<'_>,
) -> Result<&'s HeaderSet, Rejection> {
    if !headers.has_any(usual.own) {
        return Ok(other);
    }
    let pairs = [(&usual.signature, &other.signature), (&usual.timestamp, &other.timestamp), (&usual.id, &other.id)];
    for (first, second) in pairs.into_iter().rev() {
        if let (Some(first), Some(second)) = (first, second)
            && headers.occurrence(first) != headers.occurrence(second)
        {
            return Err(Rejection::header(Reason::ConflictingHeaders, second));
        }
    }
    Ok(usual)
}

/// The timestamp's text and moment, if it lies within the tolerance.
#[inline]
fn fresh<'a>(
    scheme: &Compiled,
    set: &HeaderSet,
    tolerance: Option<Tolerance>,
    text: &'a [u8],
    now: UnixTime,
) -> Result<(&'a [u8], UnixTime), Rejection> {
    let name = set.timestamp.as_deref().or(set.signature.as_deref());
    let malformed = |what| {
        let evidence = name.map_or(Evidence::Detail(what), |name| Evidence::HeaderShape(name.clone(), what));
        Rejection::new(Reason::MalformedTimestamp).with_evidence(evidence)
    };
    let Some(spec) = &scheme.timestamp else {
        return Err(malformed("is not expected"));
    };
    let text = match &spec.place {
        TimestampPlace::Header(prefix) => {
            after_prefix(text, prefix).ok_or_else(|| malformed("does not begin with its prefix"))?
        }
        TimestampPlace::Item(_) | TimestampPlace::Member(_) | TimestampPlace::Found => text,
    };
    let sent = spec.unit.parse(text).map_err(malformed)?;
    if let Some(tolerance) = tolerance {
        tolerance.check(sent, now)?;
    }
    Ok((text, sent))
}

/// An id that cannot shift the boundary between itself and what is signed after it.
#[inline]
fn well_formed_id<'a>(scheme: &Compiled, name: &Arc<str>, id: &'a [u8]) -> Result<&'a [u8], Rejection> {
    const STRANGE: u8 = 1;
    const DELIMITER: u8 = 2;
    // What stands for no delimiter is no visible character.
    let delimiter = scheme.id_delimiter.unwrap_or(b' ');
    let look = |byte: u8| match byte {
        _ if !byte.is_ascii_graphic() => STRANGE,
        _ if byte == delimiter => DELIMITER,
        _ => 0,
    };
    // Sixteen at once are a few vector steps; the last sixteen overlap those before, so that none is left over.
    let mut seen = [0_u8; 16];
    let (chunks, rest) = id.as_chunks::<16>();
    for chunk in chunks.iter().chain(id.last_chunk()) {
        seen.iter_mut().zip(chunk).for_each(|(seen, byte)| *seen |= look(*byte));
    }
    let short = if chunks.is_empty() { rest } else { &[] };
    let seen = seen.into_iter().chain(short.iter().map(|byte| look(*byte))).fold(0, |all, seen| all | seen);
    if id.len() > MAX_ID || seen & STRANGE != 0 {
        return Err(Rejection::shape(name, "is not a short run of visible ASCII"));
    }
    if seen & DELIMITER != 0 {
        return Err(Rejection::shape(name, "contains the character that separates it from what follows"));
    }
    Ok(id)
}

#[cfg(test)]
#[cfg(feature = "sign")]
mod tests;
