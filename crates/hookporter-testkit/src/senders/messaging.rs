//! Messaging and customers: Meta, Twitch, Zoom, HubSpot, SendGrid and others.

use crate::maker::RequestMaker;
use crate::profile::Profile;
use crate::secret::SenderSecret;
use crate::senders::preset;

senders! {
    /// Requests of Deepgram's.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    deepgram = "deepgram",
    /// Requests of ElevenLabs'.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    elevenlabs = "elevenlabs",
    /// Requests of HubSpot's with signature v3, which signs the public URL: set it with [`RequestMaker::url`].
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    hubspot = "hubspot",
    /// Requests of HubSpot's with signature v1.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    hubspot_v1 = "hubspot-v1",
    /// Requests of HubSpot's with signature v2, which signs the public URL: set it with [`RequestMaker::url`].
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    hubspot_v2 = "hubspot-v2",
    /// Requests of Intercom's.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    intercom = "intercom",
    /// Requests of Kick's; the secret is the private key.
    #[cfg(feature = "rsa")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "messaging", feature = "rsa"))))]
    kick = "kick",
    /// Requests of LINE's.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    line = "line",
    /// Requests of LiveKit's; the secret is a JSON object with `api_key` and `api_secret`.
    #[cfg(feature = "jwt")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "messaging", feature = "jwt"))))]
    livekit = "livekit",
    /// Requests of MailChannels', with an HTTP Message Signature; the secret is the private key. The event stands in the
    /// sample body.
    #[cfg(all(feature = "ed25519", feature = "http-signatures"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "ed25519", feature = "http-signatures", feature = "messaging"))))]
    mailchannels = "mailchannels",
    /// Requests of Mailgun's. A body of your own gains the member `signature`; the event in it is not covered.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    mailgun = "mailgun",
    /// Requests of Meta's. The event is the body's `object`.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    meta = "meta",
    /// Requests of Postmark's; the secret is `user:password`.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    postmark = "postmark",
    /// Requests of Pusher's; the secret is `{"key":…,"secret":…}`.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    pusher = "pusher",
    /// Requests of SendGrid's; the secret is the private key.
    #[cfg(feature = "ecdsa")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "messaging", feature = "ecdsa"))))]
    sendgrid = "sendgrid",
    /// Requests of Telegram's Bot API.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    telegram = "telegram",
    /// Requests of Twitch EventSub's.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    twitch = "twitch",
    /// Requests of X's (Twitter). The event is a member's name.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    x_twitter = "x-twitter",
    /// Requests of Zendesk's.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    zendesk = "zendesk",
    /// Requests of Zoom's.
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    zoom = "zoom",
}
