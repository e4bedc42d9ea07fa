//! The presets, one room each: the first senders always, the others in families that a feature each compiles in.

use std::sync::LazyLock;

use crate::Provider;

#[cfg(feature = "cloud")]
mod cloud;
#[cfg(feature = "developer")]
mod developer;
#[cfg(feature = "messaging")]
mod messaging;
#[cfg(feature = "payments")]
mod payments;
#[cfg(feature = "standard")]
mod standard;
#[cfg(feature = "workspace")]
mod workspace;

#[cfg(any(feature = "cloud", feature = "messaging", feature = "payments", feature = "workspace"))]
mod json;
#[cfg(any(feature = "messaging", feature = "payments", feature = "workspace"))]
mod scalar;

#[cfg(feature = "ed25519")]
mod discord;
mod github;
mod hubla;
#[cfg(feature = "jwt")]
mod shipmondo;
mod shopify;
mod slack;
mod standard_webhooks;
mod stripe;
mod superoffice;
mod twilio;

/// Every preset that is compiled in, sorted by id.
pub(crate) static ALL: LazyLock<Vec<&Provider>> = LazyLock::new(|| {
    let mut all = FAMILIES.concat();
    all.sort_by_key(|provider| provider.id);
    all
});

static FAMILIES: &[&[&Provider]] = &[
    FIRST,
    #[cfg(feature = "cloud")]
    cloud::ALL,
    #[cfg(feature = "developer")]
    developer::ALL,
    #[cfg(feature = "messaging")]
    messaging::ALL,
    #[cfg(feature = "payments")]
    payments::ALL,
    #[cfg(feature = "standard")]
    standard::ALL,
    #[cfg(feature = "workspace")]
    workspace::ALL,
];

static FIRST: &[&Provider] = &[
    #[cfg(feature = "ed25519")]
    &discord::DISCORD,
    &github::GITHUB,
    &hubla::HUBLA,
    #[cfg(feature = "jwt")]
    &shipmondo::SHIPMONDO,
    &shopify::SHOPIFY,
    &slack::SLACK,
    &standard_webhooks::STANDARD_WEBHOOKS,
    #[cfg(feature = "ed25519")]
    &standard_webhooks::STANDARD_WEBHOOKS_V1A,
    &stripe::STRIPE,
    &superoffice::SUPEROFFICE,
    &twilio::TWILIO,
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_preset_builds_and_says_where_it_comes_from() {
        for provider in &*ALL {
            let verifier = provider.verifier().unwrap();
            assert!(provider.documentation.starts_with("https://"), "{}", provider.id);
            for text in [provider.name, provider.proof, provider.replay, provider.acknowledgement.retries] {
                assert!(!text.is_empty(), "{}", provider.id);
            }
            assert_eq!(verifier.tolerance().is_some(), provider.tolerance.is_some(), "{}", provider.id);
            assert!(provider.acknowledgement.success.takes(provider.acknowledgement.status), "{}", provider.id);
        }
        assert!(ALL.windows(2).all(|pair| pair[0].id < pair[1].id), "every id once");
    }
}
