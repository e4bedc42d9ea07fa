//! Several lists in one header, each with a timestamp of its own: `t=…,v1=… t=…,v1=…`.

use super::list::{self, ascii, items};
use super::{Papers, fresh, once, short};
use crate::scheme::Compiled;
use crate::{Head, Rejection, Tolerance, UnixTime};

/// The most sets that one request may offer: each costs a MAC over the whole body. A rotation has two.
const MAX_SETS: usize = 4;

/// The first set that is plausible.
#[cold]
pub(super) fn first<'a>(
    scheme: &'a Compiled,
    tolerance: Option<Tolerance>,
    head: &Head<'a>,
    now: UnixTime,
) -> Result<Papers<'a>, Rejection> {
    Ok(plausible(scheme, tolerance, head, now)?.into_iter().next().unwrap_or_default())
}

/// The sets that are well formed and fresh: at least one of them, or what is wrong with the first.
pub(crate) fn plausible<'a>(
    scheme: &'a Compiled,
    tolerance: Option<Tolerance>,
    head: &Head<'a>,
    now: UnixTime,
) -> Result<Vec<Papers<'a>>, Rejection> {
    let missing = || Rejection::new(crate::Reason::MissingHeader);
    let set = scheme.sets.first().ok_or_else(missing)?;
    let spec = scheme.signature.as_ref().ok_or_else(missing)?;
    let (name, grammar) = set.signature.as_ref().zip(spec.list.as_ref()).ok_or_else(missing)?;
    let value = short(once(head.headers(), name)?, name)?;
    let separator = ascii(spec.sets().unwrap_or(' '));
    let (mut good, mut problem, mut offered) = (Vec::new(), None, 0_usize);
    for text in items(value, separator).filter(|text| !text.is_empty()) {
        offered = offered.saturating_add(1);
        if offered > MAX_SETS {
            return Err(Rejection::shape(name, "offers more signatures than any rotation needs"));
        }
        let mut papers = Papers::default();
        let listed = list::read(grammar, spec, scheme.timestamp.as_ref(), name, text, &mut papers.candidates);
        let dated = listed
            .and_then(|text| text.ok_or_else(|| Rejection::shape(name, "holds no timestamp")))
            .and_then(|text| fresh(scheme, set, tolerance, text, now));
        match dated {
            Ok((text, sent)) => {
                (papers.stated.timestamp, papers.stated.sent) = (Some(text), Some(sent));
                good.push(papers);
            }
            Err(rejection) => problem = problem.or(Some(rejection)),
        }
    }
    match problem {
        Some(problem) if good.is_empty() => Err(problem),
        _ => Ok(good),
    }
}
