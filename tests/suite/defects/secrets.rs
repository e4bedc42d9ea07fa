//! Secrets: none that is empty builds, and none shows.

use hookporter::{Endpoint, Header, Keys, Provider, Scheme, Secret};

/// An endpoint of this preset's, whichever way it is built.
fn build(id: &str, keys: impl Into<Keys>) -> Result<Endpoint, hookporter::ConfigError> {
    if Provider::by_id(id)?.verifier()?.needs_url() {
        return Endpoint::provider_at(id, keys, "https://hooks.test/hook");
    }
    Endpoint::provider(id, keys)
}

#[test]
fn an_empty_secret_was_accepted() {
    for provider in Provider::all() {
        for nothing in ["", " ", "\n", "\t\t", "\0"] {
            let built = build(provider.id(), Secret::new(nothing)).map(|_| ());
            assert!(built.is_err(), "{}: {nothing:?} builds", provider.id());
        }
        let none = build(provider.id(), Vec::<Secret>::new()).map(|_| ());
        assert!(none.is_err(), "{}: builds without a key", provider.id());
    }
    let scheme = || Scheme::hmac_sha256().signature(Header::new("x-sig").hex());
    for nothing in ["", " ", "\n"] {
        assert!(Endpoint::custom("acme", scheme(), Secret::new(nothing)).is_err(), "{nothing:?} builds");
        assert!(Endpoint::custom("acme", scheme(), Secret::weak(nothing)).is_err(), "{nothing:?} builds as a weak one");
    }
}

#[test]
fn the_debug_text_of_a_verifier_printed_the_secret() {
    for provider in Provider::all() {
        let secret = hookporter_testkit::keys(provider.id()).unwrap().receiver;
        let keys = Keys::from(Secret::new(secret).named("current"));
        let verifier = provider.verifier().unwrap();
        let prepared = verifier.prepare(&Secret::new(secret).into()).unwrap();
        let endpoint = build(provider.id(), keys.clone()).unwrap();
        let shown = format!("{keys:?} {verifier:?} {prepared:?} {endpoint:?} {endpoint:#?}");
        let bytes = format!("{:?}", &secret.as_bytes()[..8]);
        let bytes = bytes.trim_matches(['[', ']']);
        assert!(!shown.contains(secret) && !shown.contains(bytes), "{}: {shown}", provider.id());
        assert!(shown.contains("current"), "{}: the key's name may show, and does", provider.id());
    }
}
