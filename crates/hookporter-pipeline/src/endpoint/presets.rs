//! One function per preset, so that an endpoint is one line.

use hookporter_core::ConfigError;

use crate::Endpoint;
use crate::keys::Keys;

macro_rules! presets {
    ($($(#[$meta:meta])* $name:ident = $id:literal, $sender:literal;)*) => {
        impl Endpoint {
            $(
                #[doc = concat!("An endpoint for ", $sender, ": the preset `", $id, "`.")]
                ///
                /// # Errors
                /// [`ConfigError`] for a key that cannot be right; it says what a right one looks like.
                $(#[$meta])*
                pub fn $name(keys: impl Into<Keys>) -> Result<Self, ConfigError> {
                    Self::provider($id, keys)
                }
            )*
        }
    };
}

presets! {
    #[cfg(feature = "workspace")]
    asana = "asana", "Asana";
    #[cfg(feature = "cloud")]
    azure_event_grid = "azure-event-grid", "Azure Event Grid";
    #[cfg(feature = "ed25519")]
    discord = "discord", "Discord interactions and webhook events";
    #[cfg(feature = "workspace")]
    dropbox = "dropbox", "Dropbox";
    github = "github", "GitHub";
    hubla = "hubla", "Hubla";
    #[cfg(feature = "messaging")]
    intercom = "intercom", "Intercom";
    #[cfg(feature = "messaging")]
    meta = "meta", "Meta (Facebook, Instagram, WhatsApp, Messenger, Threads)";
    #[cfg(feature = "workspace")]
    notion = "notion", "Notion";
    #[cfg(feature = "workspace")]
    nylas = "nylas", "Nylas v3";
    #[cfg(feature = "cloud")]
    okta = "okta", "Okta event hooks";
    #[cfg(feature = "jwt")]
    shipmondo = "shipmondo", "Shipmondo";
    shopify = "shopify", "Shopify";
    slack = "slack", "Slack";
    standard_webhooks = "standard-webhooks", "Standard Webhooks v1 and Svix";
    #[cfg(feature = "ed25519")]
    standard_webhooks_v1a = "standard-webhooks-v1a", "Standard Webhooks v1a";
    stripe = "stripe", "Stripe";
    superoffice = "superoffice", "SuperOffice";
    #[cfg(feature = "workspace")]
    airtable = "airtable", "Airtable";
    #[cfg(feature = "standard")]
    anthropic = "anthropic", "Anthropic";
    #[cfg(feature = "standard")]
    bigcommerce = "bigcommerce", "BigCommerce";
    #[cfg(feature = "developer")]
    bitbucket = "bitbucket", "Bitbucket Cloud";
    #[cfg(feature = "workspace")]
    box_com = "box", "Box";
    #[cfg(feature = "workspace")]
    calcom = "calcom", "Cal.com";
    #[cfg(feature = "workspace")]
    calendly = "calendly", "Calendly";
    #[cfg(feature = "developer")]
    circleci = "circleci", "CircleCI";
    #[cfg(feature = "standard")]
    clerk = "clerk", "Clerk";
    #[cfg(feature = "developer")]
    cloudflare_stream = "cloudflare-stream", "Cloudflare Stream";
    #[cfg(feature = "developer")]
    cloudinary = "cloudinary", "Cloudinary, signed with SHA-256";
    #[cfg(feature = "developer")]
    cloudinary_sha1 = "cloudinary-sha1", "Cloudinary, signed with SHA-1";
    #[cfg(feature = "workspace")]
    docusign = "docusign", "DocuSign Connect";
    #[cfg(feature = "developer")]
    fastly = "fastly", "Fastly's Next-Gen WAF";
    #[cfg(feature = "standard")]
    gitlab = "gitlab", "GitLab with a signing token";
    #[cfg(feature = "standard")]
    gitlab_token = "gitlab-token", "GitLab with a secret token";
    #[cfg(feature = "developer")]
    heroku = "heroku", "Heroku app webhooks";
    #[cfg(feature = "developer")]
    jira = "jira", "Jira (admin webhooks)";
    #[cfg(feature = "developer")]
    knock = "knock", "Knock";
    #[cfg(feature = "developer")]
    launchdarkly = "launchdarkly", "LaunchDarkly";
    #[cfg(feature = "developer")]
    linear = "linear", "Linear";
    #[cfg(feature = "standard")]
    liveblocks = "liveblocks", "Liveblocks";
    #[cfg(feature = "developer")]
    mux = "mux", "Mux";
    #[cfg(feature = "standard")]
    openai = "openai", "OpenAI";
    #[cfg(feature = "developer")]
    pagerduty = "pagerduty", "PagerDuty (v3)";
    #[cfg(feature = "standard")]
    polar = "polar", "Polar";
    #[cfg(feature = "standard")]
    render = "render", "Render";
    #[cfg(feature = "standard")]
    replicate = "replicate", "Replicate";
    #[cfg(feature = "standard")]
    resend = "resend", "Resend";
    #[cfg(feature = "developer")]
    sanity = "sanity", "Sanity";
    #[cfg(feature = "developer")]
    sentry = "sentry", "Sentry";
    #[cfg(feature = "standard")]
    supabase_auth_hooks = "supabase-auth-hooks", "Supabase Auth hooks";
    #[cfg(feature = "standard")]
    svix = "svix", "Svix";
    #[cfg(feature = "workspace")]
    tally = "tally", "Tally";
    #[cfg(feature = "workspace")]
    typeform = "typeform", "Typeform";
    #[cfg(feature = "developer")]
    vercel = "vercel", "Vercel";
    #[cfg(feature = "developer")]
    webflow = "webflow", "Webflow";
    #[cfg(feature = "cloud")]
    auth0 = "auth0", "Auth0's log streams and event streams";
    #[cfg(feature = "payments")]
    chargebee = "chargebee", "Chargebee";
    #[cfg(feature = "payments")]
    checkout_com = "checkout-com", "Checkout.com";
    #[cfg(feature = "payments")]
    coinbase_cdp = "coinbase-cdp", "Coinbase CDP";
    #[cfg(feature = "payments")]
    coinbase_commerce = "coinbase-commerce", "Coinbase Commerce";
    #[cfg(feature = "messaging")]
    deepgram = "deepgram", "Deepgram's callbacks";
    #[cfg(feature = "payments")]
    easypost = "easypost", "EasyPost";
    #[cfg(feature = "messaging")]
    elevenlabs = "elevenlabs", "ElevenLabs";
    #[cfg(feature = "payments")]
    flutterwave = "flutterwave", "Flutterwave, v4";
    #[cfg(feature = "payments")]
    flutterwave_v3 = "flutterwave-v3", "Flutterwave, v3";
    #[cfg(feature = "payments")]
    gocardless = "gocardless", "GoCardless";
    #[cfg(all(feature = "messaging", feature = "rsa"))]
    kick = "kick", "Kick";
    #[cfg(feature = "payments")]
    lemonsqueezy = "lemonsqueezy", "Lemon Squeezy";
    #[cfg(feature = "messaging")]
    line = "line", "LINE's Messaging API";
    #[cfg(feature = "payments")]
    mollie = "mollie", "Mollie's next-gen webhooks";
    #[cfg(feature = "payments")]
    paddle = "paddle", "Paddle Billing";
    #[cfg(feature = "payments")]
    paystack = "paystack", "Paystack";
    #[cfg(feature = "cloud")]
    persona = "persona", "Persona";
    #[cfg(feature = "messaging")]
    postmark = "postmark", "Postmark";
    #[cfg(feature = "messaging")]
    pusher = "pusher", "Pusher Channels";
    #[cfg(feature = "payments")]
    quickbooks = "quickbooks", "Intuit QuickBooks";
    #[cfg(feature = "payments")]
    razorpay = "razorpay", "Razorpay";
    #[cfg(feature = "payments")]
    recurly = "recurly", "Recurly";
    #[cfg(all(feature = "messaging", feature = "ecdsa"))]
    sendgrid = "sendgrid", "SendGrid's event webhook";
    #[cfg(feature = "messaging")]
    telegram = "telegram", "Telegram's Bot API";
    #[cfg(feature = "cloud")]
    workos = "workos", "WorkOS";
    #[cfg(feature = "payments")]
    xero = "xero", "Xero";
    #[cfg(feature = "messaging")]
    zendesk = "zendesk", "Zendesk";
    #[cfg(all(feature = "cloud", feature = "rsa"))]
    aws_sns = "aws-sns", "Amazon SNS";
    #[cfg(all(feature = "cloud", feature = "jwt"))]
    fusionauth = "fusionauth", "FusionAuth";
    #[cfg(all(feature = "cloud", feature = "jwt", feature = "rsa"))]
    google_pubsub = "google-pubsub", "Google Cloud Pub/Sub push";
    #[cfg(all(feature = "messaging", feature = "jwt"))]
    livekit = "livekit", "LiveKit";
    #[cfg(all(feature = "developer", feature = "jwt"))]
    netlify = "netlify", "Netlify deploy notifications";
    #[cfg(all(feature = "payments", feature = "rsa"))]
    paypal = "paypal", "PayPal";
    #[cfg(all(feature = "payments", feature = "jwt", feature = "ecdsa"))]
    plaid = "plaid", "Plaid";
    #[cfg(feature = "messaging")]
    twitch = "twitch", "Twitch EventSub";
    #[cfg(feature = "payments")]
    woocommerce = "woocommerce", "WooCommerce";
    #[cfg(feature = "messaging")]
    x_twitter = "x-twitter", "X (Twitter)";
    #[cfg(feature = "messaging")]
    zoom = "zoom", "Zoom";
    #[cfg(feature = "cloud")]
    cloudevents = "cloudevents", "CloudEvents web hooks";
    #[cfg(all(feature = "ed25519", feature = "http-signatures", feature = "messaging"))]
    mailchannels = "mailchannels", "MailChannels";
}

impl Endpoint {
    /// An endpoint for Trello: the preset `trello`. It signs `url`, the callback URL that its webhooks were made with.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    #[cfg(feature = "workspace")]
    pub fn trello(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("trello", keys, url)
    }

    /// An endpoint for Twilio: the preset `twilio`. It signs `url`, the public URL that Twilio calls.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    pub fn twilio(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("twilio", keys, url)
    }

    /// An endpoint for monday.com: the preset `monday`. Its tokens are for `url`, the public URL that monday.com calls.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    #[cfg(all(feature = "workspace", feature = "jwt"))]
    pub fn monday(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("monday", keys, url)
    }

    /// An endpoint for Upstash QStash: the preset `qstash`. Give the current and the next signing key, as a keyring of
    /// two; the tokens are for `url`, the public URL that QStash calls.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    #[cfg(all(feature = "cloud", feature = "jwt"))]
    pub fn qstash(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("qstash", keys, url)
    }

    /// An endpoint for HTTP Message Signatures: the preset `rfc9421`. `url` is the public URL that the sender calls and
    /// signs.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that cannot be right, or a URL that cannot be a webhook's.
    #[cfg(all(feature = "cloud", feature = "http-signatures"))]
    pub fn rfc9421(keys: impl Into<Keys>, url: &str) -> Result<Self, ConfigError> {
        Self::provider_at("rfc9421", keys, url)
    }
}
