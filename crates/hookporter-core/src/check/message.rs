//! The signed bytes of a request, part by part.

use std::borrow::Cow;

use crate::check::crc32::crc32;
use crate::key_parts::KeyParts;
use crate::labels::scan;
use crate::papers::{self, Stated};
use crate::scheme::Part;
use crate::{Head, Reason, Rejection};

/// The bytes of a part that needs no body.
#[inline]
pub(super) fn part<'a>(part: &'a Part, head: Head<'a>, stated: Stated<'a>) -> Result<&'a [u8], Rejection> {
    let at_hand = match part {
        Part::Literal(text) => Some(&**text),
        Part::Timestamp => stated.timestamp,
        Part::Id => stated.id,
        _ => None,
    };
    match at_hand {
        Some(bytes) => Ok(bytes),
        None => of_head(part, head),
    }
}

/// The bytes of a part that the head has.
#[inline(never)]
pub(super) fn of_head<'a>(part: &'a Part, head: Head<'a>) -> Result<&'a [u8], Rejection> {
    match part {
        Part::Method => Ok(head.method().as_bytes()),
        Part::Url => head.url().map(str::as_bytes).ok_or_else(|| {
            Rejection::detail(
                Reason::InvalidSignature,
                "the scheme signs the URL, and none is configured that this request can have",
            )
        }),
        Part::Path => Ok(head.path().as_bytes()),
        // Both are read by now, where the request has them.
        Part::Timestamp | Part::Id => Err(Rejection::new(Reason::MissingHeader)),
        Part::Header(name) => papers::once(head.headers(), name),
        _ => Ok(&[]),
    }
}

/// The whole message of parts that may need the body, or what belongs to the key.
pub(crate) fn whole<'a>(
    parts: &'a [Part],
    head: &Head<'a>,
    stated: Stated<'a>,
    body: &'a [u8],
    key: &KeyParts,
) -> Result<Cow<'a, [u8]>, Rejection> {
    if parts == [Part::Body] {
        return Ok(Cow::Borrowed(body));
    }
    let mut message = Vec::with_capacity(body.len().saturating_add(128));
    for each in parts {
        match each {
            Part::Body => message.extend_from_slice(body),
            Part::Field(pointer) => message.extend_from_slice(field(body, pointer)?.as_bytes()),
            Part::SortedForm => append_sorted_form(&mut message, body),
            Part::Crc32 => message.extend_from_slice(crc32(body).to_string().as_bytes()),
            // A scheme whose key rule does not ask for the part does not build.
            Part::KeyPart(name) => message.extend_from_slice(key.get(name).unwrap_or_default().as_bytes()),
            other => message.extend_from_slice(part(other, *head, stated)?),
        }
    }
    Ok(Cow::Owned(message))
}

fn field(body: &[u8], pointer: &str) -> Result<String, Rejection> {
    let split = crate::labels::split_pointer(pointer);
    let found = scan::find(body, &[&split]);
    found
        .first()
        .and_then(scan::Found::text)
        .ok_or_else(|| Rejection::detail(Reason::MalformedBody, "a signed field is missing, doubled, or no scalar"))
}

/// Form fields sorted by name, name and value run together; equal pairs count once, as Twilio's SDKs have it.
pub(crate) fn append_sorted_form(message: &mut Vec<u8>, body: &[u8]) {
    let mut fields: Vec<_> = form_urlencoded::parse(body).collect();
    fields.sort();
    fields.dedup();
    for (name, value) in fields {
        message.extend_from_slice(name.as_bytes());
        message.extend_from_slice(value.as_bytes());
    }
}
