//! Checking a request again with one thing changed, within a bound.

use std::cell::Cell;

use bytes::Bytes;

use crate::diagnosis::Case;
use crate::labels::LabelSource;
use crate::{Head, Keyring, PreparedKeyring, Scheme, Verifier};

/// How many bytes all probes of a case may hash and write together: about a tenth of a second.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// What a probe costs beside its body.
const FIXED: usize = 4 * 1024;

/// A case, and what is left of its bound.
pub(super) struct Probe<'a> {
    pub(super) case: &'a Case<'a>,
    /// As the endpoint's, but for freshness: an old request tells as much as a new one.
    pub(super) verifier: Verifier,
    keys: Option<PreparedKeyring>,
    left: Cell<usize>,
}

impl<'a> Probe<'a> {
    pub(super) fn new(case: &'a Case<'a>) -> Self {
        let verifier = case.verifier.clone().no_freshness();
        let keys = verifier.prepare(case.keys).ok();
        Self { case, verifier, keys, left: Cell::new(MOST_BYTES) }
    }

    pub(super) fn head(&self) -> &Head<'a> {
        &self.case.head
    }

    pub(super) fn body(&self) -> &'a [u8] {
        self.case.body
    }

    /// How many bytes may still be hashed or written.
    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    /// Counts bytes that are about to be hashed or written, or were; `false` where no more of them are left, which changes
    /// nothing.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes);
        left.is_some_and(|left| {
            self.left.set(left);
            true
        })
    }

    /// Whether the request fits as it is, whatever its age.
    pub(super) fn fits(&self) -> bool {
        self.fits_with_body(self.body())
    }

    /// Whether a label of the sender's is read from this header.
    pub(super) fn names_label(&self, name: &str) -> bool {
        let labels = self.verifier.labels();
        [&labels.id, &labels.kind, &labels.version].into_iter().any(|source| match source {
            LabelSource::Header(names) | LabelSource::Headers(names) => names.iter().any(|known| **known == *name),
            _ => false,
        })
    }

    pub(super) fn fits_with_body(&self, body: &[u8]) -> bool {
        self.keys.as_ref().is_some_and(|keys| self.judge(&self.verifier, keys, self.head(), body))
    }

    pub(super) fn fits_with_head(&self, head: &Head<'_>) -> bool {
        self.keys.as_ref().is_some_and(|keys| self.judge(&self.verifier, keys, head, self.body()))
    }

    pub(super) fn fits_with_keys(&self, keys: &Keyring) -> bool {
        let keys = self.verifier.prepare(keys);
        keys.is_ok_and(|keys| self.judge(&self.verifier, &keys, self.head(), self.body()))
    }

    /// Whether the request fits a scheme that was changed, with these keys.
    pub(super) fn fits_with_scheme(&self, scheme: Scheme, keys: &Keyring) -> bool {
        let Ok(verifier) = Verifier::new(scheme) else { return false };
        let verifier = verifier.no_freshness().with_body_limit(self.verifier.body_limit());
        let keys = verifier.prepare(keys);
        keys.is_ok_and(|keys| self.judge(&verifier, &keys, self.head(), self.body()))
    }

    fn judge(&self, verifier: &Verifier, keys: &PreparedKeyring, head: &Head<'_>, body: &[u8]) -> bool {
        // A scheme may sign the URL as well as the body, and a stranger chooses how long both are.
        let url = head.url().map_or(0, str::len);
        if !self.spend(body.len().saturating_add(url).saturating_add(FIXED)) {
            return false;
        }
        let Ok(mut check) = verifier.begin(head, keys, self.case.now) else { return false };
        check.push(Bytes::copy_from_slice(body)).is_ok() && check.finish().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Header, Secret, UnixTime};

    #[test]
    fn a_probe_costs_what_it_hashes_and_what_does_not_fit_in_the_bound_is_not_tried() {
        let verifier = Verifier::new(Scheme::hmac_sha256().signature(Header::new("x-sig").hex())).unwrap();
        let keys = Secret::weak("a key").into();
        let headers: Vec<(String, Vec<u8>)> = Vec::new();
        let url = format!("https://a.example/{}", "p".repeat(10_000));
        let head = Head::new("POST", "/", &headers).with_url(&url);
        let case = Case::new(&verifier, &keys, head, b"a body", UnixTime::from_secs(0));
        let probe = Probe::new(&case);
        assert!(!probe.fits());
        assert_eq!(MOST_BYTES - probe.left(), b"a body".len() + url.len() + FIXED);
        assert!(!probe.spend(MOST_BYTES) && probe.spend(probe.left() - FIXED) && !probe.fits());
        assert_eq!(probe.left(), FIXED);
    }
}
