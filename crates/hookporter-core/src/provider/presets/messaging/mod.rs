//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

mod intercom;
mod meta;
mod twitch;
mod x_twitter;
mod zoom;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] =
    &[&intercom::INTERCOM, &meta::META, &twitch::TWITCH, &x_twitter::X_TWITTER, &zoom::ZOOM];
