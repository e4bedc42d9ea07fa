//! The papers: what the headers of a request must show before its body is read.

use std::sync::Arc;

use memchr::memchr;
use smallvec::SmallVec;

use crate::headers::Gathered;
use crate::scheme::encoding::{MAX_TEXT, SignatureBytes};
use crate::scheme::{Compiled, HeaderSet};
use crate::{Head, Headers, Occurrence, Reason, Rejection, Tolerance, UnixTime};

mod list;

/// A proof that looks plausible: its candidates decoded, its timestamp fresh.
#[derive(Debug, Default)]
pub(crate) struct Papers<'a> {
    pub(crate) candidates: Candidates,
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) sent: Option<UnixTime>,
    pub(crate) id: Option<&'a [u8]>,
}

/// `content-length` and `content-encoding`: what is said of the body before it arrives.
pub(crate) struct Announced<'a> {
    pub(crate) length: Occurrence<'a>,
    pub(crate) coding: Occurrence<'a>,
}

/// The signatures that a request offers: one in place; a rotation's second one may cost an allocation.
pub(crate) type Candidates = SmallVec<[SignatureBytes; 1]>;

/// The most signatures that one request may offer.
pub(crate) const MAX_CANDIDATES: usize = 16;

/// The longest delivery id; ids in use are below 64 bytes.
const MAX_ID: usize = 256;

impl<'a> Papers<'a> {
    /// Reads and judges the papers, in place: what has just been written is not moved about.
    #[inline]
    pub(crate) fn read(
        &mut self,
        scheme: &'a Compiled,
        tolerance: Option<Tolerance>,
        head: &Head<'a>,
        now: UnixTime,
    ) -> Result<Announced<'a>, Rejection> {
        let mut headers = Gathered::new(&scheme.names);
        headers.look_through(head.headers());
        let set = choose_set(&scheme.sets, &headers)?;
        let listed = signatures(scheme, set, &headers, &mut self.candidates)?;
        let timestamp = match (&set.timestamp, listed) {
            (_, Some(text)) => Some(text),
            (Some(name), None) => Some(alone(headers.occurrence(name), name)?),
            (None, None) => None,
        };
        if let Some(text) = timestamp {
            let (text, sent) = fresh(scheme, set, tolerance, text, now)?;
            (self.timestamp, self.sent) = (Some(text), Some(sent));
        }
        if let Some(name) = &set.id {
            self.id = Some(well_formed_id(scheme, name, alone(headers.occurrence(name), name)?)?);
        }
        let [length, coding] = &scheme.body_headers;
        Ok(Announced { length: headers.occurrence(length), coding: headers.occurrence(coding) })
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
        Occurrence::Once(value) if value.trim_ascii().is_empty() => Err(Rejection::shape(name, "is empty")),
        Occurrence::Once(value) => Ok(value),
    }
}

/// The set of names that this request uses. A request that mixes sets, or whose sets disagree, is refused.
#[inline]
fn choose_set<'s>(sets: &'s [HeaderSet], headers: &Gathered<'_>) -> Result<&'s HeaderSet, Rejection> {
    let (Some(usual), Some(other)) = (sets.first(), sets.get(1)) else {
        return sets.first().ok_or_else(|| Rejection::new(Reason::MissingHeader));
    };
    let pairs = [(&usual.signature, &other.signature), (&usual.timestamp, &other.timestamp), (&usual.id, &other.id)];
    let (mut usual_seen, mut other_seen, mut differ) = (false, false, None);
    for (first, second) in pairs {
        let (Some(first), Some(second)) = (first, second) else { continue };
        if first == second {
            continue;
        }
        let (ours, theirs) = (headers.occurrence(first), headers.occurrence(second));
        usual_seen |= ours != Occurrence::Absent;
        other_seen |= theirs != Occurrence::Absent;
        if ours != theirs {
            differ = Some(second);
        }
    }
    match (usual_seen, other_seen, differ) {
        (true, true, Some(name)) => Err(Rejection::header(Reason::ConflictingHeaders, name)),
        (false, true, _) => Ok(other),
        _ => Ok(usual),
    }
}

type Listed<'a> = Option<&'a [u8]>;

/// The candidate signatures, and the timestamp where it stands in the same list.
#[inline]
fn signatures<'a>(
    scheme: &Compiled,
    set: &HeaderSet,
    headers: &Gathered<'a>,
    candidates: &mut Candidates,
) -> Result<Listed<'a>, Rejection> {
    let (Some(spec), Some(name)) = (&scheme.signature, &set.signature) else {
        return Ok(None);
    };
    let value = alone(headers.occurrence(name), name)?;
    if value.len() > MAX_TEXT {
        return Err(Rejection::shape(name, "is too long for any signature"));
    }
    if let Some(list) = &spec.list {
        return list::read(list, spec, scheme.timestamp.as_ref(), name, value, candidates);
    }
    let text =
        after_prefix(value, &spec.prefix).ok_or_else(|| Rejection::shape(name, "does not begin with its prefix"))?;
    if spec.encoding.decode_onto(text, candidates) {
        return Ok(None);
    }
    Err(Rejection::shape(name, "is not a signature in its encoding"))
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
    use crate::scheme::TimestampPlace;
    let name = set.timestamp.as_ref().or(set.signature.as_ref());
    let malformed = |what| {
        let evidence =
            name.map_or(crate::Evidence::Detail(what), |name| crate::Evidence::HeaderShape(name.clone(), what));
        Rejection::new(Reason::MalformedTimestamp).with_evidence(evidence)
    };
    let Some(spec) = &scheme.timestamp else {
        return Err(malformed("is not expected"));
    };
    let text = match &spec.place {
        TimestampPlace::Header(prefix) => {
            after_prefix(text, prefix).ok_or_else(|| malformed("does not begin with its prefix"))?
        }
        TimestampPlace::Item(_) | TimestampPlace::Body => text,
    };
    let sent = spec.unit.parse(text).map_err(malformed)?;
    if let Some(tolerance) = tolerance {
        tolerance.check(sent, now)?;
    }
    Ok((text, sent))
}

/// An id that cannot shift the boundary between itself and what is signed after it.
fn well_formed_id<'a>(scheme: &Compiled, name: &Arc<str>, id: &'a [u8]) -> Result<&'a [u8], Rejection> {
    if id.len() > MAX_ID || !id.iter().all(u8::is_ascii_graphic) {
        return Err(Rejection::shape(name, "is not a short run of visible ASCII"));
    }
    if scheme.id_delimiter.is_some_and(|delimiter| memchr(delimiter, id).is_some()) {
        return Err(Rejection::shape(name, "contains the character that separates it from what follows"));
    }
    Ok(id)
}
