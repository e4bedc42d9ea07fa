//! Token schemes through the public API: every refusal for one cause, and for its own reason.

#[cfg(all(feature = "rsa", feature = "ecdsa", feature = "sign"))]
mod by_key;
mod claims;
mod envelope;
mod expected;
mod payload;
mod place;
#[cfg(feature = "sign")]
mod sign;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{ClaimsPolicy, TokenScheme};
use crate::{Delivery, Head, Keyring, Reason, Rejection, Scheme, Secret, UnixTime, Verifier};

const KEY: &str = "test-webhook-key-with-at-least-32-bytes";
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const HS256: &str = r#"{"alg":"HS256"}"#;

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `signed`, followed by its HMAC-SHA256 under `key`.
fn seal(signed: &str, key: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", base64url(mac.finalize().into_bytes()))
}

/// A token with this header and payload, whose signature holds.
fn token(header: &str, payload: &str) -> String {
    seal(&format!("{}.{}", base64url(header), base64url(payload)), KEY)
}

fn judge_with(
    scheme: TokenScheme,
    keys: impl Into<Keyring>,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Result<Delivery, Rejection> {
    let verifier = Verifier::new(Scheme::token(scheme)).unwrap();
    let keys = verifier.prepare(&keys.into()).unwrap();
    let headers = headers.to_vec();
    let head = Head::new("POST", "/hook", &headers);
    let mut check = verifier.begin(&head, &keys, NOW)?;
    check.push(Bytes::copy_from_slice(body.as_ref()))?;
    check.finish().map_err(crate::Refused::into_rejection)
}

/// Judges `token` in the member `data` of the body.
fn in_body(scheme: TokenScheme, token: &str) -> Result<Delivery, Rejection> {
    judge_with(scheme.in_body("data"), Secret::new(KEY), &[], serde_json::json!({ "data": token }).to_string())
}

/// Judges `token` in the default header.
fn in_header(scheme: TokenScheme, token: &str, body: &str) -> Result<Delivery, Rejection> {
    judge_with(scheme, Secret::new(KEY), &[("Authorization", &format!("Bearer {token}"))], body)
}

#[track_caller]
fn refused(result: Result<Delivery, Rejection>, reason: Reason, detail: &str) {
    let rejection = result.expect_err(detail);
    assert_eq!(rejection.kind(), reason, "{rejection}");
    assert!(rejection.to_string().ends_with(detail), "{rejection} is not about {detail:?}");
}
