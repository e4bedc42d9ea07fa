//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

mod deepgram;
mod elevenlabs;
#[cfg(feature = "rsa")]
mod kick;
mod line;
#[cfg(feature = "jwt")]
mod livekit;
mod postmark;
mod pusher;
#[cfg(feature = "ecdsa")]
mod sendgrid;
mod telegram;
mod zendesk;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &deepgram::DEEPGRAM,
    &elevenlabs::ELEVENLABS,
    #[cfg(feature = "rsa")]
    &kick::KICK,
    &line::LINE,
    #[cfg(feature = "jwt")]
    &livekit::LIVEKIT,
    &postmark::POSTMARK,
    &pusher::PUSHER,
    #[cfg(feature = "ecdsa")]
    &sendgrid::SENDGRID,
    &telegram::TELEGRAM,
    &zendesk::ZENDESK,
];
