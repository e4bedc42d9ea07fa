use hookporter_core::{Keyring, Provider, Reason, Secret};

use super::NOW;
use crate::vectors::{Expectation, Vector, vectors};

/// The presets that the vectors of this crate are held against.
const JUDGED: &[&str] = &[
    "adyen",
    "adyen-platform",
    "braintree",
    "contentful",
    "discord",
    "dropbox-sign",
    "github",
    "hubla",
    "hubspot",
    "hubspot-v1",
    "hubspot-v2",
    "mailgun",
    "mercadopago",
    "microsoft-graph",
    "shipmondo",
    "shopify",
    "slack",
    "square",
    "standard-webhooks",
    "standard-webhooks-v1a",
    "stripe",
    "superoffice",
    "twilio",
];

/// Challenges without a proof, which nobody answers yet.
const WAITING: &[&str] = &["graph-validation"];

/// What the core makes of a vector; an answered challenge is compared here.
fn outcome(vector: &Vector, preset: &Provider) -> Result<Expectation, Reason> {
    let verifier = preset.verifier().unwrap();
    let keys = verifier.prepare(&Keyring::from(Secret::weak(vector.key()))).unwrap();
    let delivery = match vector.request().check(&verifier, &keys, vector.now.unwrap_or(NOW)) {
        Ok(delivery) => delivery,
        Err(rejection) => return Ok(Expectation::Refused(rejection.kind())),
    };
    assert_eq!(delivery.body(), &vector.body, "{}", vector.id);
    let Some(answer) = preset.handshake(&delivery).map_err(|rejection| rejection.kind())? else {
        return Ok(Expectation::Valid);
    };
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
    Ok(Expectation::Handshake)
}

#[test]
fn every_vector_of_a_preset_ends_as_it_says() {
    let mut judged = 0;
    let waits = |vector: &&Vector| WAITING.contains(&vector.id.as_str());
    for vector in vectors().iter().filter(|vector| JUDGED.contains(&vector.preset()) && !waits(vector)) {
        let Ok(preset) = Provider::by_id(vector.preset()) else { continue };
        assert_eq!(outcome(vector, preset), Ok(vector.expect), "{}", vector.id);
        judged += 1;
    }
    let all = cfg!(all(feature = "jwt", feature = "ed25519", feature = "all-senders"));
    assert!(judged >= 77 || !all, "{judged} vectors were judged");
}

#[test]
fn all_vectors_can_be_read_and_have_names_of_their_own() {
    let vectors = vectors();
    let mut names: Vec<_> = vectors.iter().map(|vector| vector.id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), vectors.len());
    assert!(vectors.len() >= 181, "{}", vectors.len());
    let binary = vectors.iter().find(|vector| vector.id == "github-binary-body").unwrap();
    assert!(std::str::from_utf8(&binary.body).is_err());
}
