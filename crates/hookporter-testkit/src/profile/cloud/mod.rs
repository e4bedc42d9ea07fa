//! Cloud platforms and identity: SNS, Event Grid, Pub/Sub, Okta and others.

#[cfg(feature = "rsa")]
mod aws_sns;
#[cfg(feature = "jwt")]
mod fusionauth;
#[cfg(all(feature = "jwt", feature = "rsa"))]
mod google_pubsub;
#[cfg(feature = "jwt")]
mod qstash;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    #[cfg(feature = "rsa")]
    ("aws-sns", &aws_sns::AWS_SNS),
    #[cfg(feature = "jwt")]
    ("fusionauth", &fusionauth::FUSIONAUTH),
    #[cfg(all(feature = "jwt", feature = "rsa"))]
    ("google-pubsub", &google_pubsub::GOOGLE_PUBSUB),
    #[cfg(feature = "jwt")]
    ("qstash", &qstash::QSTASH),
];
