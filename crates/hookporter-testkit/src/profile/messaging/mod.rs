//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

mod hubspot;
mod mailgun;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("hubspot", &hubspot::HUBSPOT),
    ("hubspot-v1", &hubspot::HUBSPOT),
    ("hubspot-v2", &hubspot::HUBSPOT),
    ("mailgun", &mailgun::MAILGUN),
];
