//! A function for every sender.

use hookporter_core::{ConfigError, Provider, Scheme, Verifier};

use crate::maker::RequestMaker;
use crate::profile::Profile;
use crate::secret::SenderSecret;

macro_rules! senders {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        $($(#[$doc])*
        pub fn $name(secret: impl Into<SenderSecret>) -> RequestMaker {
            preset($id, Profile::of($id), secret.into())
        })*
    };
}

senders! {
    /// Requests of Stripe's.
    stripe = "stripe",
    /// Requests of GitHub's. The event is a header; its id is a header too, and stands in the sample body, because
    /// GitHub's events are told apart by their bytes.
    github = "github",
    /// Requests as Standard Webhooks has them (v1, symmetric).
    standard_webhooks = "standard-webhooks",
    /// Requests as Standard Webhooks has them (v1a, Ed25519); the secret is the private key, `whsk_…`.
    #[cfg(feature = "ed25519")]
    #[cfg_attr(docsrs, doc(cfg(feature = "ed25519")))]
    standard_webhooks_v1a = "standard-webhooks-v1a",
    /// Requests of Slack's Events API.
    slack = "slack",
    /// Requests of Shopify's.
    shopify = "shopify",
    /// Forms of Twilio's. The event is the form's `MessageStatus`.
    ///
    /// Twilio signs the public URL: set it with [`RequestMaker::url`]. A JSON body given to this maker is signed as
    /// [`twilio_json`] does it.
    twilio = "twilio",
    /// Requests of Discord's: an interaction, or with [`RequestMaker::event`] a webhook event. The secret is the
    /// private key; see [`discord_keys`](crate::discord_keys).
    #[cfg(feature = "ed25519")]
    #[cfg_attr(docsrs, doc(cfg(feature = "ed25519")))]
    discord = "discord",
    /// Requests of Shipmondo's: the body is a token, and what is set as body is its payload. The event is the
    /// resource's type, its id the resource's.
    #[cfg(feature = "jwt")]
    #[cfg_attr(docsrs, doc(cfg(feature = "jwt")))]
    shipmondo = "shipmondo",
    /// Requests of Hubla's. The token covers no byte of the body, so no tampered body is among the forgeries.
    hubla = "hubla",
    /// Requests of SuperOffice's.
    superoffice = "superoffice",
    /// Requests of Airtable's.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    airtable = "airtable",
    /// Requests of Anthropic's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    anthropic = "anthropic",
    /// Requests of BigCommerce's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    bigcommerce = "bigcommerce",
    /// Requests of Bitbucket Cloud's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    bitbucket = "bitbucket",
    /// Requests of Box's. A second secret signs the secondary header.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    box_com = "box",
    /// Requests of Cal.com's.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    calcom = "calcom",
    /// Requests of Calendly's.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    calendly = "calendly",
    /// Requests of CircleCI's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    circleci = "circleci",
    /// Requests of Clerk's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    clerk = "clerk",
    /// Requests of Cloudflare Stream's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    cloudflare_stream = "cloudflare-stream",
    /// Requests of Cloudinary's, signed with SHA-256.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    cloudinary = "cloudinary",
    /// Requests of Cloudinary's, signed with SHA-1.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    cloudinary_sha1 = "cloudinary-sha1",
    /// Requests of DocuSign Connect's. Each further secret signs a header of its own.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    docusign = "docusign",
    /// Requests of Fastly's Next-Gen WAF.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    fastly = "fastly",
    /// Requests of GitLab's, with a signing token.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    gitlab = "gitlab",
    /// Requests of GitLab's, with a secret token. It covers no byte of the body, so no tampered body is among the forgeries.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    gitlab_token = "gitlab-token",
    /// Requests of Heroku's app webhooks.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    heroku = "heroku",
    /// Requests of Jira's admin webhooks.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    jira = "jira",
    /// Requests of Knock's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    knock = "knock",
    /// Requests of LaunchDarkly's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    launchdarkly = "launchdarkly",
    /// Requests of Linear's. The timestamp is written into the body, which must be a JSON object.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    linear = "linear",
    /// Requests of Liveblocks's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    liveblocks = "liveblocks",
    /// Requests of Mux's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    mux = "mux",
    /// Requests of OpenAI's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    openai = "openai",
    /// Requests of PagerDuty's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    pagerduty = "pagerduty",
    /// Requests of Polar's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    polar = "polar",
    /// Requests of Render's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    render = "render",
    /// Requests of Replicate's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    replicate = "replicate",
    /// Requests of Resend's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    resend = "resend",
    /// Requests of Sanity's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    sanity = "sanity",
    /// Requests of Sentry's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    sentry = "sentry",
    /// Requests of Supabase's Auth hooks.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    supabase_auth_hooks = "supabase-auth-hooks",
    /// Requests of Svix's.
    #[cfg(feature = "standard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "standard")))]
    svix = "svix",
    /// Requests of Tally's.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    tally = "tally",
    /// Requests of Typeform's.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    typeform = "typeform",
    /// Requests of Vercel's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    vercel = "vercel",
    /// Requests of Webflow's.
    #[cfg(feature = "developer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "developer")))]
    webflow = "webflow",
    /// Requests of Auth0's; the secret is the whole value of `Authorization`.
    #[cfg(feature = "cloud")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    auth0 = "auth0",
    /// Requests of Chargebee's; the secret is `user:password`.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    chargebee = "chargebee",
    /// Requests of Checkout.com's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    checkout_com = "checkout-com",
    /// Requests of Coinbase CDP's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    coinbase_cdp = "coinbase-cdp",
    /// Requests of Coinbase Commerce's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    coinbase_commerce = "coinbase-commerce",
    /// Requests of Deepgram's.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    deepgram = "deepgram",
    /// Requests of EasyPost's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    easypost = "easypost",
    /// Requests of ElevenLabs'.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    elevenlabs = "elevenlabs",
    /// Requests of Flutterwave's, v4.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    flutterwave = "flutterwave",
    /// Requests of Flutterwave's, v3.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    flutterwave_v3 = "flutterwave-v3",
    /// Requests of GoCardless'.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    gocardless = "gocardless",
    /// Requests of Kick's; the secret is the private key.
    #[cfg(all(feature = "messaging", feature = "rsa"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "messaging", feature = "rsa"))))]
    kick = "kick",
    /// Requests of Lemon Squeezy's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    lemonsqueezy = "lemonsqueezy",
    /// Requests of LINE's.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    line = "line",
    /// Requests of Mollie's next-gen webhooks.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    mollie = "mollie",
    /// Requests of Paddle Billing's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    paddle = "paddle",
    /// Requests of Paystack's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    paystack = "paystack",
    /// Requests of Persona's.
    #[cfg(feature = "cloud")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    persona = "persona",
    /// Requests of Postmark's; the secret is `user:password`.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    postmark = "postmark",
    /// Requests of Pusher's; the secret is `{"key":…,"secret":…}`.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    pusher = "pusher",
    /// Requests of QuickBooks'.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    quickbooks = "quickbooks",
    /// Requests of Razorpay's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    razorpay = "razorpay",
    /// Requests of Recurly's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    recurly = "recurly",
    /// Requests of SendGrid's; the secret is the private key.
    #[cfg(all(feature = "messaging", feature = "ecdsa"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "messaging", feature = "ecdsa"))))]
    sendgrid = "sendgrid",
    /// Requests of Telegram's Bot API.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    telegram = "telegram",
    /// Requests of WorkOS'.
    #[cfg(feature = "cloud")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    workos = "workos",
    /// Requests of Xero's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    xero = "xero",
    /// Requests of Zendesk's.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    zendesk = "zendesk",
    /// Notifications of Amazon SNS's; the secret is an RSA private key. The event is the message's `Type`.
    #[cfg(all(feature = "cloud", feature = "rsa"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "rsa"))))]
    aws_sns = "aws-sns",
    /// Requests of FusionAuth's.
    #[cfg(all(feature = "cloud", feature = "jwt"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "jwt"))))]
    fusionauth = "fusionauth",
    /// Pushes of Google Cloud Pub/Sub; the secret is a JSON object with an RSA private key in place of the `jwk`. The
    /// token covers no byte of the body.
    #[cfg(all(feature = "cloud", feature = "jwt", feature = "rsa"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "jwt", feature = "rsa"))))]
    google_pubsub = "google-pubsub",
    /// Requests of LiveKit's; the secret is a JSON object with `api_key` and `api_secret`.
    #[cfg(all(feature = "messaging", feature = "jwt"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "messaging", feature = "jwt"))))]
    livekit = "livekit",
    /// Requests of monday.com's, for the URL that [`RequestMaker::url`] sets. The token covers no byte of the body.
    #[cfg(all(feature = "workspace", feature = "jwt"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "workspace", feature = "jwt"))))]
    monday = "monday",
    /// Deploy notifications of Netlify's.
    #[cfg(all(feature = "developer", feature = "jwt"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "developer", feature = "jwt"))))]
    netlify = "netlify",
    /// Requests of PayPal's; the secret is a JSON object with `webhook_id` and, in place of the `certificate_pem`, an RSA
    /// private key.
    #[cfg(all(feature = "payments", feature = "rsa"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "payments", feature = "rsa"))))]
    paypal = "paypal",
    /// Requests of Plaid's; the secret is a private key of P-256.
    #[cfg(all(feature = "payments", feature = "jwt", feature = "ecdsa"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "payments", feature = "jwt", feature = "ecdsa"))))]
    plaid = "plaid",
    /// Messages of Upstash QStash, for the URL that [`RequestMaker::url`] sets.
    #[cfg(all(feature = "cloud", feature = "jwt"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "jwt"))))]
    qstash = "qstash",
    /// Requests of Asana's. The event is the first one's `action`.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    asana = "asana",
    /// Requests of Azure Event Grid's. The secret is the parameter `code` of the URL and covers no byte of the body.
    #[cfg(feature = "cloud")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    azure_event_grid = "azure-event-grid",
    /// Requests of Dropbox's.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    dropbox = "dropbox",
    /// Requests of Intercom's.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    intercom = "intercom",
    /// Requests of Meta's. The event is the body's `object`.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    meta = "meta",
    /// Requests of Notion's.
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    notion = "notion",
    /// Requests of Nylas' (v3).
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    nylas = "nylas",
    /// Requests of Okta's event hooks. The token covers no byte of the body.
    #[cfg(feature = "cloud")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    okta = "okta",
    /// Requests of Trello's. It signs the callback URL: set it with [`RequestMaker::url`].
    #[cfg(feature = "workspace")]
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    trello = "trello",
    /// Requests of Twitch EventSub's.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    twitch = "twitch",
    /// Requests of WooCommerce's.
    #[cfg(feature = "payments")]
    #[cfg_attr(docsrs, doc(cfg(feature = "payments")))]
    woocommerce = "woocommerce",
    /// Requests of X's (Twitter). The event is a member's name.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    x_twitter = "x-twitter",
    /// Requests of Zoom's.
    #[cfg(feature = "messaging")]
    #[cfg_attr(docsrs, doc(cfg(feature = "messaging")))]
    zoom = "zoom",
    /// CloudEvents in binary mode, with a bearer token. The token covers no byte of the body, so no tampered body is among
    /// the forgeries.
    #[cfg(feature = "cloud")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloud")))]
    cloudevents = "cloudevents",
    /// Requests of MailChannels', with an HTTP Message Signature; the secret is the private key. The event stands in the
    /// sample body.
    #[cfg(all(feature = "ed25519", feature = "http-signatures", feature = "messaging"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "ed25519", feature = "http-signatures", feature = "messaging"))))]
    mailchannels = "mailchannels",
    /// Requests with an HTTP Message Signature (RFC 9421, hmac-sha256). The id is the nonce.
    ///
    /// The public URL is signed: set it with [`RequestMaker::url`].
    #[cfg(all(feature = "cloud", feature = "http-signatures"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "cloud", feature = "http-signatures"))))]
    rfc9421 = "rfc9421",
}

/// JSON requests of Twilio's: the URL gains the body's hash as `bodySHA256`, and is signed with it.
pub fn twilio_json(secret: impl Into<SenderSecret>) -> RequestMaker {
    preset("twilio", &crate::profile::TWILIO_JSON, secret.into())
}

/// Requests of the provider with this id.
///
/// ```
/// let request = hookporter_testkit::provider("slack", "the signing secret")?.event("app_mention").build();
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
///
/// # Errors
/// [`ConfigError::UnknownProvider`] if there is none, or its feature is off.
pub fn provider(id: &str, secret: impl Into<SenderSecret>) -> Result<RequestMaker, ConfigError> {
    let known = Provider::by_id(id)?;
    Ok(preset(known.id(), Profile::of(known.id()), secret.into()))
}

/// Requests of a sender of your own, whose scheme is a [`Scheme`] or a [`Verifier`].
///
/// The labels of the scheme say where event, id and version go. For an asymmetric scheme the secret is the private
/// key.
///
/// ```
/// use hookporter_core::{Header, Json, Scheme};
///
/// let scheme = Scheme::hmac_sha256()
///     .signed("{timestamp}.{body}")
///     .signature(Header::new("x-acme-signature").prefix("sha256=").hex())
///     .timestamp(Header::new("x-acme-time").unix_seconds())
///     .event_type(Json::pointer("/kind"));
/// let request = hookporter_testkit::custom(scheme, "a secret").event("door.opened").build();
/// assert!(request.header("x-acme-time").is_some());
/// ```
pub fn custom(scheme: impl Into<SenderScheme>, secret: impl Into<SenderSecret>) -> RequestMaker {
    RequestMaker::new("custom", &crate::profile::CUSTOM, scheme.into().0, secret.into())
}

fn preset(id: &str, profile: &'static Profile, secret: SenderSecret) -> RequestMaker {
    RequestMaker::new(id, profile, Provider::by_id(id).and_then(Provider::verifier), secret)
}

/// What a sender of your own signs by: a [`Scheme`] or a [`Verifier`], either of which converts into it.
///
/// A scheme that contradicts itself shows when a request is built.
#[derive(Debug, Clone)]
pub struct SenderScheme(Result<Verifier, ConfigError>);

impl From<Scheme> for SenderScheme {
    fn from(scheme: Scheme) -> Self {
        Self(Verifier::new(scheme))
    }
}

impl From<Verifier> for SenderScheme {
    fn from(verifier: Verifier) -> Self {
        Self(Ok(verifier))
    }
}

impl From<&Verifier> for SenderScheme {
    fn from(verifier: &Verifier) -> Self {
        Self(Ok(verifier.clone()))
    }
}
