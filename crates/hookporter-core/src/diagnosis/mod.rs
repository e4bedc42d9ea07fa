//! Why a request was refused, as far as its bytes can tell.
//!
//! A [`Case`] holds what was received and what the endpoint is set up with. Its diagnosis checks the request again with one
//! thing changed, as people and proxies change things: another end of the body, another spelling of the key, another host.
//! What fits then is the cause, and the signature proves it. Where nothing fits, what the headers show is likely.
//!
//! All that is hashed and written for a case is bounded, by 32 MiB, and a body over 1 MiB is not changed: what is found of it is
//! about keys, headers and URLs.
//!
//! It is for people who troubleshoot: it takes milliseconds, so it belongs beside the path of requests, and nothing of it
//! is for the sender. It says which spelling of a key would be right and never the key.
//!
//! ```
//! use hookporter_core::diagnosis::{Case, Certainty};
//! use hookporter_core::{Head, Keyring, Provider, Secret, UnixTime};
//!
//! let verifier = Provider::by_id("github")?.verifier()?;
//! let keys = Keyring::from(Secret::new("It's a Secret to Everybody"));
//! let headers = vec![(
//!     "x-hub-signature-256",
//!     "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
//! )];
//! let head = Head::new("POST", "/webhooks/github", &headers);
//!
//! // An editor has put a newline at the end.
//! let causes = Case::new(&verifier, &keys, head, b"Hello, World!\n", UnixTime::from_secs(1_700_000_000)).diagnose();
//! assert_eq!(causes[0].certainty, Certainty::Proven);
//! assert_eq!(causes[0].to_string(), "the body was changed: it fits without the newline at its end");
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```

mod answer;
mod body;
mod cause;
mod headers;
mod json_style;
mod keys;
mod probe;
mod scheme;
mod time;
mod url;

use std::fmt;

pub use answer::of_answer;
pub use cause::{Cause, Certainty, Diagnosis};

use crate::{Head, Keyring, Reason, Refused, Rejection, UnixTime, Verifier};
use probe::Probe;

/// A refused request, and what its endpoint is set up with.
#[must_use]
pub struct Case<'a> {
    verifier: &'a Verifier,
    keys: &'a Keyring,
    others: Vec<(&'a str, &'a Keyring)>,
    public_url: Option<&'a str>,
    head: Head<'a>,
    body: &'a [u8],
    now: UnixTime,
}

impl fmt::Debug for Case<'_> {
    // The body stays out, and with it whatever is in it; the rest knows by itself what may be printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("head", &self.head)
            .field("keys", &self.keys)
            .field("others", &self.others)
            .field("body_bytes", &self.body.len())
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl<'a> Case<'a> {
    /// A request as it was received at `now`, and the scheme and the keys that it was checked with.
    pub const fn new(verifier: &'a Verifier, keys: &'a Keyring, head: Head<'a>, body: &'a [u8], now: UnixTime) -> Self {
        Self { verifier, keys, others: Vec::new(), public_url: None, head, body, now }
    }

    /// Adds keys that are not this endpoint's: of another endpoint, of test mode, of before the last rotation. `name` is
    /// what the diagnosis calls them.
    pub fn add_other_keys(mut self, name: &'a str, keys: &'a Keyring) -> Self {
        self.others.push((name, keys));
        self
    }

    /// Sets the public URL as it is configured, for a request that cannot have it: its query is another, so that its
    /// [head](Head::url) has none. Default: none, which is right wherever the head has one.
    pub const fn with_public_url(mut self, url: &'a str) -> Self {
        self.public_url = Some(url);
        self
    }

    /// What may be wrong, the surest first; empty where nothing is.
    #[must_use]
    pub fn diagnose(&self) -> Vec<Diagnosis> {
        let Err(rejection) = self.judge() else { return Vec::new() };
        let mut found = self.causes(&rejection);
        found.sort_by_key(|diagnosis| diagnosis.certainty);
        found.dedup();
        found
    }

    fn judge(&self) -> Result<(), Rejection> {
        let no_key = |_| Rejection::new(Reason::NoLiveKey);
        let keys = self.verifier.prepare(self.keys).map_err(no_key)?;
        let mut check = self.verifier.begin(&self.head, &keys, self.now)?;
        check.push(bytes::Bytes::copy_from_slice(self.body))?;
        check.finish().map(drop).map_err(Refused::into_rejection)
    }

    fn causes(&self, rejection: &Rejection) -> Vec<Diagnosis> {
        let probe = Probe::new(self);
        match rejection.kind() {
            Reason::TimestampTooOld | Reason::TimestampTooNew => time::skew(&probe, rejection),
            Reason::MalformedTimestamp => time::unit(&probe),
            Reason::MissingHeader | Reason::RepeatedHeader | Reason::MalformedHeader | Reason::ConflictingHeaders => {
                let mut found = scheme::otherwise(&probe);
                if found.is_empty() {
                    found = headers::odd(&probe, rejection);
                }
                found
            }
            Reason::InvalidSignature | Reason::BodyHashMismatch | Reason::MalformedBody | Reason::MalformedToken => {
                self.of_proof(&probe, rejection)
            }
            Reason::UnsupportedEncoding => vec![headers::encoding(&probe)],
            Reason::MalformedEncoding => vec![Cause::BodyInflated.likely()],
            Reason::NoLiveKey => keys::expired(&probe).into_iter().collect(),
            Reason::UnsupportedAlgorithm => {
                let mut found = scheme::otherwise(&probe);
                if found.is_empty() {
                    // Anybody may name one.
                    found.push(Cause::OtherAlgorithm("the request names it").likely());
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// Why a proof does not hold: the first change that makes it hold, else what is likely.
    fn of_proof(&self, probe: &Probe<'_>, rejection: &Rejection) -> Vec<Diagnosis> {
        let proven = keys::expired(probe)
            .or_else(|| keys::others(probe))
            .or_else(|| keys::spelled(probe))
            .or_else(|| body::changed(probe))
            .or_else(|| url::wrong(probe));
        if let Some(proven) = proven {
            return vec![proven];
        }
        if probe.head().url().is_none() && probe.verifier.needs_url() {
            // Refused for that, so that the body may not have been read.
            return keys::unknown(probe, rejection);
        }
        let mut found = scheme::otherwise(probe);
        if found.is_empty() {
            found.extend(body::lost(probe, rejection));
            found.extend(scheme::length(probe));
            found.extend(headers::other_sender(probe));
            found.extend(keys::unknown(probe, rejection));
        }
        found
    }
}
