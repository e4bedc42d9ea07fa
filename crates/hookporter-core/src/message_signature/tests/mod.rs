//! Message signatures: the standard's own examples, and everything that is refused.

mod digest;
mod fields;
mod key_ids;
mod labels;
mod refusals;
mod rfc;
mod structured;
mod urls;

use bytes::Bytes;

use super::MessageScheme;
use crate::{Delivery, Head, Keyring, Reason, Rejection, Scheme, Secret, UnixTime, Verifier};

/// The moment of the standard's examples.
const NOW: UnixTime = UnixTime::from_secs(1_618_884_473);
const URL: &str = "https://example.com/foo?param=Value&Pet=dog";
const BODY: &str = r#"{"hello": "world"}"#;
/// A shared secret, and another one.
const SECRET: &str = "a shared secret of the tests";
const OTHER: &str = "another secret of the tests";

type Lines = Vec<(String, String)>;

/// A receiver with a scheme and keys by name.
struct Receiver {
    verifier: Verifier,
    keys: crate::PreparedKeyring,
}

impl Receiver {
    fn new(message: MessageScheme, keys: &[(&str, &str)]) -> Self {
        let verifier = Verifier::new(Scheme::message_signature(message)).unwrap();
        let secrets: Vec<_> = keys.iter().map(|(id, text)| Secret::weak(text).named(id)).collect();
        let keys = verifier.prepare(&Keyring::from(secrets)).unwrap();
        Self { verifier, keys }
    }

    /// A receiver with what is demanded by default.
    fn usual() -> Self {
        Self::new(MessageScheme::hmac_sha256(), &[("k1", SECRET)])
    }

    fn check_at(&self, now: UnixTime, lines: &Lines, body: &str) -> Result<Delivery, Rejection> {
        let head = Head::new("POST", "/elsewhere?param=Value&Pet=dog", lines).with_url(URL);
        let mut check = self.verifier.begin(&head, &self.keys, now)?;
        check.push(Bytes::copy_from_slice(body.as_bytes()))?;
        check.finish().map_err(crate::Refused::into_rejection)
    }

    fn check(&self, lines: &Lines) -> Result<Delivery, Rejection> {
        self.check_at(NOW, lines, BODY)
    }

    fn reason(&self, lines: &Lines) -> Result<(), Reason> {
        self.check(lines).map(|_| ()).map_err(|rejection| rejection.kind())
    }
}

/// Signs with HMAC what a sender's own words say: the base is written here by hand, line by line.
fn signed_by_hand(label: &str, input: &str, covered: &[(&str, &str)], secret: &str) -> (String, String) {
    use hmac::{Hmac, KeyInit, Mac};
    let lines: String = covered.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let base = format!("{lines}\"@signature-params\": {input}");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(base.as_bytes());
    use base64::Engine;
    let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    (format!("{label}={input}"), format!("{label}=:{signature}:"))
}

/// The digest of [`BODY`], as the standard has it.
const DIGEST: &str =
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

/// What is covered by default.
const COVERED: [(&str, &str); 3] = [("\"content-digest\"", DIGEST), ("\"@method\"", "POST"), ("\"@target-uri\"", URL)];

/// A good request whose parameters are `parameters`.
fn good_with(parameters: &str) -> Lines {
    let input = format!("(\"content-digest\" \"@method\" \"@target-uri\"){parameters}");
    request(&signed_by_hand("sig1", &input, &COVERED, SECRET), &[])
}

fn good() -> Lines {
    good_with(";created=1618884473;keyid=\"k1\"")
}

/// A request with signature headers, a digest, and more lines.
fn request((input, signature): &(String, String), more: &[(&str, &str)]) -> Lines {
    let mut lines = vec![
        ("Content-Digest".to_owned(), DIGEST.to_owned()),
        ("Signature-Input".to_owned(), input.clone()),
        ("Signature".to_owned(), signature.clone()),
    ];
    lines.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    lines
}

fn with(mut lines: Lines, name: &str, value: &str) -> Lines {
    lines.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    lines.push((name.to_owned(), value.to_owned()));
    lines
}

#[test]
fn a_good_request_is_taken_and_says_what_is_proven() {
    let delivery = Receiver::usual().check(&good()).unwrap();
    assert_eq!(delivery.coverage(), crate::Coverage::Body);
    assert_eq!(delivery.sent_at(), Some(NOW));
    assert_eq!(delivery.key_id().as_str(), "k1");
    let verifier = Receiver::usual().verifier;
    assert!(verifier.needs_url());
    assert!(verifier.covers_payload());
    assert!(verifier.tolerance().is_some());
    assert_eq!(verifier.proof_header_names().collect::<Vec<_>>(), ["signature"]);
}
