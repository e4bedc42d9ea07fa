//! The kit against the core: what it makes is accepted, what it forges is refused for the reason it says.

#[cfg(feature = "all-senders")]
mod boundaries;
mod labels;
mod mutations;
mod parts;
mod rotation;
mod vectors;

use hookporter_core::{Keyring, PreparedKeyring, Provider, Rejection, Secret, UnixTime, Verifier};

use crate::{RequestMaker, SignedRequest, TestKeys};

/// The moment of every test.
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// A receiver with a preset.
struct Receiver {
    verifier: Verifier,
    keys: PreparedKeyring,
}

impl Receiver {
    fn new(verifier: Verifier, secrets: &[&str]) -> Self {
        let named = |(at, secret): (usize, &&str)| Secret::weak(secret).named(&at.to_string());
        let secrets: Vec<_> = secrets.iter().enumerate().map(named).collect();
        let keys = verifier.prepare(&Keyring::from(secrets)).unwrap();
        Self { verifier, keys }
    }

    fn of(provider: &str, secret: &str) -> Self {
        Self::new(Provider::by_id(provider).unwrap().verifier().unwrap(), &[secret])
    }

    fn check(&self, request: &SignedRequest) -> Result<hookporter_core::Delivery, Rejection> {
        request.check(&self.verifier, &self.keys, NOW)
    }

    /// Asserts that what the maker makes is accepted and that every forgery is refused for its reason.
    fn holds_against(&self, maker: &RequestMaker, name: &str) {
        let maker = maker.clone().at(NOW);
        self.check(&maker.build()).unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
        for forgery in maker.mutations() {
            let outcome = self.check(&forgery.request).map(|_| "accepted").map_err(|rejection| rejection.kind());
            assert_eq!(outcome, Err(forgery.expected), "{name}: {}", forgery.name);
        }
    }
}

/// Every preset, its test keys, a maker, and a receiver.
fn presets() -> Vec<(&'static str, TestKeys, RequestMaker, Receiver)> {
    let preset = |provider: &&Provider| {
        let keys = crate::keys(provider.id()).unwrap();
        let maker = crate::provider(provider.id(), keys.sender).unwrap().at(NOW);
        (provider.id(), keys, maker, Receiver::of(provider.id(), keys.receiver))
    };
    Provider::all().iter().map(preset).collect()
}
