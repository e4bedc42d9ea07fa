//! Headers that proxies touch, and those of other senders, algorithms and versions.

use hookporter::diagnosis::Certainty::{Likely, Proven};
use hookporter::{Header, Scheme, Secret};

use super::{NOW_TIME, Row, secret, sender};

type Lines = Vec<(String, Vec<u8>)>;

pub(super) fn rows() -> Vec<Row> {
    [others(), touched(), rewritten(), schemes()].into_iter().flatten().collect()
}

fn good(what: &'static str, id: &str) -> Row {
    Row::of(what, id, &sender(id).build())
}

/// A request of `from`'s at the endpoint of `to`.
fn at(what: &'static str, from: &str, to: &str) -> Row {
    Row::of(what, to, &sender(from).build())
}

fn others() -> Vec<Row> {
    let bare = |id| good("no header at all", id).headers(|_| vec![("user-agent".into(), b"curl/8".to_vec())]);
    vec![
        at("GitHub's at Stripe's endpoint", "github", "stripe").is("other-sender", Likely),
        at("Stripe's at Slack's endpoint", "stripe", "slack").is("other-sender", Likely),
        at("Shopify's at GitHub's endpoint", "shopify", "github").is("other-sender", Likely),
        bare("stripe").is("no-headers", Likely),
        bare("github").is("no-headers", Likely),
    ]
}

/// The value of one header, changed.
fn value(name: &'static str, change: impl Fn(&str) -> String) -> impl FnOnce(Lines) -> Lines {
    move |lines| {
        let each = |(known, value): (String, Vec<u8>)| {
            let changed =
                if known.eq_ignore_ascii_case(name) { change(&String::from_utf8_lossy(&value)).into() } else { value };
            (known, changed)
        };
        lines.into_iter().map(each).collect()
    }
}

fn touched() -> Vec<Row> {
    let without = |name: &'static str| {
        move |lines: Lines| lines.into_iter().filter(|(known, _)| !known.eq_ignore_ascii_case(name)).collect()
    };
    let renamed = |other: &'static str| {
        move |lines: Lines| {
            lines
                .into_iter()
                .map(|(name, value)| {
                    if name.eq_ignore_ascii_case("x-hub-signature-256") {
                        (other.to_owned(), value)
                    } else {
                        (name, value)
                    }
                })
                .collect::<Lines>()
        }
    };
    let doubled = |name: &'static str, change: fn(Vec<u8>) -> Vec<u8>| {
        move |mut lines: Lines| {
            let line = lines.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).cloned().unwrap();
            lines.push((line.0, change(line.1)));
            lines
        }
    };
    vec![
        good("a proxy that strips the signature", "slack")
            .headers(without("x-slack-signature"))
            .is("header-stripped", Likely),
        good("a proxy that strips the time", "slack")
            .headers(without("x-slack-request-timestamp"))
            .is("header-stripped", Likely),
        good("a proxy that strips the signature", "shopify")
            .headers(without("x-shopify-hmac-sha256"))
            .is("header-stripped", Likely),
        good("underscores for dashes", "github").headers(renamed("x_hub_signature_256")).is("header-renamed", Likely),
        good("CGI's name", "github").headers(renamed("http_x_hub_signature_256")).is("header-renamed", Likely),
        good("a proxy that repeats a header", "github")
            .headers(doubled("x-hub-signature-256", |value| value))
            .is("header-doubled", Proven),
        good("a second signature", "shopify")
            .headers(doubled("x-shopify-hmac-sha256", |mut value| {
                value.reverse();
                value
            }))
            .is("header-doubled", Proven),
        // Nothing shows that a proxy did it: neither value fits.
        good("a stranger's signature, twice", "github")
            .headers(doubled("x-hub-signature-256", |value| value))
            .keys(Secret::weak("a secret of somebody else's"))
            .is("header-doubled", Likely),
        good("a proxy that merges two headers", "github")
            .headers(value("x-hub-signature-256", |value| format!("{value}, {value}")))
            .is("header-merged", Likely),
    ]
}

/// Values that were changed.
fn rewritten() -> Vec<Row> {
    vec![
        good("quotation marks around the signature", "slack")
            .headers(value("x-slack-signature", |value| format!("\"{value}\"")))
            .is("header-rewritten", Likely),
        good("an escaped signature", "shopify")
            .headers(value("x-shopify-hmac-sha256", |value| value.replace('=', "%3D")))
            .is("header-rewritten", Likely),
        good("an empty signature", "github")
            .headers(value("x-hub-signature-256", |_| String::new()))
            .is("header-rewritten", Likely),
        good("a signature that was cut", "xero")
            .headers(value("x-xero-signature", |value| value[..20].to_owned()))
            .is("header-rewritten", Likely),
    ]
}

/// What the endpoint expects, and what the sender signs with.
fn schemes() -> Vec<Row> {
    let header = || Header::new("x-acme-signature");
    let row = |what, sent: Scheme, checked: Scheme, expected| {
        let request = hookporter_testkit::custom(sent, Secret::weak(secret("acme"))).body("{}").at(NOW_TIME).build();
        Row::custom(what, checked, Secret::weak(secret("acme")).into(), &request).is(expected, Proven)
    };
    let named = || Scheme::hmac_sha256().signature(header().algorithm("sha256").hex());
    let (sha1, sha256, sha512) = (Scheme::hmac_sha1, Scheme::hmac_sha256, Scheme::hmac_sha512);
    let old = sender("hubspot-v1").build();
    vec![
        row(
            "SHA-1 for SHA-256",
            sha1().signature(header().hex()),
            sha256().signature(header().hex()),
            "other-algorithm",
        ),
        row(
            "SHA-512 for SHA-256",
            sha512().signature(header().hex()),
            sha256().signature(header().hex()),
            "other-algorithm",
        ),
        row(
            "SHA-256 for SHA-1",
            sha256().signature(header().base64()),
            sha1().signature(header().base64()),
            "other-algorithm",
        ),
        row(
            "base64 for hexadecimal",
            sha256().signature(header().base64()),
            sha256().signature(header().hex()),
            "other-encoding",
        ),
        row(
            "hexadecimal for base64",
            sha256().signature(header().hex()),
            sha256().signature(header().base64()),
            "other-encoding",
        ),
        row("a stranger who names another algorithm", named(), named(), "other-algorithm")
            .headers(value("x-acme-signature", |_| "sha1=00".to_owned()))
            .is("other-algorithm", Likely),
        Row::of("HubSpot's first version at the third", "hubspot", &old).is("other-version", Likely),
        good("GitHub's SHA-1 alone", "github")
            .headers(|lines| {
                let each = |(name, value): (String, Vec<u8>)| match name.as_str() {
                    "x-hub-signature-256" | "X-Hub-Signature-256" => {
                        ("x-hub-signature".to_owned(), b"sha1=00".to_vec())
                    }
                    _ => (name, value),
                };
                lines.into_iter().map(each).collect()
            })
            .is("other-version", Likely),
    ]
}
