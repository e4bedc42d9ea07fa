//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

mod cloudevents;
#[cfg(feature = "http-signatures")]
mod rfc9421;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("cloudevents", &cloudevents::CLOUDEVENTS),
    #[cfg(feature = "http-signatures")]
    ("rfc9421", &rfc9421::RFC9421),
];
