//! One function per preset, so that an endpoint is one line. Those whose senders sign the URL are next door.

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
    #[cfg(feature = "payments")]
    adyen = "adyen", "Adyen's payment webhooks";
    #[cfg(feature = "payments")]
    adyen_platform = "adyen-platform", "Adyen's platform, banking and management webhooks";
    #[cfg(feature = "workspace")]
    airtable = "airtable", "Airtable";
    #[cfg(feature = "standard")]
    anthropic = "anthropic", "Anthropic";
    #[cfg(feature = "workspace")]
    asana = "asana", "Asana";
    #[cfg(feature = "cloud")]
    auth0 = "auth0", "Auth0's log streams and event streams";
    #[cfg(all(feature = "cloud", feature = "rsa"))]
    aws_sns = "aws-sns", "Amazon SNS";
    #[cfg(feature = "cloud")]
    azure_event_grid = "azure-event-grid", "Azure Event Grid";
    #[cfg(feature = "standard")]
    bigcommerce = "bigcommerce", "BigCommerce";
    #[cfg(feature = "developer")]
    bitbucket = "bitbucket", "Bitbucket Cloud";
    #[cfg(feature = "workspace")]
    box_com = "box", "Box";
    #[cfg(feature = "payments")]
    braintree = "braintree", "Braintree";
    #[cfg(feature = "workspace")]
    calcom = "calcom", "Cal.com";
    #[cfg(feature = "workspace")]
    calendly = "calendly", "Calendly";
    #[cfg(feature = "payments")]
    chargebee = "chargebee", "Chargebee";
    #[cfg(feature = "payments")]
    checkout_com = "checkout-com", "Checkout.com";
    #[cfg(feature = "developer")]
    circleci = "circleci", "CircleCI";
    #[cfg(feature = "standard")]
    clerk = "clerk", "Clerk";
    #[cfg(feature = "cloud")]
    cloudevents = "cloudevents", "CloudEvents web hooks";
    #[cfg(feature = "developer")]
    cloudflare_stream = "cloudflare-stream", "Cloudflare Stream";
    #[cfg(feature = "developer")]
    cloudinary = "cloudinary", "Cloudinary, signed with SHA-256";
    #[cfg(feature = "developer")]
    cloudinary_sha1 = "cloudinary-sha1", "Cloudinary, signed with SHA-1";
    #[cfg(feature = "payments")]
    coinbase_cdp = "coinbase-cdp", "Coinbase CDP";
    #[cfg(feature = "payments")]
    coinbase_commerce = "coinbase-commerce", "Coinbase Commerce";
    #[cfg(feature = "developer")]
    contentful = "contentful", "Contentful";
    #[cfg(feature = "messaging")]
    deepgram = "deepgram", "Deepgram's callbacks";
    #[cfg(feature = "ed25519")]
    discord = "discord", "Discord interactions and webhook events";
    #[cfg(feature = "workspace")]
    docusign = "docusign", "DocuSign Connect";
    #[cfg(feature = "workspace")]
    dropbox = "dropbox", "Dropbox";
    #[cfg(feature = "workspace")]
    dropbox_sign = "dropbox-sign", "Dropbox Sign";
    #[cfg(feature = "payments")]
    easypost = "easypost", "EasyPost";
    #[cfg(feature = "messaging")]
    elevenlabs = "elevenlabs", "ElevenLabs";
    #[cfg(feature = "developer")]
    fastly = "fastly", "Fastly's Next-Gen WAF";
    #[cfg(feature = "payments")]
    flutterwave = "flutterwave", "Flutterwave, v4";
    #[cfg(feature = "payments")]
    flutterwave_v3 = "flutterwave-v3", "Flutterwave, v3";
    #[cfg(all(feature = "cloud", feature = "jwt"))]
    fusionauth = "fusionauth", "FusionAuth";
    github = "github", "GitHub";
    #[cfg(feature = "standard")]
    gitlab = "gitlab", "GitLab with a signing token";
    #[cfg(feature = "standard")]
    gitlab_token = "gitlab-token", "GitLab with a secret token";
    #[cfg(feature = "payments")]
    gocardless = "gocardless", "GoCardless";
    #[cfg(all(feature = "cloud", feature = "jwt", feature = "rsa"))]
    google_pubsub = "google-pubsub", "Google Cloud Pub/Sub push";
    #[cfg(feature = "developer")]
    heroku = "heroku", "Heroku app webhooks";
    hubla = "hubla", "Hubla";
    #[cfg(feature = "messaging")]
    hubspot_v1 = "hubspot-v1", "HubSpot's signature v1";
    #[cfg(feature = "messaging")]
    intercom = "intercom", "Intercom";
    #[cfg(feature = "developer")]
    jira = "jira", "Jira (admin webhooks)";
    #[cfg(all(feature = "messaging", feature = "rsa"))]
    kick = "kick", "Kick";
    #[cfg(feature = "developer")]
    knock = "knock", "Knock";
    #[cfg(feature = "developer")]
    launchdarkly = "launchdarkly", "LaunchDarkly";
    #[cfg(feature = "payments")]
    lemonsqueezy = "lemonsqueezy", "Lemon Squeezy";
    #[cfg(feature = "messaging")]
    line = "line", "LINE's Messaging API";
    #[cfg(feature = "developer")]
    linear = "linear", "Linear";
    #[cfg(feature = "standard")]
    liveblocks = "liveblocks", "Liveblocks";
    #[cfg(all(feature = "messaging", feature = "jwt"))]
    livekit = "livekit", "LiveKit";
    #[cfg(all(feature = "ed25519", feature = "http-signatures", feature = "messaging"))]
    mailchannels = "mailchannels", "MailChannels";
    #[cfg(feature = "messaging")]
    mailgun = "mailgun", "Mailgun";
    #[cfg(feature = "payments")]
    mercadopago = "mercadopago", "Mercado Pago";
    #[cfg(feature = "messaging")]
    meta = "meta", "Meta (Facebook, Instagram, WhatsApp, Messenger, Threads)";
    #[cfg(feature = "cloud")]
    microsoft_graph = "microsoft-graph", "Microsoft Graph change notifications";
    #[cfg(feature = "payments")]
    mollie = "mollie", "Mollie's next-gen webhooks";
    #[cfg(feature = "developer")]
    mux = "mux", "Mux";
    #[cfg(all(feature = "developer", feature = "jwt"))]
    netlify = "netlify", "Netlify deploy notifications";
    #[cfg(feature = "workspace")]
    notion = "notion", "Notion";
    #[cfg(feature = "workspace")]
    nylas = "nylas", "Nylas v3";
    #[cfg(feature = "cloud")]
    okta = "okta", "Okta event hooks";
    #[cfg(feature = "standard")]
    openai = "openai", "OpenAI";
    #[cfg(feature = "payments")]
    paddle = "paddle", "Paddle Billing";
    #[cfg(feature = "developer")]
    pagerduty = "pagerduty", "PagerDuty (v3)";
    #[cfg(all(feature = "payments", feature = "rsa"))]
    paypal = "paypal", "PayPal";
    #[cfg(feature = "payments")]
    paystack = "paystack", "Paystack";
    #[cfg(feature = "cloud")]
    persona = "persona", "Persona";
    #[cfg(all(feature = "payments", feature = "jwt", feature = "ecdsa"))]
    plaid = "plaid", "Plaid";
    #[cfg(feature = "standard")]
    polar = "polar", "Polar";
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
    #[cfg(feature = "standard")]
    render = "render", "Render";
    #[cfg(feature = "standard")]
    replicate = "replicate", "Replicate";
    #[cfg(feature = "standard")]
    resend = "resend", "Resend";
    #[cfg(feature = "developer")]
    sanity = "sanity", "Sanity";
    #[cfg(all(feature = "messaging", feature = "ecdsa"))]
    sendgrid = "sendgrid", "SendGrid's event webhook";
    #[cfg(feature = "developer")]
    sentry = "sentry", "Sentry";
    #[cfg(feature = "jwt")]
    shipmondo = "shipmondo", "Shipmondo";
    shopify = "shopify", "Shopify";
    slack = "slack", "Slack";
    standard_webhooks = "standard-webhooks", "Standard Webhooks v1 and Svix";
    #[cfg(feature = "ed25519")]
    standard_webhooks_v1a = "standard-webhooks-v1a", "Standard Webhooks v1a";
    stripe = "stripe", "Stripe";
    #[cfg(feature = "standard")]
    supabase_auth_hooks = "supabase-auth-hooks", "Supabase Auth hooks";
    superoffice = "superoffice", "SuperOffice";
    #[cfg(feature = "standard")]
    svix = "svix", "Svix";
    #[cfg(feature = "workspace")]
    tally = "tally", "Tally";
    #[cfg(feature = "messaging")]
    telegram = "telegram", "Telegram's Bot API";
    #[cfg(feature = "messaging")]
    twitch = "twitch", "Twitch EventSub";
    #[cfg(feature = "workspace")]
    typeform = "typeform", "Typeform";
    #[cfg(feature = "developer")]
    vercel = "vercel", "Vercel";
    #[cfg(feature = "developer")]
    webflow = "webflow", "Webflow";
    #[cfg(feature = "payments")]
    woocommerce = "woocommerce", "WooCommerce";
    #[cfg(feature = "cloud")]
    workos = "workos", "WorkOS";
    #[cfg(feature = "messaging")]
    x_twitter = "x-twitter", "X (Twitter)";
    #[cfg(feature = "payments")]
    xero = "xero", "Xero";
    #[cfg(feature = "messaging")]
    zendesk = "zendesk", "Zendesk";
    #[cfg(feature = "messaging")]
    zoom = "zoom", "Zoom";
}
