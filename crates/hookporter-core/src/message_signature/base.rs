//! The signature base: the text that is signed.

use super::component::{Component, Kind};
use super::input::Input;
use super::url::Url;
use crate::{Head, HeaderVisitor, Headers, NameMarks, Occurrence, Reason, Rejection};

/// The longest base; a head that is longer is none that a server takes.
const MAX_BASE: usize = 64 * 1024;

/// Puts together the base of an input: a line for each component, and the input itself.
pub(super) fn build(input: &Input<'_>, head: &Head<'_>) -> Result<Vec<u8>, Rejection> {
    let url = head.url().and_then(Url::parse);
    let mut base = Vec::with_capacity(512);
    for component in &input.components {
        base.extend_from_slice(component.text.as_bytes());
        base.extend_from_slice(b": ");
        value(component, head, url.as_ref(), &mut base)?;
        base.push(b'\n');
        if base.len() > MAX_BASE {
            return Err(Rejection::detail(
                Reason::MalformedHeader,
                "the signature covers more text than any webhook's",
            ));
        }
    }
    base.extend_from_slice(b"\"@signature-params\": ");
    base.extend_from_slice(input.text.as_bytes());
    Ok(base)
}

fn value(
    component: &Component<'_>,
    head: &Head<'_>,
    url: Option<&Url<'_>>,
    base: &mut Vec<u8>,
) -> Result<(), Rejection> {
    match component.kind {
        Kind::Method => base.extend_from_slice(head.method().as_bytes()),
        Kind::Field(name) => field(head.headers(), name, base)?,
        Kind::Unsupported(why) => return Err(Rejection::detail(Reason::MalformedHeader, why)),
        _ => {
            let url = url.ok_or_else(|| {
                Rejection::detail(
                    Reason::InvalidSignature,
                    "the signature covers the URL, and none is configured that this request can have",
                )
            })?;
            base.extend_from_slice(of_url(component.kind, url)?.as_bytes());
        }
    }
    Ok(())
}

fn of_url(kind: Kind<'_>, url: &Url<'_>) -> Result<String, Rejection> {
    Ok(match kind {
        Kind::TargetUri => url.whole.to_owned(),
        Kind::Authority => url.authority(),
        Kind::Scheme => url.scheme(),
        Kind::RequestTarget => url.request_target(),
        Kind::Path => url.path().to_owned(),
        Kind::QueryParameter(name) => {
            url.query_parameter(name).map_err(|why| Rejection::detail(Reason::MalformedHeader, why))?
        }
        _ => url.query(),
    })
}

/// The value of a header; several lines of one name are one value, joined in their order.
fn field(headers: &dyn Headers, name: &str, base: &mut Vec<u8>) -> Result<(), Rejection> {
    match headers.occurrence(name) {
        Occurrence::Absent => {
            return Err(Rejection::detail(Reason::MissingHeader, "a covered header is not there"));
        }
        Occurrence::Once(value) => line(value, base)?,
        Occurrence::Repeated => {
            let mut lines: Vec<&[u8]> = Vec::new();
            let mut gather = |known: &str, value| {
                if known == name {
                    lines.push(value);
                }
            };
            headers.visit(&mut HeaderVisitor::of_names(NameMarks::of([name]), &mut gather));
            for (at, value) in lines.into_iter().enumerate() {
                if at > 0 {
                    base.extend_from_slice(b", ");
                }
                line(value, base)?;
            }
        }
    }
    Ok(())
}

/// One line's value. A line feed in it would be the end of a line of the base.
fn line(value: &[u8], base: &mut Vec<u8>) -> Result<(), Rejection> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !is_blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last.saturating_add(1));
    let value = value.get(start..end).unwrap_or_default();
    if !value.iter().all(|byte| matches!(byte, b'\t' | 0x20..=0x7e)) {
        return Err(Rejection::detail(Reason::MalformedHeader, "a covered header is not plain ASCII"));
    }
    base.extend_from_slice(value);
    Ok(())
}
