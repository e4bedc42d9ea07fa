//! Keys that have expired, that are somebody else's, or that are not written as they should be.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::probe::Probe;
use super::{Cause, Diagnosis, url};
use crate::{Evidence, KeyRule, Keyring, Reason, Rejection, Scheme, Secret};

/// A key of the endpoint's own that has expired, and that fits.
pub(super) fn expired(probe: &Probe<'_>) -> Option<Diagnosis> {
    let secrets = probe.case.keys.secrets().iter().filter(|secret| secret.expiry().is_some());
    let fits = |secret: &&Secret| probe.fits_with_keys(&(*secret).clone().without_expiry().into());
    let found = secrets.filter(|secret| secret.expiry().is_some_and(|end| end <= probe.case.now)).find(fits)?;
    Some(Cause::ExpiredKey(found.id().clone()).proven())
}

/// Keys that are not the endpoint's, and one of which fits.
pub(super) fn others(probe: &Probe<'_>) -> Option<Diagnosis> {
    let (name, _) = probe.case.others.iter().find(|(_, keys)| probe.fits_with_keys(keys))?;
    Some(Cause::OtherKeys((*name).to_owned()).proven())
}

/// A key that fits once it is spelled otherwise.
pub(super) fn spelled(probe: &Probe<'_>) -> Option<Diagnosis> {
    probe.case.keys.secrets().iter().find_map(|secret| {
        let by_rule = |text: &[u8]| probe.fits_with_keys(&secret.with_bytes(text).allow_weak().into());
        let as_bytes = |bytes: &[u8]| {
            let scheme = Scheme { key_rule: KeyRule::text(1, "a probe"), ..probe.verifier.scheme().clone() };
            probe.fits_with_scheme(scheme, &Keyring::from(secret.with_bytes(bytes).allow_weak()))
        };
        let how = texts(secret.bytes()).into_iter().find(|(_, text)| by_rule(text));
        let how = how.or_else(|| raw(secret.bytes()).into_iter().find(|(_, bytes)| as_bytes(bytes)));
        how.map(|(how, _)| Cause::KeySpelling(secret.id().clone(), how).proven())
    })
}

type Spelling = (&'static str, Zeroizing<Vec<u8>>);

/// Other texts for a key, as people copy it.
fn texts(text: &[u8]) -> Vec<Spelling> {
    let trimmed = text.trim_ascii();
    let between = |mark: &[u8]| trimmed.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
    let (name, assigned) = match trimmed.iter().position(|byte| *byte == b'=') {
        Some(at) => trimmed.split_at_checked(at).unwrap_or_default(),
        None => Default::default(),
    };
    let is_name =
        !name.is_empty() && name.iter().all(|byte| byte.is_ascii_uppercase() || b"_0123456789".contains(byte));
    [
        ("without the blanks around it", (trimmed.len() < text.len()).then_some(trimmed)),
        ("without the quotation marks around it", between(b"\"").or_else(|| between(b"'"))),
        ("without `v1,` before it", trimmed.strip_prefix(b"v1,")),
        ("without `Bearer ` before it", trimmed.strip_prefix(b"Bearer ")),
        ("without the variable's name before it", assigned.strip_prefix(b"=").filter(|_| is_name)),
    ]
    .into_iter()
    .filter_map(|(how, text)| Some((how, Zeroizing::new(text?.to_vec()))))
    .collect()
}

/// Other bytes for a key, as libraries make them of its text.
fn raw(text: &[u8]) -> Vec<Spelling> {
    let bare = text.strip_prefix(b"v1,").unwrap_or(text);
    let bare = bare.strip_prefix(b"whsec_").unwrap_or(bare);
    let base64 = |text| {
        STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).or_else(|_| URL_SAFE_NO_PAD.decode(text))
    };
    [
        ("as its text, not decoded", Some(text.to_vec())),
        ("as its text behind `whsec_`, not decoded", (bare.len() < text.len()).then(|| bare.to_vec())),
        ("once it is decoded from base64", base64(bare).ok()),
        ("once it is decoded from hexadecimal", const_hex::decode(bare).ok()),
    ]
    .into_iter()
    .filter_map(|(how, bytes)| Some((how, Zeroizing::new(bytes.filter(|bytes| !bytes.is_empty())?))))
    .collect()
}

/// Nothing fits: the secret, or else bytes that no probe can bring back.
pub(super) fn unknown(probe: &Probe<'_>, rejection: &Rejection) -> Vec<Diagnosis> {
    if rejection.kind() == Reason::BodyHashMismatch {
        let body = Cause::BodyChanged("in a way that no probe could undo".to_owned());
        // A claim is read once its token's signature holds. Elsewhere the hash is compared first, and anybody may state one.
        let is_signed = matches!(rejection.evidence(), Evidence::Claim(_));
        return vec![if is_signed { body.proven() } else { body.likely() }];
    }
    if rejection.kind() != Reason::InvalidSignature {
        return Vec::new();
    }
    let body = Cause::BodyChanged("in a way that no probe could undo".to_owned()).possible();
    let mut found = vec![Cause::WrongSecret.likely(), body];
    if probe.verifier.needs_url() {
        let configured = url::configured(probe).unwrap_or("none is configured").split('?').next().unwrap_or_default();
        let cause = Cause::WrongUrl("URL than the one that is configured".to_owned(), configured.to_owned());
        // What nobody outside can call, or what this request cannot have, is seldom what was signed.
        if url::is_inside(configured) || probe.head().url().is_none() {
            found.insert(0, cause.likely());
        } else {
            found.push(cause.possible());
        }
    }
    found
}
