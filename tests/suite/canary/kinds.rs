//! Every kind of key, and every place beside the keyring that takes a secret.

use std::convert::Infallible;

use hookporter::jwt::TokenScheme;
use hookporter::{Endpoint, Header, KeyDecoding, KeyRule, Keys, Outcome, Scheme, Secret, UnixTime};

use super::assert_silent;
use super::forms::Forms;
use super::scene::{URL, debug, outputs, requests};
use crate::attacks::{CANARY, NOW, at_now};
use crate::replay::directory::Directory;

/// Sends what this scheme's sender signs to an endpoint with these keys.
fn silent(what: &str, scheme: &Scheme, keys: impl Into<Keys>, sender: &str) {
    crate::trace::watch();
    let endpoint = at_now(Endpoint::custom("acme", scheme.clone(), keys).unwrap());
    let (mut all, outcomes) = outputs(endpoint, &requests(hookporter_testkit::custom(scheme.clone(), sender)));
    assert!(outcomes.contains(&Outcome::Accepted) && outcomes.contains(&Outcome::Rejected), "{what}: {outcomes:?}");
    all.push(("the scheme's Debug", debug(scheme)));
    assert_silent(what, &[Forms::of(sender), Forms::of(CANARY)], &all);
}

fn hmac() -> Scheme {
    Scheme::hmac_sha256().signature(Header::new("x-sig").hex())
}

#[test]
fn a_key_of_any_kind_is_in_no_output() {
    let base64 = "Y2FuYXJ5LTAxMjM0NTY3ODktYWJjZGVmLUFCQ0RFRi14eXo=";
    let decoded = KeyRule::decoded(KeyDecoding::Base64After("whsec_"), 16, "base64");
    silent("text", &hmac(), Secret::new(CANARY), CANARY);
    silent("base64", &hmac().key_rule(decoded), Secret::new(base64), base64);
    silent("a token", &Scheme::static_token("x-token"), Secret::new(CANARY), CANARY);
    silent("a token in the query", &Scheme::static_token_in_query("token"), Secret::new(CANARY), CANARY);
    let token = Scheme::token(TokenScheme::hs256().in_header(Header::new("x-token")));
    silent("a JWT's key", &token, Secret::new(CANARY), CANARY);
}

#[test]
fn a_key_from_anywhere_is_in_no_output() {
    let old =
        || Secret::new("an old one, which nobody may see either").named("old").expires_at(UnixTime::from_secs(NOW));
    silent("an old key", &hmac(), Keys::from([Secret::new(CANARY).named("new"), old()]), CANARY);
    let found = Keys::resolve(|_| std::future::ready(Ok::<_, Infallible>(Some(Secret::new(CANARY)))));
    silent("found for each request", &hmac(), found, CANARY);
    let directory = Directory::new();
    let file = directory.path().join("key");
    std::fs::write(&file, CANARY).unwrap();
    silent("a file", &hmac(), Keys::files([&file]), CANARY);
    // Material that cannot be right, from a source: the error is logged.
    let broken = Keys::resolve(|_| std::future::ready(Ok::<_, Infallible>(Some(Secret::new(format!("{CANARY}\n"))))));
    let endpoint = at_now(Endpoint::custom("acme", hmac(), broken).unwrap());
    let (all, outcomes) = outputs(endpoint, &requests(hookporter_testkit::custom(hmac(), CANARY)));
    assert!(outcomes.contains(&Outcome::Unavailable), "{outcomes:?}");
    assert_silent("broken material", &[Forms::of(CANARY)], &all);
}

#[test]
fn a_secret_beside_the_keys_is_in_no_output() {
    crate::trace::watch();
    let keys = hookporter_testkit::keys("meta").unwrap();
    let endpoint = || Endpoint::provider_at("meta", Secret::weak(keys.receiver), URL).unwrap();
    let endpoint = at_now(endpoint().verify_token(Secret::new(CANARY)).unwrap().recognize("old", Secret::new(CANARY)));
    let challenge = |token: &str| {
        let maker = crate::sender::now(hookporter_testkit::provider("meta", keys.sender).unwrap());
        let target = format!("/hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}");
        maker.method("GET").build().with_target(&target).with_body("")
    };
    let mut all = requests(hookporter_testkit::provider("meta", keys.sender).unwrap());
    all.extend([challenge(CANARY), challenge("another")]);
    // Where none belongs: an event goes into the inbox, a refused one into the quarantine.
    for (spelled, secret) in [("hub.verify_token", keys.sender), ("hub%2Everify_token", keys.wrong)] {
        let maker = crate::sender::now(hookporter_testkit::provider("meta", secret).unwrap());
        let target = format!("/hook?a=1&{spelled}={CANARY}&b=2");
        all.push(
            maker.body(format!(r#"{{"object":"page","entry":[],"of":"{spelled}"}}"#)).build().with_target(&target),
        );
    }
    let (mut all, _) = outputs(endpoint, &all);
    let short = Endpoint::provider_at("meta", Secret::weak(keys.receiver), URL)
        .unwrap()
        .verify_token(Secret::new(&CANARY[..3]));
    all.push(("the error of a short one", short.map_or_else(|error| debug(&error), |endpoint| debug(&endpoint))));
    assert_silent("a verify token", &[Forms::of(CANARY), Forms::of(keys.receiver)], &all);
}
