//! The payload of a token whose signature holds.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;

use crate::{Reason, Rejection};

/// Decodes a payload; where `nested` is set, a JSON string that holds a JSON object or array gives what it holds.
pub(super) fn open(segment: &str, nested: bool) -> Result<String, Rejection> {
    let malformed = |what| Rejection::detail(Reason::MalformedToken, what);
    let bytes =
        URL_SAFE_NO_PAD.decode(segment).map_err(|_| malformed("the token's payload is not canonical base64url"))?;
    let text = String::from_utf8(bytes).map_err(|_| malformed("the token's payload is no JSON"))?;
    if nested
        && text.trim_ascii_start().starts_with('"')
        && let Ok(inner) = serde_json::from_str::<String>(&text)
        && inner.trim_ascii_start().starts_with(['{', '['])
        && serde_json::from_str::<IgnoredAny>(&inner).is_ok()
    {
        return Ok(inner);
    }
    Ok(text)
}
