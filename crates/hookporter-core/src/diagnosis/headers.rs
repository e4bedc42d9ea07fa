//! Headers that are missing, doubled, merged, renamed, or another sender's.

use std::sync::LazyLock;

use super::probe::Probe;
use super::{Cause, Diagnosis};
use crate::{Evidence, Head, HeaderVisitor, Occurrence, Provider, Reason, Rejection};

/// How many values of one header are tried: a proxy makes two of one.
const MOST_VALUES: usize = 4;
/// The longest name of a header that a cause repeats: no sender's and no proxy's is as long, and a stranger chooses it.
const LONGEST_NAME: usize = 100;

/// What a refused header shows.
pub(super) fn odd(probe: &Probe<'_>, rejection: &Rejection) -> Vec<Diagnosis> {
    let (Evidence::Header(name) | Evidence::HeaderShape(name, _)) = rejection.evidence() else {
        // A secret that stands in the query.
        let lost = rejection.kind() == Reason::MissingHeader && matches!(rejection.evidence(), Evidence::Detail(_));
        return lost.then(|| Cause::QueryLost.likely()).into_iter().collect();
    };
    match rejection.kind() {
        Reason::MissingHeader => missing(probe, name),
        Reason::RepeatedHeader => {
            let values = values(probe.head(), name);
            let same = values.windows(2).all(|pair| matches!(pair, [one, other] if one == other));
            let how = if same { "with one value" } else { "with different values" };
            let cause = Cause::HeaderDoubled(name.to_string(), how);
            let fits = values.into_iter().take(MOST_VALUES).any(|value| fits_alone(probe, name, value));
            vec![if fits { cause.proven() } else { cause.likely() }]
        }
        _ => malformed(probe, name),
    }
}

/// Whether the request fits with this value alone of a header that stands there several times.
fn fits_alone(probe: &Probe<'_>, name: &str, value: &[u8]) -> bool {
    let head = probe.head();
    let mut lines = vec![(name.to_owned(), value.to_vec())];
    head.headers().visit(&mut HeaderVisitor::new(&mut |other, value| {
        if !other.eq_ignore_ascii_case(name) {
            lines.push((other.to_owned(), value.to_vec()));
        }
    }));
    let alone = Head::new(head.method(), head.target(), &lines);
    probe.fits_with_head(&head.url().map_or(alone, |url| alone.with_url(url)))
}

fn missing(probe: &Probe<'_>, name: &str) -> Vec<Diagnosis> {
    let names = names(probe.head());
    let plain = |name: &str| name.replace(['_', '-'], "");
    let renamed = names.iter().find(|other| {
        *other != name && (plain(other) == plain(name) || plain(other) == format!("http{}", plain(name)))
    });
    if let Some(other) = renamed {
        return vec![Cause::HeaderRenamed(name.to_owned(), other.clone()).likely()];
    }
    // `x-hub-signature` beside `x-hub-signature-256`, `x-hubspot-signature` beside `x-hubspot-signature-v3`.
    if let Some(other) =
        names.iter().find(|other| name.starts_with(&format!("{other}-")) || other.starts_with(&format!("{name}-")))
    {
        return vec![Cause::OtherVersion(other.clone()).likely()];
    }
    let others = other_sender(probe);
    if !others.is_empty() {
        return others;
    }
    // What the sender's names begin with: `x-slack`.
    let family: String = name.split_inclusive('-').take(if name.starts_with("x-") { 2 } else { 1 }).collect();
    let is_senders = |other: &String| {
        (other.len() > family.len() && other.starts_with(&family) && !is_common(other)) || probe.names_label(other)
    };
    // nginx and others drop a name with an underscore unless they are told not to.
    if names.iter().any(is_senders) || name.contains('_') || is_stripped(probe.head(), &names) {
        return vec![Cause::HeaderStripped(name.to_owned()).likely()];
    }
    vec![Cause::NoHeaders.likely(), Cause::HeaderStripped(name.to_owned()).possible()]
}

/// Whether only a proxy's own headers are here: every client says who it is, what it takes or what it sends.
fn is_stripped(head: &Head<'_>, names: &[String]) -> bool {
    const CLIENTS: [&str; 4] = ["user-agent", "accept", "content-type", "accept-encoding"];
    let is_proxied = names.iter().any(|name| is_common(name) || name == "via" || name == "forwarded");
    head.method() == "POST" && is_proxied && !names.iter().any(|name| CLIENTS.contains(&name.as_str()))
}

/// The encoding of a body whose sender does not use one.
pub(super) fn encoding(probe: &Probe<'_>) -> Diagnosis {
    const KNOWN: [&str; 4] = ["gzip", "br", "deflate", "zstd"];
    let value = match probe.head().headers().occurrence("content-encoding") {
        Occurrence::Once(value) => value,
        _ => &[],
    };
    let known = KNOWN.into_iter().find(|known| value.trim_ascii().eq_ignore_ascii_case(known.as_bytes()));
    Cause::BodyCompressed(known.unwrap_or("of another name")).likely()
}

/// Names that begin as many senders' do and are nobody's.
fn is_common(name: &str) -> bool {
    name.starts_with("x-forwarded-") || ["x-real-ip", "x-request-id", "x-correlation-id"].contains(&name)
}

fn malformed(probe: &Probe<'_>, name: &str) -> Vec<Diagnosis> {
    let Occurrence::Once(value) = probe.head().headers().occurrence(name) else { return Vec::new() };
    let text = String::from_utf8_lossy(value);
    let rewritten = |how| vec![Cause::HeaderRewritten(name.to_owned(), how).likely()];
    if let Some((first, second)) = text.split_once(", ")
        && (first == second || prefix(first) == prefix(second))
    {
        return vec![Cause::HeaderMerged(name.to_owned()).likely()];
    }
    if text.trim().is_empty() {
        return rewritten("it is empty");
    }
    if text.starts_with('"') || text.starts_with('\'') {
        return rewritten("quotation marks stand around it");
    }
    if text.contains('%') {
        return rewritten("it is escaped");
    }
    let others = other_sender(probe);
    if others.is_empty() { rewritten("it is not in the sender's form") } else { others }
}

/// What stands before the signature itself.
fn prefix(text: &str) -> &str {
    text.find('=').and_then(|at| text.get(..at)).unwrap_or_default()
}

/// The senders whose signature's header is here, where this one's is not alone.
pub(super) fn other_sender(probe: &Probe<'_>) -> Vec<Diagnosis> {
    static SENDERS: LazyLock<Vec<(&str, Vec<String>)>> = LazyLock::new(|| {
        let names = |provider: &Provider| {
            let verifier = provider.verifier().ok()?;
            Some((provider.id(), verifier.proof_header_names().map(str::to_owned).collect()))
        };
        Provider::all().iter().filter_map(|provider| names(provider)).collect()
    });
    let ours: Vec<_> = probe.verifier.proof_header_names().collect();
    let is_there = |name: &String| {
        name != "authorization"
            && !ours.contains(&name.as_str())
            && probe.head().headers().occurrence(name) != Occurrence::Absent
    };
    let ids: Vec<_> = SENDERS.iter().filter(|(_, names)| names.iter().any(is_there)).map(|(id, _)| *id).collect();
    if ids.is_empty() { Vec::new() } else { vec![Cause::OtherSender(ids).likely()] }
}

/// The names of all headers, without those that are longer than any that means something.
fn names(head: &Head<'_>) -> Vec<String> {
    let mut names = Vec::new();
    head.headers().visit(&mut HeaderVisitor::new(&mut |name, _| {
        if name.len() <= LONGEST_NAME {
            names.push(name.to_ascii_lowercase());
        }
    }));
    names
}

fn values<'h>(head: &Head<'h>, wanted: &str) -> Vec<&'h [u8]> {
    let mut values = Vec::new();
    let headers = head.headers();
    headers.visit(&mut HeaderVisitor::new(&mut |name, value| {
        if name.eq_ignore_ascii_case(wanted) {
            values.push(value);
        }
    }));
    values
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::{Case, Cause};
    use crate::{Head, Keyring, Provider, Secret, UnixTime};

    /// The surest cause of a request of GitHub's whose signature stands under another name.
    fn cause_of(name: &str) -> Cause {
        let verifier = Provider::by_id("github").unwrap().verifier().unwrap();
        let keys = Keyring::from(Secret::new("a long and random secret"));
        let headers = vec![(name, "sha256=00")];
        let head = Head::new("POST", "/hook", &headers);
        let found = Case::new(&verifier, &keys, head, b"{}", UnixTime::from_secs(1_700_000_000)).diagnose();
        found.into_iter().next().unwrap().cause
    }

    #[test]
    fn a_name_that_no_sender_has_is_not_repeated() {
        assert_eq!(cause_of("x_hub_signature_256").as_str(), "header-renamed");
        assert_eq!(cause_of("x-hub-signature-256-v2").as_str(), "other-version");
        let long = [
            format!("x-hub-signature-256-{}", "a".repeat(60_000)),
            format!("x-hub-signature-256{}", "-".repeat(60_000)),
        ];
        for name in long {
            let cause = cause_of(&name);
            assert!(cause.to_string().len() < 200, "{}", cause.as_str());
        }
    }
}
