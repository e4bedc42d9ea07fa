use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::{SignedBytes, SignedInput};
use crate::{Head, Header, Identity, KeyRule, LabelSource, Occurrence, Provider, Reason, Rejection, Scheme, Tolerance};

/// Contentful: HMAC-SHA256 over method, path, the headers that the request lists as signed, and the body.
///
/// Path and query are those of the public URL where one is configured, else those of the request as received.
pub(super) static CONTENTFUL: Provider = Provider {
    id: "contentful",
    name: "Contentful",
    documentation: "https://www.contentful.com/developers/docs/webhooks/request-verification/",
    evidence: EvidenceLevel::Sdk,
    unverified: "the header with the event id, the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of method, path, signed headers and body, `x-contentful-signature` in hex",
    // The official SDK's time to live; it sets no bound ahead.
    tolerance: Some(Tolerance::of_secs(30, 30)),
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(30)),
        retries: "2",
        ..Acknowledgement::BASE
    },
    labels: [
        "`x-contentful-webhook-request-id`, signed only if the request lists it",
        "`x-contentful-topic`, signed only if the request lists it",
        "none",
    ],
    replay: "within the tolerance a replay is a duplicate, later it is refused; a retry is signed afresh and counts as new",
    methods: &["DELETE", "GET", "PATCH", "POST", "PUT"],
    event_headers: &["x-contentful-topic", "x-contentful-webhook-name", "x-contentful-webhook-request-id"],
    ..Provider::BASE
};

const LIST: &str = "x-contentful-signed-headers";
const TIME: &str = "x-contentful-timestamp";

/// The most headers that a request may list; Contentful's own lists have ten or so.
const MAX_HEADERS: usize = 64;

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed_by(signed_bytes)
        .signature(Header::new("x-contentful-signature").hex())
        .timestamp(Header::new(TIME).unix_millis())
        .key_rule(KeyRule::text(64, "the space's signing secret, 64 characters"))
        .event_id(LabelSource::header(&["x-contentful-webhook-request-id"]))
        .event_type(LabelSource::header(&["x-contentful-topic"]))
        .identity(Identity::Digest)
}

fn signed_bytes(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let head = format!("{}\n{}\n", input.head.method(), encoded_path(input.head)).into_bytes();
    let headers = signed_headers(input)?;
    let message = |headers: &[u8]| [&head[..], headers, b"\n", input.body].concat();
    let signed = SignedBytes::new().covering_body().or(message(&headers));
    if headers.is_ascii() {
        return Ok(signed);
    }
    // Node.js signs a header's text in UTF-8 and sends it in Latin-1.
    let text: String = headers.iter().map(|byte| char::from(*byte)).collect();
    Ok(signed.or(message(text.as_bytes())))
}

/// `name:value` of every listed header, sorted by name. The list must name itself and the time: what is not listed is
/// not covered, and a list that is not covered could be shortened.
fn signed_headers(input: &SignedInput<'_>) -> Result<Vec<u8>, Rejection> {
    let odd = |what| Rejection::shape(&LIST.into(), what);
    let list = std::str::from_utf8(value(input.head, LIST)?).map_err(|_| odd("is not text"))?;
    let mut names: Vec<String> = list.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
    names.sort_unstable();
    if names.len() > MAX_HEADERS || names.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
        return Err(odd("names a header twice, or more than any request has"));
    }
    if ![LIST, TIME].iter().all(|needed| names.iter().any(|name| name == needed)) {
        return Err(odd("does not name itself and the timestamp"));
    }
    let sorted = names.join(",");
    let mut lines = Vec::new();
    for name in &names {
        let text = match name.as_str() {
            LIST => sorted.as_bytes(),
            TIME => input.timestamp.unwrap_or_default(),
            name => value(input.head, name)?,
        };
        lines.push([name.as_bytes(), b":", text].concat());
    }
    Ok(lines.join(&b';'))
}

/// The value of a header that stands once, without the blanks around it.
fn value<'h>(head: &Head<'h>, name: &str) -> Result<&'h [u8], Rejection> {
    match head.headers().occurrence(name) {
        Occurrence::Once(value) => Ok(value.trim_ascii()),
        Occurrence::Absent => Err(Rejection::header(Reason::MissingHeader, &name.into())),
        Occurrence::Repeated => Err(Rejection::header(Reason::RepeatedHeader, &name.into())),
    }
}

/// Path and query as Contentful's SDK writes them: the query escaped like one value, then both like a URI.
fn encoded_path(head: &Head<'_>) -> String {
    let target = head.url().map_or_else(
        || head.target(),
        |url| {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            rest.find(['/', '?']).and_then(|start| rest.get(start..)).unwrap_or("/")
        },
    );
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = escaped(if path.is_empty() { "/" } else { path }, URI);
    if query.is_empty() { path } else { format!("{path}?{}", escaped(&escaped(query, VALUE), URI)) }
}

/// What JavaScript's `encodeURI` leaves as it is, besides letters and digits.
const URI: &[u8] = b";,/?:@&=+$-_.!~*'()#";
/// What Node.js' `querystring.escape` leaves as it is, besides letters and digits.
const VALUE: &[u8] = b"-_.!~*'()";

fn escaped(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_in_latin_1_is_signed_in_utf_8() {
        let list: &[u8] = b"x-contentful-signed-headers,x-contentful-timestamp,x-contentful-webhook-name";
        let headers =
            vec![(LIST, list), (TIME, &b"1700000000000"[..]), ("x-contentful-webhook-name", &b"M\xfcller"[..])];
        let head = Head::new("POST", "/hook", &headers);
        let input = SignedInput { head: &head, body: b"{}", timestamp: Some(b"1700000000000"), id: None };
        let signed = signed_bytes(&input).unwrap();
        let variants: Vec<_> = signed.messages[0].variants.iter().map(|text| String::from_utf8_lossy(text)).collect();
        assert_eq!(variants.len(), 2);
        assert!(variants[1].contains("x-contentful-webhook-name:Müller\n"), "{variants:?}");
    }

    #[test]
    fn path_and_query_are_written_as_the_sdk_does() {
        let none: Vec<(&str, &str)> = Vec::new();
        let of_target = |target: &str| encoded_path(&Head::new("POST", target, &none));
        assert_eq!(of_target("/api/resources/1"), "/api/resources/1");
        assert_eq!(of_target("/a b%20?"), "/a%20b%2520");
        assert_eq!(of_target("/a?b=c&d=e"), "/a?b%253Dc%2526d%253De");
        let of_url = |url: &str| encoded_path(&Head::new("POST", "/inner", &none).with_url(url));
        assert_eq!(of_url("https://a.b/outer?x"), "/outer?x");
        assert_eq!(of_url("https://a.b"), "/");
        assert_eq!(of_url("https://a.b?x"), "/?x");
    }
}
