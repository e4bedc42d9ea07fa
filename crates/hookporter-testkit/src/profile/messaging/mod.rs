//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

#[cfg(feature = "jwt")]
mod livekit;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    #[cfg(feature = "jwt")]
    ("livekit", &livekit::LIVEKIT),
];
