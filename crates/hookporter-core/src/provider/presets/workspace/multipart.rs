//! A field of a `multipart/form-data` body (RFC 7578), read strictly: whatever is odd is refused.

use memchr::memmem;

/// The most parts that are looked at.
const MAX_PARTS: usize = 32;
/// The longest head of one part.
const MAX_HEAD: usize = 2048;

/// The boundary that a content type names; `None` where it is no multipart form.
pub(super) fn boundary(content_type: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(content_type).ok()?;
    let (kind, parameters) = text.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let mut named = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let mut boundaries = named.by_ref().filter(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    let (_, value) = boundaries.next()?;
    let doubled = boundaries.next().is_some();
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    // Quotation marks elsewhere could hide another boundary from one of two readers.
    if doubled || text.matches('"').count() != value.len().saturating_sub(bare.len()) {
        return None;
    }
    let value = bare;
    // The characters of RFC 2046 that need no quoting anywhere.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    ((1..=70).contains(&value.len()) && value.bytes().all(plain)).then_some(value)
}

/// The value of the one field of this name; `None` where it is missing, doubled, a file, or the body is odd.
pub(super) fn field<'b>(body: &'b [u8], boundary: &str, name: &str) -> Option<&'b [u8]> {
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(delimiter.get(2..)?.as_bytes())?;
    let mut found = None;
    for _ in 0..MAX_PARTS {
        if let Some(end) = rest.strip_prefix(b"--") {
            return found.filter(|_| matches!(end, b"" | b"\r\n"));
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let end = memmem::find(rest, delimiter.as_bytes())?;
        let (part, after) = rest.split_at_checked(end)?;
        rest = after.get(delimiter.len()..)?;
        let head = memmem::find(part.get(..part.len().min(MAX_HEAD))?, b"\r\n\r\n")?;
        let value = part.get(head.checked_add(4)?..)?;
        if is_field(std::str::from_utf8(part.get(..head)?).ok()?, name)? && found.replace(value).is_some() {
            return None;
        }
    }
    None
}

/// Whether a part's head is that of the field `name`; `None` for a head that no plain form has.
fn is_field(head: &str, name: &str) -> Option<bool> {
    if head.replace("\r\n", "").contains(char::is_control) {
        return None;
    }
    let mut disposition = None;
    for line in head.split("\r\n") {
        let (header, value) = line.split_once(':')?;
        match header.to_ascii_lowercase().as_str() {
            "content-disposition" if disposition.is_some() => return None,
            "content-disposition" => disposition = value.trim().strip_prefix("form-data;"),
            "content-transfer-encoding" if !is_identity(value.trim()) => return None,
            _ => {}
        }
    }
    let (mut named, mut is_file) = (None, false);
    for parameter in disposition?.split(';') {
        let (key, value) = parameter.trim().split_once('=')?;
        match key.to_ascii_lowercase().as_str() {
            "name" if named.is_some() => return None,
            "name" => named = Some(quoted(value)?),
            "filename" | "filename*" => is_file = true,
            _ => return None,
        }
    }
    Some(named? == name && !is_file)
}

/// Whether an encoding leaves the bytes as they are; nothing behind us would undo another.
fn is_identity(encoding: &str) -> bool {
    ["7bit", "8bit", "binary"].iter().any(|known| encoding.eq_ignore_ascii_case(known))
}

/// The text between quotation marks, if no reader could cut it otherwise.
fn quoted(value: &str) -> Option<&str> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    (text.is_ascii() && !text.contains(['"', '\\', '%'])).then_some(text)
}

#[cfg(test)]
mod tests;
