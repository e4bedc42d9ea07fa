use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::{SignedBytes, SignedInput};
use crate::{Algorithm, Header, Identity, Json, KeyPlace, KeyRule, LabelSource, Provider, Reason, Rejection, Scheme};
use crate::{SignatureSource, Tolerance};

/// HubSpot, signature v3: HMAC-SHA256 over method, URL, body and time. HubSpot signs the URL with some escapes undone;
/// that spelling and the URL as it is are tried.
pub(super) static HUBSPOT: Provider = Provider {
    id: "hubspot",
    name: "HubSpot (v3)",
    documentation: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
    evidence: EvidenceLevel::Official,
    unverified: "the escapes of the URL that HubSpot undoes, the time limit and the retries",
    scheme: v3,
    proof: "HMAC-SHA256 of method, URL, body and timestamp, `X-HubSpot-Signature-v3` in base64",
    tolerance: Some(Tolerance::DEFAULT),
    methods: METHODS,
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(5)),
        retries: "up to 10 within 24 h",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: [
        "`eventId`, `subscriptionId` and `occurredAt` of the first event, signed",
        "`subscriptionType` of the first event, signed",
        "none",
    ],
    replay: "within the tolerance a replay is a duplicate, later it is refused; a retry is signed afresh and counts as new",
    event_headers: &["x-hubspot-request-timestamp"],
    ..Provider::BASE
};

/// HubSpot, signature v1: a plain SHA-256 with the secret before the body. Whoever has seen one signature can make one of
/// a longer body that begins with the same bytes and HubSpot's padding; a body that is no JSON text in UTF-8, as every
/// such one is, is refused. Prefer v3.
pub(super) static HUBSPOT_V1: Provider = Provider {
    id: "hubspot-v1",
    name: "HubSpot (v1)",
    unverified: "the time limit and the retries",
    scheme: v1,
    proof: "SHA-256 of secret and body, `X-HubSpot-Signature` in hex",
    tolerance: None,
    methods: &["POST"],
    replay: "no time is signed: a replay is a duplicate while the body is remembered, later it is taken again",
    event_headers: &["x-hubspot-signature-version"],
    ..HUBSPOT
};

/// HubSpot, signature v2: a plain SHA-256 with the secret before method, URL and body; what is said of v1 holds.
pub(super) static HUBSPOT_V2: Provider = Provider {
    id: "hubspot-v2",
    name: "HubSpot (v2)",
    unverified: "the time limit and the retries",
    scheme: v2,
    proof: "SHA-256 of secret, method, URL and body, `X-HubSpot-Signature` in hex",
    tolerance: None,
    methods: METHODS,
    replay: "no time is signed and nothing identifies a request (a card is fetched again and again): a replay is taken again",
    event_headers: &["x-hubspot-signature-version"],
    ..HUBSPOT
};

/// Events are posted, cards are fetched with GET, and what a card does is any of these.
const METHODS: &[&str] = &["DELETE", "GET", "PATCH", "POST", "PUT"];

const PLAIN_HASH: Algorithm = Algorithm::KeyedSha256(KeyPlace::Before);

fn v3() -> Scheme {
    common(Scheme::hmac_sha256(), Header::new("x-hubspot-signature-v3").base64())
        .signed_by(|input| {
            let time = input.timestamp.unwrap_or_default();
            let url = signed_url(input)?;
            let message = |url: &str| [input.head.method().as_bytes(), url.as_bytes(), input.body, time].concat();
            let undone = undo_escapes(url);
            let signed = SignedBytes::new().covering_body().or(message(&undone));
            Ok(if undone == url { signed } else { signed.or(message(url)) })
        })
        .needs_url()
        .timestamp(Header::new("x-hubspot-request-timestamp").unix_millis())
        .identity(Identity::Digest)
}

fn v1() -> Scheme {
    common(Scheme::new(PLAIN_HASH), Header::new("x-hubspot-signature").hex())
        .signed_by(|input| {
            refuse_other_beginning(input.body)?;
            refuse_padding(input.body)?;
            Ok(SignedBytes::new().covering_body().or(input.body.to_vec()))
        })
        .identity(Identity::Digest)
}

fn v2() -> Scheme {
    common(Scheme::new(PLAIN_HASH), Header::new("x-hubspot-signature").hex())
        .signed_by(|input| {
            let url = signed_url(input)?;
            refuse_padding(input.body)?;
            let message = [input.head.method().as_bytes(), url.as_bytes(), input.body].concat();
            Ok(SignedBytes::new().covering_body().or(message))
        })
        .needs_url()
        .identity(Identity::Distinct)
}

fn common(scheme: Scheme, signature: SignatureSource) -> Scheme {
    let of_first = |member: &str| Json::pointer(&format!("/0/{member}"));
    scheme
        .signature(signature)
        .key_rule(KeyRule::text(16, "the app's client secret, 36 characters"))
        .event_id(LabelSource::joined([of_first("eventId"), of_first("subscriptionId"), of_first("occurredAt")]))
        .event_type(of_first("subscriptionType"))
}

/// The URL, if it is told from the body that follows it: nothing stands between them in the signed bytes, but a JSON
/// body begins with a bracket, and a URL has none. So a query may be the request's own.
fn signed_url<'a>(input: &SignedInput<'a>) -> Result<&'a str, Rejection> {
    let refuse = |reason, what| Err(Rejection::detail(reason, what));
    let Some(url) = input.head.url() else {
        return refuse(Reason::InvalidSignature, "no public URL is configured that this request can have");
    };
    if url.contains(['{', '[']) {
        return refuse(Reason::InvalidSignature, "the URL has a bracket, as a body has");
    }
    refuse_other_beginning(input.body)?;
    Ok(url)
}

/// Refuses what does not begin like JSON: of another version's signed bytes, method and URL would be a part of the body.
fn refuse_other_beginning(body: &[u8]) -> Result<(), Rejection> {
    if matches!(body.first(), None | Some(b'{' | b'[')) {
        return Ok(());
    }
    Err(Rejection::detail(Reason::MalformedBody, "the body does not begin like JSON"))
}

/// Refuses what the padding of a hash looks like: a body that was lengthened holds some.
fn refuse_padding(body: &[u8]) -> Result<(), Rejection> {
    if std::str::from_utf8(body).is_ok() {
        return Ok(());
    }
    Err(Rejection::detail(Reason::MalformedBody, "the body is not text in UTF-8"))
}

/// The escapes that HubSpot's documentation lists; others stay as they are.
const UNDONE: [(&str, char); 12] = [
    ("3A", ':'),
    ("2F", '/'),
    ("3F", '?'),
    ("40", '@'),
    ("21", '!'),
    ("24", '$'),
    ("27", '\''),
    ("28", '('),
    ("29", ')'),
    ("2A", '*'),
    ("2C", ','),
    ("3B", ';'),
];

/// `url` with these escapes undone, once.
fn undo_escapes(url: &str) -> String {
    let mut pieces = url.split('%');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let known = piece.split_at_checked(2).and_then(|(digits, rest)| {
            let (_, character) = UNDONE.iter().find(|(known, _)| known.eq_ignore_ascii_case(digits))?;
            Some((*character, rest))
        });
        match known {
            Some((character, rest)) => {
                text.push(character);
                text.push_str(rest);
            }
            None => {
                text.push('%');
                text.push_str(piece);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_escapes_are_undone_once_and_no_others() {
        assert_eq!(
            undo_escapes("https://a.b/c?d=%3A%2f%3F%40%21%24%27%28%29%2A%2C%3b"),
            "https://a.b/c?d=:/?@!$'()*,;"
        );
        for same in ["https://a.b/c?d=e", "%26%3D%20%7B%25", "%", "%3", "%é", "%%"] {
            assert_eq!(undo_escapes(same), same);
        }
        assert_eq!(undo_escapes("%253A"), "%253A");
    }

    #[test]
    fn a_lengthened_body_is_no_text() {
        // What SHA-256 appends to any message begins with this byte.
        assert_eq!(refuse_padding(b"[{}]\x80\0\0,{}").map_err(|r| r.kind()), Err(Reason::MalformedBody));
        assert_eq!(refuse_padding("[\"\u{e9}\"]".as_bytes()), Ok(()));
    }
}
