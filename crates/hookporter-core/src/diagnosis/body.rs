//! Bodies that were changed on their way, by one change that can be undone.

use super::probe::Probe;
use super::{Cause, Diagnosis, json_style};
use crate::{Evidence, Occurrence, Reason, Rejection};

/// The largest body that is changed: each change is a copy, some of them several times as long.
const MOST: usize = 1024 * 1024;
/// The largest body that is written anew, token by token.
const MOST_ANEW: usize = 512 * 1024;
/// How much is written before it is clear that no sender sent it: indentation may make it a hundred times the body.
const MOST_WRITTEN: usize = 4 * 1024 * 1024;

/// The first change that makes the proof hold once it is undone.
pub(super) fn changed(probe: &Probe<'_>) -> Option<Diagnosis> {
    let body = probe.body();
    if body.is_empty() || body.len() > MOST {
        return None;
    }
    // One kind after the other, so that only one kind's copies are there at once.
    let kinds: [Changes; 3] = [ends, texts, forms];
    let how = kinds
        .into_iter()
        .flat_map(|kind| kind(body))
        .find(|(_, other)| probe.fits_with_body(other))
        .map(|(how, _)| how.to_owned())
        .or_else(|| restyled(probe, body))?;
    Some(Cause::BodyChanged(how).proven())
}

/// What is no longer there: the end of a body, all of it, or a parameter beside it.
pub(super) fn lost(probe: &Probe<'_>, rejection: &Rejection) -> Option<Diagnosis> {
    let method = probe.head().method();
    if probe.body().is_empty() && matches!(method, "GET" | "HEAD") {
        return Some(Cause::OtherMethod(if method == "GET" { "GET" } else { "HEAD" }).likely());
    }
    // A URL that carries the hash of the body, and that arrives without a query.
    let hash = rejection.kind() == Reason::BodyHashMismatch && matches!(rejection.evidence(), Evidence::Detail(_));
    if hash && !probe.head().target().contains('?') && is_json(probe) {
        return Some(Cause::QueryLost.likely());
    }
    cut(probe)
}

fn is_json(probe: &Probe<'_>) -> bool {
    let kind = probe.head().headers().occurrence("content-type");
    matches!(kind, Occurrence::Once(value) if value.to_ascii_lowercase().starts_with(b"application/json"))
}

/// What the announced length says of the body.
fn cut(probe: &Probe<'_>) -> Option<Diagnosis> {
    let received = u64::try_from(probe.body().len()).unwrap_or(u64::MAX);
    if let Occurrence::Once(length) = probe.head().headers().occurrence("content-length")
        && let Some(announced) = std::str::from_utf8(length).ok().and_then(|text| text.trim().parse::<u64>().ok())
        && announced > received
    {
        return Some(Cause::BodyCut { announced, received }.likely());
    }
    (received == 0).then(|| Cause::BodyEmpty.likely())
}

type Change = (&'static str, Vec<u8>);
type Changes = fn(&[u8]) -> Vec<Change>;

/// Another end, or another beginning.
fn ends(body: &[u8]) -> Vec<Change> {
    const BOM: &[u8] = b"\xef\xbb\xbf";
    let without = |end: &[u8]| body.strip_suffix(end).map(<[u8]>::to_vec);
    let trimmed = body.trim_ascii();
    [
        ("it fits without the newline at its end", without(b"\r\n").or_else(|| without(b"\n"))),
        ("it fits without the blanks around it", (trimmed.len() < body.len()).then(|| trimmed.to_vec())),
        ("it fits with a newline at its end", Some([body, b"\n"].concat())),
        ("it fits with a carriage return and a newline at its end", Some([body, b"\r\n"].concat())),
        ("it fits without the byte order mark", body.strip_prefix(BOM).map(<[u8]>::to_vec)),
        ("it fits with a byte order mark", Some([BOM, body].concat())),
    ]
    .into_iter()
    .filter_map(|(how, other)| Some((how, other?)))
    .collect()
}

/// Other line ends, another charset, another level of quotation.
fn texts(body: &[u8]) -> Vec<Change> {
    let Ok(text) = std::str::from_utf8(body) else {
        let utf8 = body.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes();
        return vec![("it fits in UTF-8: it was turned into Latin-1", utf8)];
    };
    let unix = text.replace("\r\n", "\n");
    let inner = serde_json::from_str::<String>(text).ok().map(String::into_bytes);
    [
        ("it fits with line feeds in place of carriage returns and line feeds", Some(unix.clone().into_bytes())),
        ("it fits with carriage returns before its line feeds", Some(unix.replace('\n', "\r\n").into_bytes())),
        ("it fits in Latin-1: it was turned into UTF-8", latin1(text)),
        ("it fits once it is taken out of a JSON string: it was encoded twice", inner),
        ("it fits as a JSON string: it was decoded", serde_json::to_vec(text).ok()),
    ]
    .into_iter()
    .filter_map(|(how, other)| Some((how, other.filter(|other| other != body)?)))
    .collect()
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    let bytes = text.chars().map(|character| u8::try_from(u32::from(character)).ok());
    (!text.is_ascii()).then(|| bytes.collect()).flatten()
}

/// A form whose escapes were written anew, or undone.
fn forms(body: &[u8]) -> Vec<Change> {
    let Ok(text) = std::str::from_utf8(body) else { return Vec::new() };
    if !text.contains('=') || text.trim_start().starts_with(['{', '[', '<']) || text.len() > MOST_ANEW {
        return Vec::new();
    }
    let pairs = || text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs() {
        encoded.append_pair(name, value);
    }
    let encoded = encoded.finish();
    let anew = form_urlencoded::Serializer::new(String::new()).extend_pairs(form_urlencoded::parse(body)).finish();
    [
        ("it fits with blanks as `+`, not as `%20`", text.replace("%20", "+")),
        ("it fits with blanks as `%20`, not as `+`", text.replace('+', "%20")),
        ("it fits with its escapes in upper case", cased(text, |digit| digit.to_ascii_uppercase())),
        ("it fits with its escapes in lower case", cased(text, |digit| digit.to_ascii_lowercase())),
        ("it fits once its fields are escaped: the form was decoded", encoded.replace('+', "%20")),
        ("it fits once its fields are escaped: the form was decoded", encoded),
        ("it fits once its fields are escaped anew", anew),
    ]
    .into_iter()
    .filter(|(_, other)| other.as_bytes() != body)
    .map(|(how, other)| (how, other.into_bytes()))
    .collect()
}

/// `text` with both digits behind every `%` changed.
fn cased(text: &str, change: impl Fn(char) -> char) -> String {
    let mut digits = 0_u8;
    let each = |character: char| match (character, digits) {
        ('%', _) => {
            digits = 2;
            character
        }
        (_, 0) => character,
        _ => {
            digits = digits.saturating_sub(1);
            change(character)
        }
    };
    text.chars().map(each).collect()
}

/// JSON that a proxy, or a framework, has read and written anew.
fn restyled(probe: &Probe<'_>, body: &[u8]) -> Option<String> {
    let tokens = json_style::tokens(body, MOST_ANEW)?;
    json_style::all().find_map(|style| {
        let most = probe.left().min(MOST_WRITTEN);
        let Some(mut written) = style.write(&tokens, most) else {
            // What fits is counted when it is hashed.
            probe.spend(most);
            return None;
        };
        if probe.fits_with_body(&written) {
            return Some(format!("JSON was read and written anew; it fits {style}"));
        }
        written.push(b'\n');
        probe
            .fits_with_body(&written)
            .then(|| format!("JSON was read and written anew; it fits {style}, with a newline at its end"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Case;
    use crate::{Head, Header, Scheme, Secret, UnixTime, Verifier};

    /// How many bytes are left for a body before and after its changes are tried.
    fn left(body: &[u8]) -> (usize, usize) {
        let verifier = Verifier::new(Scheme::hmac_sha256().signature(Header::new("x-sig").hex())).unwrap();
        let keys = Secret::weak("a key").into();
        let headers = vec![("x-sig".to_owned(), "0".repeat(64))];
        let case = Case::new(&verifier, &keys, Head::new("POST", "/", &headers), body, UnixTime::from_secs(0));
        let probe = Probe::new(&case);
        let before = probe.left();
        assert_eq!(changed(&probe), None);
        (before, probe.left())
    }

    #[test]
    fn a_body_that_is_too_long_is_not_changed() {
        let (before, after) = left(&vec![b'0'; MOST + 1]);
        assert_eq!(before, after);
        let (before, after) = left(&vec![b'0'; MOST]);
        assert!(before - after > MOST);
    }

    #[test]
    fn what_is_written_in_vain_is_counted() {
        let body = ["[".repeat(120), "0,".repeat(250_000), "0".to_owned(), "]".repeat(120)].concat();
        let (_, after) = left(body.as_bytes());
        assert!(after < MOST_WRITTEN, "{after}");
    }
}
