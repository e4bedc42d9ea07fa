//! Compressed bodies, through schemes of the test's own: what is signed, what comes out, and how much of it may.

#![cfg(test)]

mod bounds;

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hookporter_core::{
    Coverage, Delivery, Gzip, Head, Header, Identity, Json, PreparedKeyring, Reason, Refused, Scheme, Secret, Signable,
    UnixTime, Verifier,
};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
/// What Nylas sends: made with Python's `gzip` (no time in its header), signed with its `hmac`.
const SECRET: &str = "nylas-webhook-secret-of-the-test";
const PLAIN: &str =
    r#"{"specversion":"1.0","type":"message.created","id":"evt-nylas-1","data":{"object":{"id":"m1"}}}"#;
const COMPRESSED: &str = "1f8b08000000000002031d8a410e80200c04ffd2b318b9fa9b0a1b831130b6312184bf5bbdcdce4e27b9101edc926aa195fcbcd044da2ed8c810e11d73b8c18a68478aa6f1a82bed6471de5464655a3bd5ed40d08ffe287b1a63bcfa8280da5f000000";
const OVER_COMPRESSED: &str = "fae394b9656b9e0700bfe38433acb6d64a6ade09205b3fdb5bf23f17171a3299";
const OVER_PLAIN: &str = "58c45c45ea4896ee789d39cbfd9154102dbcea9d800c2a3e5d30c457fdf66da7";

struct Receiver {
    verifier: Verifier,
    keys: PreparedKeyring,
}

impl Receiver {
    fn new(scheme: Scheme) -> Self {
        let verifier = Verifier::new(scheme).unwrap();
        let keys = verifier.prepare(&Secret::new(SECRET).into()).unwrap();
        Self { verifier, keys }
    }

    /// As Nylas with `compressed_delivery`: the bytes that are sent are signed.
    fn nylas() -> Self {
        Self::new(scheme().gzip(Gzip::SignedCompressed))
    }

    fn of_plain() -> Self {
        Self::new(scheme().gzip(Gzip::SignedPlain))
    }

    fn check(&self, coding: Option<&str>, signature: &str, chunks: &[&[u8]]) -> Result<Delivery, (Reason, usize)> {
        let mut headers = vec![("X-Nylas-Signature", signature)];
        headers.extend(coding.map(|coding| ("Content-Encoding", coding)));
        let head = Head::new("POST", "/nylas", &headers);
        let kind = |rejection: hookporter_core::Rejection| (rejection.kind(), 0);
        let mut check = self.verifier.begin(&head, &self.keys, NOW).map_err(kind)?;
        for chunk in chunks {
            check.push(Bytes::copy_from_slice(chunk)).map_err(kind)?;
        }
        check.finish().map_err(|refused: Refused| (refused.rejection().kind(), refused.unproven_body().len()))
    }

    /// Signs `signed` and sends `sent` in one chunk.
    fn judge(&self, signed: &[u8], sent: &[u8]) -> Result<Delivery, Reason> {
        self.check(Some("gzip"), &self.sign(signed), &[sent]).map_err(|(reason, _)| reason)
    }

    fn sign(&self, signed: &[u8]) -> String {
        let none: Vec<(&str, &str)> = Vec::new();
        let request = Signable::new(Head::new("POST", "/", &none), Bytes::copy_from_slice(signed), NOW, "");
        self.verifier.sign(&[Secret::new(SECRET)], &request).unwrap().headers.remove(0).1
    }
}

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-nylas-signature").hex())
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
}

fn compressed() -> Vec<u8> {
    const_hex::decode(COMPRESSED).unwrap()
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// Random bytes do not compress; these are the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn nylas_gzip() {
    let receiver = Receiver::nylas();
    let delivery = receiver.check(Some("gzip"), OVER_COMPRESSED, &[&compressed()]).unwrap();
    assert_eq!(delivery.body(), &compressed());
    assert_eq!(delivery.payload(), PLAIN);
    assert_eq!(delivery.coverage(), Coverage::Body);
    let none: Vec<(&str, &str)> = Vec::new();
    let labels = receiver.verifier.read_labels(&delivery, &Head::new("POST", "/", &none));
    assert_eq!(labels.id.as_ref().map(|label| (label.as_str(), label.is_signed())), Some(("evt-nylas-1", true)));
    assert_eq!(labels.kind.unwrap().as_str(), "message.created");
    // Without compression it is the same sender.
    assert_eq!(receiver.check(None, OVER_PLAIN, &[PLAIN.as_bytes()]).unwrap().payload(), PLAIN);
}

#[test]
fn nylas_gzip_signed_plain() {
    let refused = Receiver::nylas().check(Some("gzip"), OVER_PLAIN, &[&compressed()]).unwrap_err();
    assert_eq!(refused, (Reason::InvalidSignature, compressed().len()));
}

#[test]
fn plain_content_is_proven_while_it_comes_out() {
    let receiver = Receiver::of_plain();
    let bytes = compressed();
    for size in [1, 7, 20, bytes.len()] {
        let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
        let delivery = receiver.check(Some("GZIP"), OVER_PLAIN, &chunks).unwrap();
        assert_eq!(delivery.payload(), PLAIN, "chunks of {size}");
        assert_eq!(delivery.body(), &bytes);
        assert_eq!(delivery.coverage(), Coverage::Payload);
        assert_eq!(receiver.check(Some("gzip"), OVER_COMPRESSED, &chunks).unwrap_err().0, Reason::InvalidSignature);
    }
    let other = gzip(PLAIN.replace("m1", "m2").as_bytes());
    assert_eq!(receiver.check(Some("gzip"), OVER_PLAIN, &[&other]).unwrap_err().0, Reason::InvalidSignature);
    assert_eq!(receiver.check(None, OVER_PLAIN, &[PLAIN.as_bytes()]).unwrap().coverage(), Coverage::Body);
    // The same content compressed otherwise is the same event.
    let again = gzip(PLAIN.as_bytes());
    assert_ne!(again, bytes);
    let key = |sent: &[u8]| receiver.check(Some("gzip"), OVER_PLAIN, &[sent]).unwrap().fingerprint().to_vec();
    assert_eq!(key(&again), key(&bytes));
}

#[test]
fn large_content_arrives_whole_in_both_orders() {
    let plain = noise(900_000);
    let sent = gzip(&plain);
    assert_eq!(Receiver::nylas().judge(&sent, &sent).unwrap().payload(), &plain);
    let receiver = Receiver::of_plain();
    let chunks: Vec<&[u8]> = sent.chunks(1500).collect();
    assert_eq!(receiver.check(Some("gzip"), &receiver.sign(&plain), &chunks).unwrap().payload(), &plain);
}

#[test]
fn only_gzip_and_only_where_the_scheme_says_so() {
    for receiver in [Receiver::nylas(), Receiver::of_plain()] {
        for coding in ["deflate", "br", "zstd", "x-gzip", "gzip, gzip", "identity, gzip", "gzip;q=1", ""] {
            let refused = receiver.check(Some(coding), OVER_COMPRESSED, &[&compressed()]).unwrap_err();
            assert_eq!(refused, (Reason::UnsupportedEncoding, 0), "{coding}");
        }
        // A coding that is not named is none: the bytes are taken as they are.
        let bare = receiver.check(None, OVER_COMPRESSED, &[&compressed()]).unwrap();
        assert_eq!(bare.payload(), &compressed());
    }
    let refused = Receiver::new(scheme()).check(Some("gzip"), OVER_COMPRESSED, &[&compressed()]).unwrap_err();
    assert_eq!(refused.0, Reason::UnsupportedEncoding);
    let twice = vec![("x-nylas-signature", OVER_PLAIN), ("content-encoding", "gzip"), ("content-encoding", "gzip")];
    let receiver = Receiver::nylas();
    let refused = receiver.verifier.begin(&Head::new("POST", "/", &twice), &receiver.keys, NOW).unwrap_err();
    assert_eq!(refused.kind(), Reason::UnsupportedEncoding);
}

#[test]
fn a_form_is_read_from_its_content() {
    let scheme = Scheme::hmac_sha256()
        .signature(Header::new("x-nylas-signature").hex())
        .gzip(Gzip::SignedCompressed)
        .event_id(hookporter_core::Form::field("id"))
        .identity(Identity::SignedId);
    let receiver = Receiver::new(scheme);
    let sent = gzip(b"id=e1&x=2");
    let delivery = receiver.judge(&sent, &sent).unwrap();
    let none: Vec<(&str, &str)> = Vec::new();
    let labels = receiver.verifier.read_labels(&delivery, &Head::new("POST", "/", &none));
    assert_eq!(labels.id.unwrap().as_str(), "e1");
}

#[test]
fn schemes_that_read_what_they_cannot_do_not_build() {
    let fields = || Scheme::hmac_sha256().signed("{field:/id}").signature(Header::new("x").hex());
    assert!(Verifier::new(fields().gzip(Gzip::SignedCompressed)).is_err());
    assert!(Verifier::new(fields().gzip(Gzip::SignedPlain)).is_ok());
    let dated = || scheme().timestamp(Json::pointer("/at").unix_seconds());
    assert!(Verifier::new(dated().gzip(Gzip::SignedCompressed)).is_err());
    assert!(Verifier::new(dated().gzip(Gzip::SignedPlain)).is_ok());
}

#[cfg(feature = "ed25519")]
#[test]
fn a_key_that_a_body_names_is_not_looked_for_in_compressed_bytes() {
    use hookporter_core::{Algorithm, KeyUrl};

    let named = || {
        let hosts = KeyUrl::on_hosts(&["keys.sender.example"]);
        Scheme::new(Algorithm::Ed25519).signature(Header::new("x").hex()).key_url(Json::pointer("/key"), hosts)
    };
    assert!(Verifier::new(named()).is_ok());
    for gzip in [Gzip::SignedCompressed, Gzip::SignedPlain] {
        assert!(Verifier::new(named().gzip(gzip)).is_err(), "{gzip:?}");
    }
}
