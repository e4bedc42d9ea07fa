//! Why proofs are refused: the diagnosis, off the path of requests.
//!
//! A refused request is examined after its sender was answered, on a thread for work that blocks.

use std::fmt;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use hookporter_core::diagnosis::{Case, Certainty};
use hookporter_core::{Head, HeaderVisitor, Keyring, Occurrence, Reason, UnixTime, Verifier};
use tokio::runtime::Handle;

use crate::Endpoint;
use crate::examinations::{self, Found, Reached};
use crate::exchange::Exchange;
use crate::health::LikelyCause;
use crate::keys::{Keys, KeysKind};
use crate::memory::{BodyMemory, Held};
use crate::outcome::Observer;
use crate::packed;
use crate::public_url::PublicUrl;
use crate::trace::TraceId;

/// The longest body that is examined: of a longer one every probe would be a copy, and a tenth of a second is soon over.
pub(crate) const MOST_BODY: usize = 1024 * 1024;
/// Heads with more than this are not examined: no sender has them.
const MOST_HEADER_BYTES: usize = 64 * 1024;
/// What the process holds of requests that wait to be examined; others are not examined. They do not count as bodies in flight,
/// or strangers could fill that with what is refused already.
static WAITING: LazyLock<BodyMemory> = LazyLock::new(|| BodyMemory::new(8 * MOST_BODY));

/// What an endpoint examines refusals with: keys as they were given, and such as are not its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Examiner {
    pub(crate) keys: Keyring,
    pub(crate) others: Vec<(Arc<str>, Keyring)>,
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

/// A refused request, as it was received.
pub(crate) struct Refused {
    verifier: Arc<Verifier>,
    examiner: Arc<Examiner>,
    method: String,
    target: String,
    url: Option<String>,
    /// As it is configured, for a request that cannot have it.
    configured_url: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
    body: Bytes,
    now: UnixTime,
    /// The run of refusals that it is one of.
    run: u64,
    trace: TraceId,
    /// Who is told what is found.
    observers: Vec<Arc<dyn Observer>>,
    /// Its bytes count as waiting; never read.
    _held: Held,
}

impl Endpoint {
    /// Adds keys that a refused request is examined with and never accepted by: of before the last rotation, of test mode, of
    /// another endpoint. Where one of them fits, [health](crate::health) is red and calls it by this name. Default: none.
    #[cfg_attr(docsrs, doc(cfg(feature = "diagnosis")))]
    pub fn recognize(mut self, name: &str, keys: impl Into<Keyring>) -> Self {
        Arc::make_mut(&mut self.examiner).others.push((name.into(), keys.into()));
        self
    }

    /// Whether a request that was turned away may show what is wrong with the set-up: its proof was refused, or it brought one
    /// and was turned away before that, for a method or an encoding that something in front has made.
    pub(crate) fn may_tell(&self, reason: Reason, head: &Head<'_>) -> bool {
        let has_proof =
            || self.verifier.proof_header_names().any(|name| head.headers().occurrence(name) != Occurrence::Absent);
        reason.is_refusal() || (matches!(reason, Reason::MethodNotAllowed | Reason::UnsupportedEncoding) && has_proof())
    }

    /// Has a refused request examined, or one of those that come at the same time.
    pub(crate) fn examine(
        &self,
        trace: TraceId,
        reason: Reason,
        head: &Head<'_>,
        url: Option<&str>,
        body: Option<Bytes>,
    ) {
        let Ok(runtime) = Handle::try_current() else { return };
        let reached = Reached::of(reason);
        // Without its body a proof tells nothing, but where the URL is none that the endpoint's can be.
        let has_no_url = url.is_none() && self.verifier.needs_url();
        let has_body = body.as_ref().is_some_and(|body| body.len() <= MOST_BODY);
        let is_whole = has_body || reached == Reached::Papers || has_no_url;
        if self.examiner.keys.secrets().is_empty() || !is_whole || !self.state.examinations.chooses(reached) {
            return;
        }
        let Some(headers) = headers_of(head) else { return };
        let body = body.filter(|body| body.len() <= MOST_BODY).unwrap_or_default();
        let mut held = WAITING.hold();
        if held.grow(body.len().saturating_add(MOST_HEADER_BYTES)).is_err() {
            return;
        }
        let refused = Refused {
            verifier: self.verifier.clone(),
            examiner: self.examiner.clone(),
            method: head.method().to_owned(),
            target: head.target().to_owned(),
            url: url.map(str::to_owned),
            configured_url: self.public_url.as_ref().filter(|_| url.is_none()).and_then(PublicUrl::configured),
            headers,
            // It may be a piece of a larger buffer, which a clone would keep.
            body: Bytes::copy_from_slice(&body),
            now: self.clock.now(),
            run: self.state.vitals.mended(),
            trace,
            observers: self.observers.clone(),
            _held: held,
        };
        examinations::offer(&self.state, reached, refused, &runtime);
    }
}

/// Has a refused request examined, once it is written down: what is found is told of an entry that is there.
pub(crate) fn offer(exchange: &mut Exchange, reason: Reason, head: &Head<'_>, peer: Option<SocketAddr>) {
    let (endpoint, body) = (exchange.endpoint.clone(), exchange.refused_body.take().map(|body| *body));
    let offered = catch_unwind(AssertUnwindSafe(|| {
        let url = endpoint.url_of(head, peer.map(|peer| peer.ip())).ok().flatten();
        endpoint.examine(exchange.trace(), reason, head, url.as_deref(), body);
    }));
    if offered.is_err() {
        tracing::error!(target: "hookporter", endpoint = &*endpoint.name, "examining a refusal panicked");
    }
}

impl Refused {
    /// The surest cause, told to whoever observes the endpoint.
    pub(crate) fn examined(&self) -> Option<Found> {
        let found = self.cause()?;
        for observer in &self.observers {
            if catch_unwind(AssertUnwindSafe(|| observer.explain(self.trace, &found.cause))).is_err() {
                tracing::error!(target: "hookporter", "an observer panicked");
            }
        }
        Some(found)
    }

    fn cause(&self) -> Option<Found> {
        let mut head = Head::new(&self.method, &self.target, &self.headers);
        if let Some(url) = &self.url {
            head = head.with_url(url);
        }
        let mut case = Case::new(&self.verifier, &self.examiner.keys, head, &self.body, self.now);
        if let Some(url) = &self.configured_url {
            case = case.with_public_url(url);
        }
        for (name, keys) in &self.examiner.others {
            case = case.add_other_keys(name, keys);
        }
        let found = case.diagnose().into_iter().next()?;
        let is_proven = found.certainty == Certainty::Proven;
        let (cause, message) = (found.cause.as_str().into(), packed::message(found.to_string()));
        let cause = LikelyCause { at: self.now, cause, is_proven, message };
        Some(Found { certainty: found.certainty, cause, run: self.run })
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("trace", &self.trace).finish_non_exhaustive()
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

#[cfg(test)]
pub(crate) fn waiting_bytes() -> usize {
    WAITING.used()
}
