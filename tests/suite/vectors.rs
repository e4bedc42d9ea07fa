//! The senders' published requests, over HTTP: what the core makes of a vector, both adapters answer.

use std::collections::BTreeSet;

use hookporter::{Endpoint, FrozenClock, Header, Keys, Outcome, Provider, Reason, Scheme, Secret, UnixTime};
use hookporter_testkit::vectors::{Expectation, Response, Vector, vectors};

use crate::attacks::{NOW, byte_headers};
use crate::server::{Adapter, BOTH, PATH, Server};
use crate::wire::{self, Answer, Wire};

/// What has vectors and no preset: the examples of RFC 9421 cover less than an endpoint should demand, and a digest
/// (RFC 9530) proves no origin. The core's and the test kit's own tests judge them.
const WITHOUT_PRESET: &[&str] = &["rfc9421-example", "rfc9530"];

/// Senders whose challenge is handed to the user: SNS wants a URL of its own called.
const BY_USER: &[&str] = &["aws-sns"];

#[test]
fn every_vector_of_a_preset_ends_over_http_as_it_says() {
    let mut judged = BTreeSet::new();
    let is_judged = |vector: &&Vector| !WITHOUT_PRESET.contains(&vector.preset());
    for vector in vectors().iter().filter(is_judged) {
        for adapter in BOTH {
            judge(adapter, vector);
        }
        judged.insert(vector.preset().to_owned());
    }
    let presets: BTreeSet<_> = Provider::all().iter().map(|provider| provider.id().to_owned()).collect();
    assert_eq!(judged, presets, "every preset has vectors");
}

/// The senders whose facts were gathered: each has a preset of its name.
#[rustfmt::skip]
const GATHERED: &[&str] = &[
    "adyen", "airtable", "anthropic", "asana", "auth0", "aws-sns", "azure-event-grid", "bigcommerce", "bitbucket",
    "box", "braintree", "calcom", "calendly", "chargebee", "checkout-com", "circleci", "clerk", "cloudevents",
    "cloudflare-stream", "cloudinary", "coinbase-cdp", "coinbase-commerce", "contentful", "deepgram", "discord",
    "docusign", "dropbox", "dropbox-sign", "easypost", "elevenlabs", "fastly", "flutterwave", "fusionauth", "github",
    "gitlab", "gocardless", "google-pubsub", "heroku", "hubla", "hubspot", "intercom", "jira", "kick", "knock",
    "launchdarkly", "lemonsqueezy", "line", "linear", "liveblocks", "livekit", "mailchannels", "mailgun",
    "mercadopago", "meta", "microsoft-graph", "mollie", "monday", "mux", "netlify", "notion", "nylas", "okta",
    "openai", "paddle", "pagerduty", "paypal", "paystack", "persona", "plaid", "polar", "postmark", "pusher",
    "qstash", "quickbooks", "razorpay", "recurly", "render", "replicate", "resend", "rfc9421", "sanity", "sendgrid",
    "sentry", "shipmondo", "shopify", "slack", "square", "standard-webhooks", "standard-webhooks-v1a", "stripe",
    "supabase-auth-hooks", "superoffice", "svix", "tally", "telegram", "trello", "twilio", "twitch", "typeform",
    "vercel", "webflow", "woocommerce", "workos", "x-twitter", "xero", "zendesk", "zoom",
];

#[test]
fn every_sender_whose_facts_were_gathered_has_a_preset() {
    for id in GATHERED {
        assert!(Provider::by_id(id).is_ok(), "{id}");
    }
}

#[test]
fn the_list_of_senders_without_a_preset_is_true() {
    let vectors = vectors();
    for id in WITHOUT_PRESET {
        assert!(Provider::by_id(id).is_err(), "{id} has a preset now: take it off the list");
        assert!(vectors.iter().any(|vector| vector.preset() == *id), "{id} has no vector");
    }
}

/// Sends a vector at its moment, and compares answer, record and hand-off with what it says.
fn judge(adapter: Adapter, vector: &Vector) {
    let name = format!("{adapter:?} {}", vector.id);
    let server = Server::start(adapter, endpoint(vector));
    let mut wire = Wire::connect(server.address);
    wire.write(&wire::request(&vector.method, &target(vector), &byte_headers(&vector.request()), &vector.body));
    let answer = wire.answer().unwrap_or_else(|| panic!("{name}: no answer"));
    let record = server.only_record();
    let seen = (record.outcome, record.reason);
    let status = match vector.expect {
        Expectation::Valid => {
            assert_eq!(seen, (Outcome::Accepted, None), "{name}: {:?}", record.detail);
            let handed_off = server.handed_off();
            assert_eq!(handed_off.len(), 1, "{name}");
            assert_eq!(handed_off[0].body(), &vector.body, "{name}: the bytes arrive as they were sent");
            vector.response.status.unwrap_or(200)
        }
        // A question that only the user can answer is handed to the user.
        Expectation::Handshake if BY_USER.contains(&vector.preset()) => {
            assert_eq!(seen, (Outcome::Accepted, None), "{name}: {:?}", record.detail);
            let handed_off = server.handed_off();
            assert_eq!(handed_off.len(), 1, "{name}");
            assert_eq!(handed_off[0].event_type(), Some("SubscriptionConfirmation"), "{name}");
            200
        }
        Expectation::Handshake => {
            assert_eq!(seen, (Outcome::Handshake, None), "{name}: {:?}", record.detail);
            vector.response.status.unwrap_or(200)
        }
        Expectation::Refused(reason) => {
            assert_eq!(seen, (Outcome::Rejected, Some(reason)), "{name}: {:?}", record.detail);
            assert!(answer.body.is_empty(), "{name}: a refusal has no body");
            refusal(vector, reason)
        }
        expectation => panic!("{name}: nobody told this test about {expectation:?}"),
    };
    assert_eq!(answer.status, status, "{name}");
    answered(&name, &answer, &vector.response);
    let by_user = vector.expect == Expectation::Handshake && BY_USER.contains(&vector.preset());
    if vector.expect != Expectation::Valid && !by_user {
        assert!(server.handed_off().is_empty(), "{name}: handed off");
    }
}

fn endpoint(vector: &Vector) -> Endpoint {
    // Some published secrets are shorter than any that a receiver should take.
    let named = |(at, secret): (usize, String)| Secret::weak(secret).named(&at.to_string());
    let secrets: Vec<_> = vector.secrets().into_iter().enumerate().map(named).collect();
    let keys = match secrets.iter().any(Secret::is_empty) {
        // A sender that hands its key over: the receiver has none yet.
        true => Keys::resolve(|_| std::future::ready(Ok::<Option<Secret>, std::convert::Infallible>(None))),
        false => secrets.into(),
    };
    let endpoint = match &vector.url {
        // Its SDK tests itself with a moment far ahead, in another unit than it documents, and bounds the past only.
        None if vector.id == "cloudinary-sha256" => {
            let in_millis = |scheme: Scheme| scheme.timestamp(Header::new("x-cld-timestamp").unix_millis());
            Endpoint::provider_with(vector.preset(), keys, in_millis).map(Endpoint::no_freshness)
        }
        // The query is the request's own, as everywhere.
        Some(url) => Endpoint::provider_at(vector.preset(), keys, url.split('?').next().unwrap()),
        None => Endpoint::provider(vector.preset(), keys),
    };
    let endpoint = endpoint.unwrap_or_else(|error| panic!("{}: {error}", vector.id));
    let endpoint = match vector.preset() {
        "meta" => endpoint.verify_token(Secret::new("verify-token-of-the-vectors")).unwrap(),
        _ => endpoint.on_handshake_secret(|_| std::future::ready(Ok::<_, std::convert::Infallible>(()))),
    };
    endpoint.clock(FrozenClock(vector.now.unwrap_or_else(|| UnixTime::from_secs(NOW))))
}

/// The test servers' path, behind which a proxy would have put the vector's, and the vector's query.
fn target(vector: &Vector) -> String {
    match vector.request().target().split_once('?') {
        Some((_, query)) => format!("{PATH}?{query}"),
        None => PATH.to_owned(),
    }
}

/// The status of a refusal: the sender's own where it demands one for a bad proof.
fn refusal(vector: &Vector, reason: Reason) -> u16 {
    let preset = Provider::by_id(vector.preset()).unwrap();
    if reason.status() == 401 { preset.refusal_status() } else { reason.status() }
}

/// The rest of the answer, as far as the vector states it.
fn answered(name: &str, answer: &Answer, wanted: &Response) {
    if let Some(body) = &wanted.body {
        assert_eq!(String::from_utf8_lossy(&answer.body), *body, "{name}: the answer's body");
    }
    if let Some(content_type) = &wanted.content_type {
        assert_eq!(answer.header("content-type"), Some(content_type.as_str()), "{name}");
    }
    for (header, value) in &wanted.headers {
        assert_eq!(answer.header(&header.to_ascii_lowercase()), Some(value.as_str()), "{name}: {header}");
    }
}
