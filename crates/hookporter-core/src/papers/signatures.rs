//! The signatures that a request offers.

use std::sync::Arc;

use memchr::memchr;
use smallvec::SmallVec;

use super::{after_prefix, alone, list, more, query, repeated};
use crate::headers::Gathered;
use crate::scheme::encoding::{MAX_TEXT, SignatureBytes};
use crate::scheme::{Compiled, HeaderSet, SignatureSpec};
use crate::{Evidence, Head, Occurrence, Reason, Rejection};

/// The signatures that a request offers: one in place; a rotation's second one may cost an allocation.
pub(crate) type Candidates = SmallVec<[SignatureBytes; 1]>;

/// The most signatures that one request may offer.
pub(super) const MAX_CANDIDATES: usize = 16;

impl SignatureSpec {
    /// What stands behind the prefix.
    #[inline]
    pub(crate) fn unprefixed<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        after_prefix(text, &self.prefix).or_else(|| self.optional_prefix.then_some(text))
    }
}

/// The proof of a scheme that may have it in the query: there, or in the header, where the scheme has one, and not in
/// both.
pub(super) fn of_head_or_query<'h>(
    scheme: &Compiled,
    set: &HeaderSet,
    headers: &Gathered<'h>,
    head: &Head<'h>,
    parameter: &str,
    candidates: &mut Candidates,
) -> Result<Listed<'h>, Rejection> {
    if let Some(name) = &set.signature {
        if !query::is_there(head.target(), parameter) {
            return signatures(scheme, set, headers, head, candidates);
        }
        if headers.occurrence(name) != Occurrence::Absent {
            return Err(Rejection::header(Reason::ConflictingHeaders, name));
        }
    }
    candidates.push(query::token(head.target(), parameter)?);
    Ok(None)
}

/// A value that is not too long to look for signatures in.
#[inline]
pub(super) fn short<'a>(value: &'a [u8], name: &Arc<str>) -> Result<&'a [u8], Rejection> {
    if value.len() > MAX_TEXT {
        return Err(Rejection::shape(name, "is too long for any signature"));
    }
    Ok(value)
}

pub(super) type Listed<'a> = Option<&'a [u8]>;

/// The candidate signatures, and the timestamp where it stands in the same list.
#[inline]
pub(super) fn signatures<'a>(
    scheme: &Compiled,
    set: &HeaderSet,
    headers: &Gathered<'a>,
    head: &Head<'a>,
    candidates: &mut Candidates,
) -> Result<Listed<'a>, Rejection> {
    let (Some(spec), Some(name)) = (&scheme.signature, &set.signature) else {
        return Ok(None);
    };
    if let Some(more) = &spec.more {
        return more::read(more, spec, name, head.headers(), candidates).map(|()| None);
    }
    let occurrence = headers.occurrence(name);
    if spec.repeats && occurrence == Occurrence::Repeated {
        return repeated::read(spec, name, head.headers(), candidates).map(|()| None);
    }
    let value = short(alone(occurrence, name)?, name)?;
    if let Some(list) = &spec.list {
        return list::read(list, spec, scheme.timestamp.as_ref(), name, value, candidates);
    }
    let text = spec.unprefixed(value).ok_or_else(|| without_prefix(spec, name, value))?;
    if spec.encoding.decode_onto(text, candidates) {
        return Ok(None);
    }
    Err(Rejection::shape(name, "is not a signature in its encoding"))
}

/// Why a signature that does not begin with its prefix is refused.
#[cold]
fn without_prefix(spec: &SignatureSpec, name: &Arc<str>, value: &[u8]) -> Rejection {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let named = memchr(b'=', value).and_then(|end| value.get(..end)).filter(|named| !named.is_empty());
    if spec.names_algorithm && named.is_some_and(|named| named.iter().all(in_name)) {
        let evidence = Evidence::HeaderShape(name.clone(), "names another algorithm");
        return Rejection::new(Reason::UnsupportedAlgorithm).with_evidence(evidence);
    }
    Rejection::shape(name, "does not begin with its prefix")
}
