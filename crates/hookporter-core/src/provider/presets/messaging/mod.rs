//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

#[cfg(feature = "jwt")]
mod livekit;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    #[cfg(feature = "jwt")]
    &livekit::LIVEKIT,
];
