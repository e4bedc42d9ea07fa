//! Writing a timestamp into a JSON body that is to be signed.

use crate::labels::scan::{self, Found};

/// `body` with `written`, a JSON text, at `pointer`: in place of what stands there, else as the first member of the object
/// around it. `None` where there is no such object, or the member stands twice.
///
/// The text is spliced, not parsed and written again: a test's body stays as the test wrote it.
pub(super) fn dated(body: &[u8], pointer: &[String], written: &str) -> Option<Vec<u8>> {
    match find(body, pointer) {
        Found::Value(old) => splice(body, old, written),
        Found::Unclear => None,
        Found::Nothing => {
            let (name, around) = pointer.split_last()?;
            let object = if around.is_empty() { body.trim_ascii() } else { value(find(body, around))? };
            let inside = object.strip_prefix(b"{")?;
            let next = if inside.trim_ascii_start().starts_with(b"}") { "" } else { "," };
            let name = serde_json::to_string(name).ok()?;
            splice(body, inside.get(..0)?, &format!("{name}:{written}{next}"))
        }
    }
}

fn find<'a>(body: &'a [u8], pointer: &[String]) -> Found<'a> {
    scan::find(body, &[pointer]).first().copied().unwrap_or(Found::Nothing)
}

const fn value(found: Found<'_>) -> Option<&[u8]> {
    match found {
        Found::Value(text) => Some(text),
        _ => None,
    }
}

/// `body` with `new` in place of `old`, which is a part of it.
fn splice(body: &[u8], old: &[u8], new: &str) -> Option<Vec<u8>> {
    let start = old.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
    let end = start.checked_add(old.len())?;
    Some([body.get(..start)?, new.as_bytes(), body.get(end..)?].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::split_pointer;

    #[test]
    fn a_timestamp_replaces_another_or_comes_first() {
        let written = |body: &str, pointer: &str| {
            dated(body.as_bytes(), &split_pointer(pointer), "7").map(|body| String::from_utf8(body).unwrap())
        };
        for (body, pointer, expected) in [
            (r#"{"a": 1, "t": 5 }"#, "/t", r#"{"a": 1, "t": 7 }"#),
            (r#" {"a": 1}"#, "/t", r#" {"t":7,"a": 1}"#),
            ("{}", "/t", r#"{"t":7}"#),
            (r#"{"m": { }}"#, "/m/t", r#"{"m": {"t":7 }}"#),
            (r#"{"m": {"t": "x"}}"#, "/m/t", r#"{"m": {"t": 7}}"#),
        ] {
            assert_eq!(written(body, pointer).as_deref(), Some(expected));
        }
        for (body, pointer) in [("", "/t"), ("[1]", "/t"), ("a=b", "/t"), (r#"{"t":1,"t":2}"#, "/t"), ("{}", "/m/t")] {
            assert_eq!(written(body, pointer), None, "{body}");
        }
    }
}
