//! What the rows of the harness take, as data: `tests/interop/README.md` says the same in words.

use hookporter::Reason;

/// What a row is fed, and which preset it is held against.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The row's name in the harness.
    pub row: &'static str,
    pub preset: &'static str,
    pub content_type: &'static str,
    /// Each has the value that is changed; `{millis}` is the moment in milliseconds. Empty: the test kit's sample, where
    /// the SDK reads more of the body than its proof.
    pub bodies: &'static [&'static str],
    /// What the SDK is asked to sign, where it writes the body itself; empty: the bodies.
    pub asked: &'static [&'static str],
    /// The query of the public URL, where that is part of the proof.
    pub query: Option<&'static str>,
    /// Why a changed body is refused; `None` where the proof covers no byte that is changed here.
    pub changed: Option<Reason>,
}

/// Every row with every preset that it is held against. A row may stand here before its preset exists.
pub const SHAPES: &[Shape] = &[
    Shape { bodies: ADYEN, ..json("adyen") },
    json("adyen-platform"),
    json("anthropic"),
    sample("aws-sns"),
    json("box"),
    Shape {
        content_type: FORM_TYPE,
        bodies: BRAINTREE,
        asked: &["check", "subscription_canceled"],
        ..json("braintree")
    },
    sample("chargebee"),
    json("clerk"),
    json("cloudinary"),
    json("cloudinary-sha1"),
    json("coinbase-commerce"),
    with_url("contentful"),
    json("discord"),
    sample("dropbox-sign"),
    json("easypost"),
    json("elevenlabs"),
    json("github"),
    Shape { bodies: GOCARDLESS, ..json("gocardless") },
    sample("google-pubsub"),
    with_url("hubspot"),
    json("hubspot-v1"),
    with_url("hubspot-v2"),
    json("line"),
    Shape { bodies: LINEAR, ..json("linear") },
    Shape { bodies: LIVEBLOCKS, ..json("liveblocks") },
    Shape { content_type: "application/webhook+json", changed: Some(Reason::BodyHashMismatch), ..json("livekit") },
    // In the case that the sender's documentation and its SDK agree on.
    Shape { query: Some("data.id=123456789&type=payment"), ..sample("mercadopago") },
    json("mux"),
    json("notion"),
    sample("nylas"),
    json("openai"),
    json("paddle"),
    json("polar"),
    json("pusher"),
    Shape { changed: Some(Reason::BodyHashMismatch), ..with_url("qstash") },
    json("razorpay"),
    json("resend"),
    json("sanity"),
    json("sendgrid"),
    json("shipmondo"),
    json("shopify"),
    json("slack"),
    with_url("square"),
    json("standard-webhooks"),
    Shape { preset: "anthropic", ..json("standard-webhooks") },
    Shape { preset: "liveblocks", ..json("standard-webhooks") },
    Shape { preset: "replicate", ..json("standard-webhooks") },
    json("stripe"),
    json("svix"),
    Shape { preset: "clerk", ..json("svix") },
    Shape { preset: "resend", ..json("svix") },
    Shape { preset: "standard-webhooks", ..json("svix") },
    Shape { preset: "twilio", content_type: FORM_TYPE, bodies: FORM, ..with_url("twilio-form") },
    Shape { preset: "twilio", changed: Some(Reason::BodyHashMismatch), ..with_url("twilio-json") },
    json("webflow"),
    json("workos"),
];

/// A signature over the body, whatever JSON that is.
const fn json(row: &'static str) -> Shape {
    let (content_type, changed) = ("application/json", Some(Reason::InvalidSignature));
    Shape { row, preset: row, content_type, bodies: JSON, asked: &[], query: None, changed }
}

/// The same, and over the public URL.
const fn with_url(row: &'static str) -> Shape {
    Shape { query: Some("tenant=a&empty="), ..json(row) }
}

/// Requests as the test kit makes them; another key is the only forgery.
const fn sample(row: &'static str) -> Shape {
    Shape { bodies: &[], changed: None, ..json(row) }
}

/// The second is what a JSON library would write otherwise.
const JSON: &[&str] = &[
    r#"{"id":"evt_1","type":"thing.changed","note":"value-1","amount":1700}"#,
    "{ \"id\" : \"evt_2\",\"type\":\"thing.changed\", \"note\":\"value-1 Gr\u{fc}\u{df}e \u{2028} \u{1f389}\", \"path\":\"\\/\\u00e9\", \"n\":1.0}\n",
];

const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// The second has what URL encodings differ in, an empty value, a name that comes twice, and a field that does.
const FORM: &[&str] = &[
    "AccountSid=AC1&Body=value-1&From=%2B15551234567",
    "MessageSid=SM2&Body=value-1+Gr%C3%BC%C3%9Fe%26%3D*~&Empty=&MediaUrl=b&MediaUrl=a&MediaUrl=b",
];

/// One item, and two; each is signed by itself.
const ADYEN: &[&str] = &[
    r#"{"live":"false","notificationItems":[{"NotificationRequestItem":{"pspReference":"8836183819713023","merchantAccountCode":"Shop","merchantReference":"value-1","amount":{"value":1130,"currency":"EUR"},"eventCode":"CAPTURE","eventDate":"2026-01-01T01:00:00+01:00","success":"true"}}]}"#,
    r#"{"live":"false","notificationItems":[{"NotificationRequestItem":{"pspReference":"8836183819713024","originalReference":"8836183819713023","merchantAccountCode":"Shop","merchantReference":"value-1","amount":{"value":1130,"currency":"EUR"},"eventCode":"REFUND","eventDate":"2026-01-01T01:00:00+01:00","success":"false"}},{"NotificationRequestItem":{"pspReference":"8836183819713025","merchantAccountCode":"Shop","merchantReference":"other","amount":{"value":0,"currency":"EUR"},"eventCode":"REPORT_AVAILABLE","eventDate":"2026-01-01T01:00:00+01:00","success":"true"}}]}"#,
];

/// What the form encodes. The SDK is asked for a notification by its kind.
const BRAINTREE: &[&str] = &[
    r#"<notification><timestamp type="datetime">2026-01-01T00:00:00Z</timestamp><kind>check</kind><subject><check type="boolean">true</check></subject></notification>"#,
];

/// An SDK reads the events.
const GOCARDLESS: &[&str] = &[
    r#"{"events":[{"id":"EV1","resource_type":"payments","action":"paid","metadata":{"note":"value-1 Gr\u00fc\u00dfe"}}]}"#,
];

/// The body has the moment that is judged.
const LINEAR: &[&str] =
    &[r#"{"action":"create","type":"Comment","data":{"body":"value-1 Gr\u00fc\u00dfe"},"webhookTimestamp":{millis}}"#];

/// The SDK takes no types of events but those that it knows.
const LIVEBLOCKS: &[&str] = &[
    r#"{"type":"roomCreated","data":{"projectId":"my-project","roomId":"value-1","createdAt":"2026-01-01T00:00:00Z"}}"#,
];
