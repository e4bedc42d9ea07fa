//! A JSON web key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::written::Written;
use crate::UnixTime;
use crate::algorithm::Algorithm;

#[derive(Deserialize)]
struct WebKey {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<IgnoredAny>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
}

/// The key in `text`, if it says that it is made for checking signatures with `algorithm`.
pub(super) fn read(text: &[u8], algorithm: Algorithm) -> Result<Written, &'static str> {
    let key: WebKey = serde_json::from_slice(text).map_err(|_| "is no JSON web key")?;
    if key.d.is_some() {
        return Err(super::PRIVATE);
    }
    if key.purpose.as_ref().is_some_and(|purpose| purpose != "sig")
        || key.key_ops.as_ref().is_some_and(|operations| !operations.iter().any(|operation| operation == "verify"))
    {
        return Err("is not made for checking signatures (`use`, `key_ops`)");
    }
    if key.alg.as_ref().is_some_and(|name| !names(algorithm).contains(&name.as_str())) {
        return Err("is made for another algorithm (`alg`)");
    }
    let number = |text: &Option<String>| {
        let bytes = URL_SAFE_NO_PAD.decode(text.as_ref().ok_or("is an incomplete JSON web key")?);
        bytes.map_err(|_| "holds a number that is not base64url without padding")
    };
    match (key.kty.as_str(), key.crv.as_deref()) {
        ("OKP", Some("Ed25519")) => Ok(Written::Ed25519(number(&key.x)?)),
        ("EC", Some("P-256")) => {
            let (x, y) = (number(&key.x)?, number(&key.y)?);
            if x.len() != 32 || y.len() != 32 {
                return Err("has coordinates that are not 32 bytes long");
            }
            Ok(Written::P256([&[4], x.as_slice(), &y].concat()))
        }
        ("RSA", _) => Ok(Written::Rsa { modulus: number(&key.n)?, exponent: number(&key.e)? }),
        ("oct", _) => Err("is a shared secret, not a public key"),
        _ => Err("is a JSON web key of a kind that is not supported"),
    }
}

/// When a key stops counting, by the member with which Plaid says so; one that is no time has stopped already.
pub(crate) fn expiry(text: &[u8]) -> Option<UnixTime> {
    #[derive(Deserialize)]
    struct Expiring {
        expired_at: Option<serde_json::Value>,
    }
    let key: Expiring = serde_json::from_slice(text).ok()?;
    Some(UnixTime::from_secs(key.expired_at?.as_i64().unwrap_or(0)))
}

/// What `alg` says for an algorithm.
const fn names(algorithm: Algorithm) -> &'static [&'static str] {
    match algorithm {
        #[cfg(feature = "ed25519")]
        Algorithm::Ed25519 => &["EdDSA", "Ed25519"],
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Der | Algorithm::EcdsaP256Raw => &["ES256"],
        #[cfg(feature = "rsa")]
        Algorithm::RsaPkcs1Sha256 | Algorithm::RsaPkcs1Sha1 => &["RS256"],
        _ => &[],
    }
}
