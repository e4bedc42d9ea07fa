//! The header of a token: its algorithm is the pinned one, and nothing in it changes how the token is read.

use super::object::{Flaw, Object};
use crate::algorithm::Algorithm;
use crate::{Encoding, Reason, Rejection};

/// Members that bring a key, a second algorithm, or another reading of the token.
const FORBIDDEN: &[&str] = &["crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc"];

/// Longer than any header; what a stranger can make us parse ends here.
const MAX_LENGTH: usize = 4096;

/// Judges the first segment of `token`; which of the pinned algorithms it names, and the key id that it states.
pub(super) fn judge(
    token: &str,
    segment: &str,
    pinned: &[Algorithm],
) -> Result<(Algorithm, Option<String>), Rejection> {
    let malformed = |what| Rejection::detail(Reason::MalformedToken, what);
    if segment.len() > MAX_LENGTH {
        return Err(malformed("the token's header is too long"));
    }
    let bytes = Encoding::Base64Url
        .decode(segment.as_bytes())
        .ok_or_else(|| malformed("the token's header is not canonical base64url"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| malformed("the token's header is no JSON"))?;
    let object = Object::read(text, |_| true).map_err(|flaw| {
        malformed(match flaw {
            Flaw::NotJson => "the token's header is no JSON",
            Flaw::NotAnObject => "the token's header is no JSON object",
            Flaw::Repeated => "a member of the token's header stands twice",
        })
    })?;
    let stated = object.get("alg").and_then(serde_json::Value::as_str);
    let algorithm = pinned.iter().copied().find(|algorithm| stated == Some(names(*algorithm).0));
    let algorithm = algorithm.ok_or_else(|| Rejection::new(Reason::UnsupportedAlgorithm))?;
    if FORBIDDEN.iter().any(|member| object.get(member).is_some()) {
        return Err(malformed("the token's header changes how a token is read"));
    }
    // The library's own reading of the header: every member of the type that the standard gives it.
    let header = jsonwebtoken::decode_header(token)
        .map_err(|_| malformed("a member of the token's header is of a wrong type"))?;
    if header.alg != names(algorithm).1 {
        return Err(Rejection::new(Reason::UnsupportedAlgorithm));
    }
    if header.cty.is_some_and(|content| is_token(&content)) {
        return Err(malformed("the token holds another token"));
    }
    Ok((algorithm, header.kid))
}

/// Whether a content type says "a token": `JWT`, or a media type of that name.
fn is_token(content: &str) -> bool {
    content.rsplit('/').next().is_some_and(|kind| kind.eq_ignore_ascii_case("jwt"))
}

/// What an algorithm is called in a header.
pub(super) const fn names(algorithm: Algorithm) -> (&'static str, jsonwebtoken::Algorithm) {
    match algorithm {
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Raw => ("ES256", jsonwebtoken::Algorithm::ES256),
        #[cfg(feature = "rsa")]
        Algorithm::RsaPkcs1Sha256 => ("RS256", jsonwebtoken::Algorithm::RS256),
        #[cfg(feature = "ed25519")]
        Algorithm::Ed25519 => ("EdDSA", jsonwebtoken::Algorithm::EdDSA),
        _ => ("HS256", jsonwebtoken::Algorithm::HS256),
    }
}
