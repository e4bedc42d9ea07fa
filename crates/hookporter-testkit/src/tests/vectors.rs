use std::collections::BTreeSet;

use hookporter_core::provider::Handshake;
use hookporter_core::{Header, Provider, Reason, Scheme, Secret};

use super::{NOW, Receiver};
use crate::vectors::{Expectation, Vector, vectors};

/// Cloudinary's SDK tests itself with a moment far ahead, in another unit than it documents. The SDK bounds the past only.
const AHEAD: &str = "cloudinary-sha256";

fn in_millis(scheme: Scheme) -> Scheme {
    scheme.timestamp(Header::new("x-cld-timestamp").unix_millis())
}

/// What the core makes of a vector; an answered challenge is compared here.
fn outcome(vector: &Vector, preset: &Provider) -> Result<Expectation, Reason> {
    // A sender that hands its key over has none before.
    let mut secrets = vector.secrets();
    secrets.iter_mut().filter(|secret| secret.is_empty()).for_each(|secret| "no key yet".clone_into(secret));
    let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
    let verifier = match vector.id.as_str() {
        AHEAD => preset.verifier_with(in_millis).unwrap().no_freshness(),
        _ => preset.verifier().unwrap(),
    };
    let Receiver { verifier, keys } = Receiver::new(verifier, &secrets);
    let (request, now) = (vector.request(), vector.now.unwrap_or(NOW));
    let head = request.head();
    if let Some(challenge) = preset.challenge(&verifier, &head, &vector.body).map_err(|rejection| rejection.kind())? {
        // Every verify token of the vectors.
        let token = Secret::new("verify-token-of-the-vectors");
        let answer = challenge.kept().answer(&head, Some(&keys), Some(&token), now);
        return compared(vector, &answer.map_err(|rejection| rejection.kind())?);
    }
    let delivery = match request.check(&verifier, &keys, now) {
        Ok(delivery) => delivery,
        Err(rejection) => return Ok(Expectation::Refused(rejection.kind())),
    };
    assert_eq!(delivery.body(), &vector.body, "{}", vector.id);
    match preset.handshake(&delivery, &head, Some(&keys)).map_err(|rejection| rejection.kind())? {
        Some(answer) => compared(vector, &answer),
        // SNS wants a URL of its own called: its challenge is handed to the user as an event.
        None if preset.id() == "aws-sns" && vector.expect == Expectation::Handshake => Ok(Expectation::Handshake),
        None => Ok(Expectation::Valid),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what the caller returns")]
fn compared(vector: &Vector, answer: &Handshake) -> Result<Expectation, Reason> {
    let wanted = &vector.response;
    if let Some(status) = wanted.status {
        assert_eq!(answer.status, status, "{}", vector.id);
    }
    if let Some(body) = &wanted.body {
        assert_eq!(answer.body, body, "{}", vector.id);
    }
    if let Some(content_type) = &wanted.content_type {
        assert_eq!(answer.content_type, Some(content_type.as_str()), "{}", vector.id);
    }
    for (name, value) in &wanted.headers {
        let sent = answer.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        // Adapters add this one wherever there is a content type.
        let nosniff = name.eq_ignore_ascii_case("x-content-type-options") && answer.content_type.is_some();
        assert!(nosniff || sent.is_some_and(|(_, sent)| sent == value), "{}: {name}", vector.id);
    }
    Ok(Expectation::Handshake)
}

#[test]
fn every_vector_of_a_preset_ends_as_it_says_and_every_preset_has_one() {
    let mut judged = BTreeSet::new();
    for vector in &vectors() {
        let Ok(preset) = Provider::by_id(vector.preset()) else { continue };
        assert_eq!(outcome(vector, preset), Ok(vector.expect), "{}", vector.id);
        judged.insert(preset.id());
    }
    let presets: BTreeSet<_> = Provider::all().iter().map(|preset| preset.id()).collect();
    assert_eq!(judged, presets);
}

#[test]
fn a_moment_far_ahead_is_no_time_of_an_endpoints() {
    let vector = vectors().into_iter().find(|vector| vector.id == AHEAD).unwrap();
    let reason = |verifier| {
        let receiver = Receiver::new(verifier, &[vector.secret_text().unwrap()]);
        vector
            .request()
            .check(&receiver.verifier, &receiver.keys, vector.now.unwrap())
            .map_err(|refused| refused.kind())
    };
    let preset = Provider::by_id("cloudinary").unwrap();
    assert_eq!(reason(preset.verifier().unwrap()).unwrap_err(), Reason::MalformedTimestamp);
    assert_eq!(reason(preset.verifier_with(in_millis).unwrap()).unwrap_err(), Reason::TimestampTooNew);
}

#[test]
fn all_vectors_can_be_read_and_have_names_of_their_own() {
    let vectors = vectors();
    let mut names: Vec<_> = vectors.iter().map(|vector| vector.id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), vectors.len());
    assert_eq!(vectors.len(), 346);
    let binary = vectors.iter().find(|vector| vector.id == "github-binary-body").unwrap();
    assert!(std::str::from_utf8(&binary.body).is_err());
}

/// No preset takes them: they cover less than an endpoint should demand. With what they cover they hold.
#[cfg(all(feature = "http-signatures", feature = "ed25519"))]
#[test]
fn the_examples_of_rfc_9421_hold_under_what_they_cover() {
    use hookporter_core::message_signature::MessageScheme;
    use hookporter_core::{KeyDecoding, KeyRule, Scheme, Verifier};
    let vectors = vectors();
    let examples: Vec<_> = vectors.iter().filter(|vector| vector.preset() == "rfc9421-example").collect();
    assert_eq!(examples.len(), 2);
    for vector in examples {
        let message = match vector.id.as_str() {
            "rfc9421-b25-hmac" => MessageScheme::hmac_sha256().with_required(["date", "@authority", "content-type"]),
            _ => MessageScheme::ed25519().with_required(["date", "@method", "@path", "@authority", "content-type"]),
        };
        let mut scheme = Scheme::message_signature(message);
        if vector.id == "rfc9421-b25-hmac" {
            scheme = scheme.key_rule(KeyRule::decoded(KeyDecoding::Base64After(""), 32, "base64"));
        }
        let receiver = Receiver::new(Verifier::new(scheme).unwrap(), &[vector.secret_text().unwrap()]);
        let judge = |request: crate::SignedRequest| {
            let checked = request.check(&receiver.verifier, &receiver.keys, vector.now.unwrap());
            checked.map(|_| Expectation::Valid).map_err(|rejection| rejection.kind())
        };
        assert_eq!(judge(vector.request()), Ok(vector.expect), "{}", vector.id);
        let other_host = crate::SignedRequest { url: "https://other.example/foo".to_owned(), ..vector.request() };
        assert_eq!(judge(other_host), Err(Reason::InvalidSignature), "{}", vector.id);
    }
}

/// No preset: a digest binds a body to nobody.
#[cfg(feature = "http-signatures")]
#[test]
fn the_examples_of_rfc_9530_hold_as_a_check_of_their_own() {
    use hookporter_core::message_signature::ContentDigest;
    let vectors = vectors();
    let digests: Vec<_> = vectors.iter().filter(|vector| vector.provider == "rfc9530").collect();
    assert_eq!(digests.len(), 2);
    for vector in digests {
        let request = vector.request();
        let digest = ContentDigest::read(&request.head()).unwrap();
        assert_eq!(digest.judge(request.body()), Ok(()), "{}", vector.id);
        let other = request.clone().tampered_body();
        let refused = digest.judge(other.body()).map_err(|rejection| rejection.kind());
        assert_eq!(refused, Err(Reason::BodyHashMismatch), "{}", vector.id);
    }
}
