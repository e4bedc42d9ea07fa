//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

#[cfg(all(feature = "ed25519", feature = "http-signatures"))]
mod mailchannels;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    #[cfg(all(feature = "ed25519", feature = "http-signatures"))]
    ("mailchannels", &mailchannels::MAILCHANNELS),
];
