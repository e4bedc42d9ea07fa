use std::collections::BTreeSet;

use hookporter_core::{Provider, Reason};

use super::{NOW, Receiver};
use crate::vectors::{Expectation, Vector, vectors};

/// What the core makes of a vector; an answered challenge is compared here.
fn outcome(vector: &Vector, preset: &Provider) -> Result<Expectation, Reason> {
    let secrets = vector.secrets();
    let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
    let Receiver { verifier, keys } = Receiver::new(preset.verifier().unwrap(), &secrets);
    let delivery = match vector.request().check(&verifier, &keys, vector.now.unwrap_or(NOW)) {
        Ok(delivery) => delivery,
        Err(rejection) => return Ok(Expectation::Refused(rejection.kind())),
    };
    assert_eq!(delivery.body(), &vector.body, "{}", vector.id);
    if preset.asks_user(&delivery) {
        return Ok(Expectation::Handshake);
    }
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
fn all_vectors_can_be_read_and_have_names_of_their_own() {
    let vectors = vectors();
    let mut names: Vec<_> = vectors.iter().map(|vector| vector.id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), vectors.len());
    assert_eq!(vectors.len(), 272);
    let binary = vectors.iter().find(|vector| vector.id == "github-binary-body").unwrap();
    assert!(std::str::from_utf8(&binary.body).is_err());
}
