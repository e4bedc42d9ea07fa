//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

mod deepgram;
mod elevenlabs;
mod hubspot;
mod intercom;
#[cfg(feature = "rsa")]
mod kick;
mod line;
#[cfg(feature = "jwt")]
mod livekit;
#[cfg(all(feature = "ed25519", feature = "http-signatures"))]
mod mailchannels;
mod mailgun;
mod meta;
mod postmark;
mod pusher;
#[cfg(feature = "ecdsa")]
mod sendgrid;
mod telegram;
mod twitch;
mod x_twitter;
mod zendesk;
mod zoom;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("deepgram", &deepgram::DEEPGRAM),
    ("elevenlabs", &elevenlabs::ELEVENLABS),
    ("hubspot", &hubspot::HUBSPOT),
    ("hubspot-v1", &hubspot::HUBSPOT),
    ("hubspot-v2", &hubspot::HUBSPOT),
    ("intercom", &intercom::INTERCOM),
    #[cfg(feature = "rsa")]
    ("kick", &kick::KICK),
    ("line", &line::LINE),
    #[cfg(feature = "jwt")]
    ("livekit", &livekit::LIVEKIT),
    #[cfg(all(feature = "ed25519", feature = "http-signatures"))]
    ("mailchannels", &mailchannels::MAILCHANNELS),
    ("mailgun", &mailgun::MAILGUN),
    ("meta", &meta::META),
    ("postmark", &postmark::POSTMARK),
    ("pusher", &pusher::PUSHER),
    #[cfg(feature = "ecdsa")]
    ("sendgrid", &sendgrid::SENDGRID),
    ("telegram", &telegram::TELEGRAM),
    ("twitch", &twitch::TWITCH),
    ("x-twitter", &x_twitter::X_TWITTER),
    ("zendesk", &zendesk::ZENDESK),
    ("zoom", &zoom::ZOOM),
];
