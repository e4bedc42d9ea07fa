//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

#[cfg(all(feature = "ed25519", feature = "http-signatures"))]
mod mailchannels;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    #[cfg(all(feature = "ed25519", feature = "http-signatures"))]
    &mailchannels::MAILCHANNELS,
];
