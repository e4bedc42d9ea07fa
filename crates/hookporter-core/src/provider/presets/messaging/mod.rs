//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

mod hubspot;
mod mailgun;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] =
    &[&hubspot::HUBSPOT, &hubspot::HUBSPOT_V1, &hubspot::HUBSPOT_V2, &mailgun::MAILGUN];
