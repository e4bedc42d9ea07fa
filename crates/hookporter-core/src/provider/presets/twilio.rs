use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::check::append_sorted_form;
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::{SignedBytes, SignedInput};
use crate::{Form, Head, Header, Identity, KeyRule, LabelSource, Occurrence, Provider, Reason, Rejection, Scheme};

/// Twilio: HMAC-SHA1 over the public URL and the sorted form, or, for JSON, over a URL that carries the body's hash.
pub(crate) static TWILIO: Provider = Provider {
    id: "twilio",
    name: "Twilio",
    documentation: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
    evidence: EvidenceLevel::Sdk,
    unverified: "the idempotency header, the time limit and the retries",
    scheme,
    proof: "HMAC-SHA1 of the public URL and the sorted form (JSON: the URL's `bodySHA256`), `X-Twilio-Signature` in base64",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(15)),
        retries: "none unless the connection overrides in the URL (`#rc=`) ask for them",
        ..Acknowledgement::BASE
    },
    labels: ["`I-Twilio-Idempotency-Token`, unsigned", "none", "`ApiVersion`, signed"],
    replay: "no timestamp is signed: a replay with the same token is a duplicate while it is remembered; one with another is \
             taken again, also with a form's fields cut otherwise, or moved to the end of a query that the URL is not configured with, \
             since nothing separates them in the signed bytes",
    event_headers: &["i-twilio-idempotency-token"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha1()
        .signed_by(signed_bytes)
        .needs_url()
        .signature(Header::new("x-twilio-signature").base64())
        .key_rule(KeyRule::text(16, "the account's auth token, 32 hexadecimal digits"))
        .event_id(LabelSource::header(&["i-twilio-idempotency-token"]))
        .api_version(Form::field("ApiVersion"))
        .identity(Identity::UnsignedIdWithDigest)
}

/// What Twilio's own validators hash: the URL with and without its port, and the form or, where the URL carries
/// `bodySHA256`, nothing more after the hash of the body was compared.
fn signed_bytes(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let Some(url) = input.head.url() else {
        return Err(Rejection::detail(Reason::InvalidSignature, "no public URL is configured"));
    };
    let mut suffix = Vec::new();
    let mut signed = SignedBytes::new().covering_body();
    match body_hash(url)? {
        Some(stated) => compare_body(&stated, input.body)?,
        None if is_form(input.head) => {
            // Names and values are run together with nothing between them, so the same signature fits the fields cut
            // otherwise: the text of the fields is covered, their boundaries and their order are not.
            refuse_odd_fields(input.body)?;
            append_sorted_form(&mut suffix, input.body);
            signed = SignedBytes::new().covering_fields();
        }
        // A query that the request brings may hold what was a form.
        None if input.body.is_empty() && url.contains('?') => signed = SignedBytes::new().covering_fields(),
        None if input.body.is_empty() => {}
        None => {
            let what = "the URL has no `bodySHA256`, so nothing binds a body that is no form";
            return Err(Rejection::detail(Reason::BodyHashMismatch, what));
        }
    }
    for variant in port_variants(url).into_iter().flatten() {
        signed = signed.or([variant.as_bytes(), &suffix].concat());
    }
    Ok(signed)
}

/// The `bodySHA256` of the URL's query; it may stand there once, at its end, where Twilio puts it. Elsewhere it could be a
/// stranger's text out of a form whose signature covers the same bytes.
fn body_hash(url: &str) -> Result<Option<String>, Rejection> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = form_urlencoded::parse(query.as_bytes()).peekable();
    let mut stated = None;
    while let Some((name, value)) = pairs.next() {
        if name == "bodySHA256" {
            if pairs.peek().is_some() {
                let what = "`bodySHA256` is not the last parameter of the URL, or stands there twice";
                return Err(Rejection::detail(Reason::BodyHashMismatch, what));
            }
            stated = Some(value.into_owned());
        }
    }
    Ok(stated)
}

fn compare_body(stated: &str, body: &[u8]) -> Result<(), Rejection> {
    // Not secret: anybody can compute it. The MAC over the URL is what binds it.
    let ours = const_hex::encode(Sha256::digest(body));
    if stated.eq_ignore_ascii_case(&ours) {
        return Ok(());
    }
    Err(Rejection::new(Reason::BodyHashMismatch))
}

/// The most fields of a form; Twilio's have some thirty.
const MAX_FIELDS: usize = 1024;

/// A field whose name is empty or written like a query would let a signed JSON request, whose URL has one, pass as a form.
fn refuse_odd_fields(form: &[u8]) -> Result<(), Rejection> {
    let disguised = |name: &str| name.is_empty() || name.contains(['?', '&', '=', '/']);
    for (at, (name, _)) in form_urlencoded::parse(form).enumerate() {
        if at >= MAX_FIELDS || disguised(&name) {
            return Err(Rejection::detail(
                Reason::MalformedBody,
                "a field's name is written like a query, or there are too many",
            ));
        }
    }
    Ok(())
}

fn is_form(head: &Head<'_>) -> bool {
    match head.headers().occurrence("content-type") {
        Occurrence::Once(value) => value.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded"),
        _ => false,
    }
}

/// The URL without a port, and with one: its own, else the scheme's.
fn port_variants(url: &str) -> [Option<String>; 2] {
    let Some((scheme, rest)) = url.split_once("://") else {
        return [Some(url.to_owned()), None];
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let default = if scheme == "https" { "443" } else { "80" };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (authority, default),
    };
    [Some(format!("{scheme}://{host}{path}")), Some(format!("{scheme}://{host}:{port}{path}"))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_tried_with_and_without_its_port() {
        let variants = |url: &str| port_variants(url).map(Option::unwrap);
        assert_eq!(variants("https://a.b/c?d=e:1"), ["https://a.b/c?d=e:1", "https://a.b:443/c?d=e:1"]);
        assert_eq!(variants("http://a.b:8080"), ["http://a.b", "http://a.b:8080"]);
        assert_eq!(variants("https://[::1]:9/x"), ["https://[::1]/x", "https://[::1]:9/x"]);
    }
}
