//! Changing a body by one bit.

use bytes::Bytes;

/// How many places are tried before a body is changed wherever it may be.
const TRIES: usize = 64;

/// `body` with one bit changed: a letter or digit in its middle becomes its neighbour, and JSON stays JSON where it can.
///
/// An empty body gains a blank.
pub(crate) fn tampered(body: &[u8]) -> Bytes {
    if body.is_empty() {
        return Bytes::from_static(b" ");
    }
    let is_json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    let keep_json = is_json(body);
    let middle = body.len() / 2;
    let found = outward(middle, body.len())
        .filter(|at| {
            body.get(*at).is_some_and(|byte| byte.is_ascii_alphanumeric() && (byte ^ 1).is_ascii_alphanumeric())
        })
        .take(TRIES)
        .map(|at| flipped(body, at))
        .find(|changed| !keep_json || is_json(changed));
    found.unwrap_or_else(|| flipped(body, middle)).into()
}

/// A token in `body` with one bit of its payload changed.
pub(crate) fn tampered_token(body: &[u8], token: &str) -> Bytes {
    let Some((head, payload, signature)) = parts(token) else {
        return tampered(body);
    };
    let changed = tampered(payload.as_bytes());
    let forged = format!("{head}.{}.{signature}", String::from_utf8_lossy(&changed));
    String::from_utf8_lossy(body).replacen(token, &forged, 1).into()
}

fn parts(token: &str) -> Option<(&str, &str, &str)> {
    let (head, rest) = token.split_once('.')?;
    let (payload, signature) = rest.split_once('.')?;
    Some((head, payload, signature))
}

fn flipped(body: &[u8], at: usize) -> Vec<u8> {
    let flip = |(index, byte): (usize, &u8)| if index == at { byte ^ 1 } else { *byte };
    body.iter().enumerate().map(flip).collect()
}

/// The positions below `length`, the nearest to `middle` first.
fn outward(middle: usize, length: usize) -> impl Iterator<Item = usize> {
    (0..length).flat_map(move |distance| {
        let after = middle.checked_add(distance).filter(|at| *at < length);
        let before = middle.checked_sub(distance).filter(|_| distance > 0);
        [after, before].into_iter().flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_changes_and_json_stays_json() {
        for body in [r#"{"a":true}"#, r#"{"id":"evt_1","n":17}"#, "a=b&c=d", "\u{1}\u{2}", "{}", "Hello, World!"] {
            let changed = tampered(body.as_bytes());
            let bits: u32 = body.bytes().zip(changed.iter()).map(|(a, b)| (a ^ b).count_ones()).sum();
            assert_eq!((bits, changed.len()), (1, body.len()), "{body}");
        }
        let changed = tampered(br#"{"id":"evt_1","live":true}"#);
        assert!(serde_json::from_slice::<serde_json::Value>(&changed).is_ok());
        assert_eq!(tampered(b""), " ");
    }
}
