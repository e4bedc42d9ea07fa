//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

mod intercom;
mod meta;
mod twitch;
mod x_twitter;
mod zoom;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("intercom", &intercom::INTERCOM),
    ("meta", &meta::META),
    ("twitch", &twitch::TWITCH),
    ("x-twitter", &x_twitter::X_TWITTER),
    ("zoom", &zoom::ZOOM),
];
