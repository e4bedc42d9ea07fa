//! Which features of the library a sender needs.

/// The families, by the feature that compiles them in.
const FAMILIES: [(&str, &[&str]); 6] = [
    (
        "cloud",
        &[
            "auth0",
            "aws-sns",
            "azure-event-grid",
            "cloudevents",
            "fusionauth",
            "google-pubsub",
            "microsoft-graph",
            "okta",
            "persona",
            "qstash",
            "rfc9421",
            "workos",
        ],
    ),
    (
        "developer",
        &[
            "bitbucket",
            "circleci",
            "cloudflare-stream",
            "cloudinary",
            "cloudinary-sha1",
            "contentful",
            "fastly",
            "heroku",
            "jira",
            "knock",
            "launchdarkly",
            "linear",
            "mux",
            "netlify",
            "pagerduty",
            "sanity",
            "sentry",
            "vercel",
            "webflow",
        ],
    ),
    (
        "messaging",
        &[
            "deepgram",
            "elevenlabs",
            "hubspot",
            "hubspot-v1",
            "hubspot-v2",
            "intercom",
            "kick",
            "line",
            "livekit",
            "mailchannels",
            "mailgun",
            "meta",
            "postmark",
            "pusher",
            "sendgrid",
            "telegram",
            "twitch",
            "x-twitter",
            "zendesk",
            "zoom",
        ],
    ),
    (
        "payments",
        &[
            "adyen",
            "adyen-platform",
            "braintree",
            "chargebee",
            "checkout-com",
            "coinbase-cdp",
            "coinbase-commerce",
            "easypost",
            "flutterwave",
            "flutterwave-v3",
            "gocardless",
            "lemonsqueezy",
            "mercadopago",
            "mollie",
            "paddle",
            "paypal",
            "paystack",
            "plaid",
            "quickbooks",
            "razorpay",
            "recurly",
            "square",
            "woocommerce",
            "xero",
        ],
    ),
    (
        "standard",
        &[
            "anthropic",
            "bigcommerce",
            "clerk",
            "gitlab",
            "gitlab-token",
            "liveblocks",
            "openai",
            "polar",
            "render",
            "replicate",
            "resend",
            "supabase-auth-hooks",
            "svix",
        ],
    ),
    (
        "workspace",
        &[
            "airtable",
            "asana",
            "box",
            "calcom",
            "calendly",
            "docusign",
            "dropbox",
            "dropbox-sign",
            "monday",
            "notion",
            "nylas",
            "tally",
            "trello",
            "typeform",
        ],
    ),
];

/// What proofs are made with, by the feature that compiles it in.
const PROOFS: [(&str, &[&str]); 5] = [
    ("ecdsa", &["plaid", "sendgrid"]),
    ("ed25519", &["discord", "mailchannels", "standard-webhooks-v1a"]),
    ("http-signatures", &["mailchannels", "rfc9421"]),
    ("jwt", &["fusionauth", "google-pubsub", "livekit", "monday", "netlify", "plaid", "qstash", "shipmondo"]),
    ("rsa", &["aws-sns", "google-pubsub", "kick", "paypal"]),
];

/// The features that this sender needs, beside the framework's.
pub(super) fn of(provider: &str) -> impl Iterator<Item = &'static str> {
    FAMILIES.into_iter().chain(PROOFS).filter(move |(_, ids)| ids.contains(&provider)).map(|(feature, _)| feature)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The constructors of the endpoints say which features they are there with.
    const SOURCES: [&str; 2] = [
        include_str!("../../../hookporter-pipeline/src/endpoint/presets.rs"),
        include_str!("../../../hookporter-pipeline/src/endpoint/presets_at.rs"),
    ];

    #[test]
    fn every_sender_is_listed_with_the_features_of_its_constructor() {
        let (mut condition, mut seen) = ("", 0);
        for line in SOURCES.into_iter().flat_map(str::lines).map(str::trim) {
            if let Some(stated) = line.strip_prefix("#[cfg(") {
                condition = stated;
            }
            let Some((name, rest)) = line.split_once(" = \"") else { continue };
            let Some((id, _)) = rest.split_once("\", \"").filter(|_| !name.contains(' ')) else { continue };
            let stated: BTreeSet<_> = condition.split('"').skip(1).step_by(2).collect();
            assert_eq!(of(id).collect::<BTreeSet<_>>(), stated, "{id}");
            assert_eq!(super::super::code::constructor(id), name, "{id}");
            (condition, seen) = ("", seen + 1);
        }
        assert_eq!(seen, hookporter::Provider::all().len());
    }
}
