//! The presets, one room each.

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

use crate::Provider;

/// Every preset that is compiled in, by id.
pub(crate) static ALL: &[&Provider] = &[
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
        for provider in ALL {
            let verifier = provider.verifier().unwrap();
            assert!(provider.documentation.starts_with("https://"), "{}", provider.id);
            for text in [provider.name, provider.proof, provider.replay, provider.acknowledgement.retries] {
                assert!(!text.is_empty(), "{}", provider.id);
            }
            assert_eq!(verifier.tolerance().is_some(), provider.tolerance.is_some(), "{}", provider.id);
            assert!(provider.acknowledgement.success.takes(provider.acknowledgement.status), "{}", provider.id);
        }
        assert!(ALL.windows(2).all(|pair| pair[0].id < pair[1].id), "sorted by id");
    }
}
