//! One block of PEM.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// What stands between the dashes, and the bytes of the one block that `text` holds.
pub(super) fn read(text: &[u8]) -> Result<(&str, Zeroizing<Vec<u8>>), &'static str> {
    const BROKEN: &str = "is not well-formed PEM";
    let text = std::str::from_utf8(text).map_err(|_| BROKEN)?;
    let (label, rest) =
        text.trim_ascii().strip_prefix("-----BEGIN ").and_then(|rest| rest.split_once("-----")).ok_or(BROKEN)?;
    let (body, end) = rest.split_once("-----END ").ok_or(BROKEN)?;
    match end.strip_prefix(label).and_then(|end| end.strip_prefix("-----")) {
        Some("") => {}
        Some(more) if more.contains("-----BEGIN ") => return Err("holds more than one PEM block"),
        _ => return Err(BROKEN),
    }
    let body: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    Ok((label, Zeroizing::new(STANDARD.decode(body.as_bytes()).map_err(|_| BROKEN)?)))
}
