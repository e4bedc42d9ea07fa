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

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &deepgram::DEEPGRAM,
    &elevenlabs::ELEVENLABS,
    &hubspot::HUBSPOT,
    &hubspot::HUBSPOT_V1,
    &hubspot::HUBSPOT_V2,
    &intercom::INTERCOM,
    #[cfg(feature = "rsa")]
    &kick::KICK,
    &line::LINE,
    #[cfg(feature = "jwt")]
    &livekit::LIVEKIT,
    #[cfg(all(feature = "ed25519", feature = "http-signatures"))]
    &mailchannels::MAILCHANNELS,
    &mailgun::MAILGUN,
    &meta::META,
    &postmark::POSTMARK,
    &pusher::PUSHER,
    #[cfg(feature = "ecdsa")]
    &sendgrid::SENDGRID,
    &telegram::TELEGRAM,
    &twitch::TWITCH,
    &x_twitter::X_TWITTER,
    &zendesk::ZENDESK,
    &zoom::ZOOM,
];
