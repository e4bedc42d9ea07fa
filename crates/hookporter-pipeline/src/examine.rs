//! Why proofs are refused: the diagnosis, off the path of requests.
//!
//! A refused request is examined after its sender was answered, on a thread for work that blocks: one at a time, and one a
//! second at the most, whatever strangers send.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::diagnosis::{Case, Certainty};
use hookporter_core::{Head, HeaderVisitor, Keyring, UnixTime, Verifier};
use tokio::time::Instant;

use crate::Endpoint;
use crate::health::LikelyCause;
use crate::keys::{Keys, KeysKind};

/// The pause between two examinations.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a surer cause stands against a less sure one.
const STANDS: Duration = Duration::from_secs(300);
/// Heads with more than this are not examined: no sender has them.
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// What an endpoint examines refusals with: keys as they were given, and such as are not its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Examiner {
    pub(crate) keys: Keyring,
    pub(crate) others: Vec<(Arc<str>, Keyring)>,
}

/// A cause, and how sure it is.
type Found = (Certainty, LikelyCause);

/// Examinations under way, and what the last one found; shared by an endpoint's clones.
#[derive(Debug, Default)]
pub(crate) struct Examinations {
    busy: AtomicBool,
    last: Mutex<Option<Instant>>,
    found: Mutex<Option<Found>>,
}

impl Keys {
    /// What refusals are examined with: fixed keys, as they were given. Keys that come from a source are not kept.
    pub(crate) fn examiner(&self) -> Examiner {
        let keys = match &self.0 {
            KeysKind::Fixed(keyring) => keyring.clone(),
            KeysKind::Source(_) | KeysKind::Finder(_) => Keyring::default(),
        };
        Examiner { keys, others: Vec::new() }
    }
}

impl Examinations {
    pub(crate) fn found(&self) -> Option<LikelyCause> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.as_ref().map(|(_, cause)| cause.clone())
    }

    /// Whether there may be one now; whoever is told so must end it.
    fn begin(&self) -> bool {
        if self.busy.swap(true, Ordering::AcqRel) {
            return false;
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if last.is_some_and(|last| now.saturating_duration_since(last) < PAUSE) {
            self.busy.store(false, Ordering::Release);
            return false;
        }
        *last = Some(now);
        true
    }

    /// Ends one. What a stranger sends does not take the place of what the sender's own requests have just shown.
    fn end(&self, found: Option<Found>) {
        if let Some(new) = found {
            let mut last = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            let stays = last.as_ref().is_some_and(|last| last.0 < new.0 && new.1.at.since(last.1.at) < STANDS);
            if !stays {
                *last = Some(new);
            }
        }
        self.busy.store(false, Ordering::Release);
    }
}

/// A refused request, as it was received.
struct Refused {
    verifier: Arc<Verifier>,
    examiner: Arc<Examiner>,
    method: String,
    target: String,
    url: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
    body: Bytes,
    now: UnixTime,
}

impl Endpoint {
    /// Adds keys that a refused request is examined with and never accepted by: of before the last rotation, of test mode, of
    /// another endpoint. Where one of them fits, [health](crate::health) is red and calls it by this name. Default: none.
    #[cfg_attr(docsrs, doc(cfg(feature = "diagnosis")))]
    pub fn recognize(mut self, name: &str, keys: impl Into<Keyring>) -> Self {
        Arc::make_mut(&mut self.examiner).others.push((name.into(), keys.into()));
        self
    }

    /// Has a refused request examined, unless one is or was a moment ago.
    pub(crate) fn examine(&self, head: &Head<'_>, url: Option<&str>, body: Option<Bytes>) {
        if self.examiner.keys.secrets().is_empty() || tokio::runtime::Handle::try_current().is_err() {
            return;
        }
        let state = self.state.clone();
        if !state.examinations.begin() {
            return;
        }
        let Some(headers) = headers_of(head) else { return state.examinations.end(None) };
        let refused = Refused {
            verifier: self.verifier.clone(),
            examiner: self.examiner.clone(),
            method: head.method().to_owned(),
            target: head.target().to_owned(),
            url: url.map(str::to_owned),
            headers,
            body: body.unwrap_or_default(),
            now: self.clock.now(),
        };
        tokio::task::spawn_blocking(move || {
            let examined = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| refused.cause()));
            state.examinations.end(examined.unwrap_or_default());
        });
    }
}

impl Refused {
    fn cause(&self) -> Option<Found> {
        let mut head = Head::new(&self.method, &self.target, &self.headers);
        if let Some(url) = &self.url {
            head = head.with_url(url);
        }
        let mut case = Case::new(&self.verifier, &self.examiner.keys, head, &self.body, self.now);
        for (name, keys) in &self.examiner.others {
            case = case.add_other_keys(name, keys);
        }
        let found = case.diagnose().into_iter().next()?;
        let is_proven = found.certainty == Certainty::Proven;
        let (cause, message) = (found.cause.as_str(), found.to_string());
        Some((found.certainty, LikelyCause { at: self.now, cause, is_proven, message }))
    }
}

fn headers_of(head: &Head<'_>) -> Option<Vec<(String, Vec<u8>)>> {
    let (mut headers, mut bytes) = (Vec::new(), 0_usize);
    let mut keep = |name: &str, value: &[u8]| {
        bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
        if bytes <= MOST_HEADER_BYTES {
            headers.push((name.to_owned(), value.to_vec()));
        }
    };
    head.headers().visit(&mut HeaderVisitor::new(&mut keep));
    (bytes <= MOST_HEADER_BYTES).then_some(headers)
}
