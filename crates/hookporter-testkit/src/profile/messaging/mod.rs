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

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("deepgram", &deepgram::DEEPGRAM),
    ("elevenlabs", &elevenlabs::ELEVENLABS),
    #[cfg(feature = "rsa")]
    ("kick", &kick::KICK),
    ("line", &line::LINE),
    #[cfg(feature = "jwt")]
    ("livekit", &livekit::LIVEKIT),
    ("postmark", &postmark::POSTMARK),
    ("pusher", &pusher::PUSHER),
    #[cfg(feature = "ecdsa")]
    ("sendgrid", &sendgrid::SENDGRID),
    ("telegram", &telegram::TELEGRAM),
    ("zendesk", &zendesk::ZENDESK),
];
