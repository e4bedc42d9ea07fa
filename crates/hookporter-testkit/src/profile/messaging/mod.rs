//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[];
