//! An event: what a delivery tells of, and what a worker is given.

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use hookporter_core::{Coverage, Delivery, EventKey, Head, Identity, KeyId, Label, Labels, UnixTime, Verifier};
use serde::de::DeserializeOwned;

use crate::PayloadError;
use crate::inbox::Kept;
use crate::kept::{KeptHead, KeptHeaders};

/// What a proven delivery tells of.
///
/// Made by the pipeline: from a [`Delivery`], or for a worker from what a durable inbox kept of one. Cloning shares the
/// bytes.
#[derive(Clone)]
pub struct Event {
    inner: Arc<Inner>,
}

struct Inner {
    endpoint: Arc<str>,
    provider: Cow<'static, str>,
    tenant: Option<Arc<str>>,
    origin: Origin,
    /// Read when somebody asks for them.
    labels: OnceLock<Labels>,
    method: Cow<'static, str>,
    head: KeptHead,
}

/// Where an event comes from.
enum Origin {
    Delivered(Delivery, Arc<Verifier>),
    /// A store kept it. The proof itself is gone.
    Kept(Box<Kept>),
}

/// What the pipeline knows of a delivery beside its bytes.
pub(crate) struct Context<'a> {
    pub(crate) endpoint: &'a Arc<str>,
    pub(crate) provider: &'static str,
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) verifier: &'a Arc<Verifier>,
    pub(crate) kept_headers: &'a KeptHeaders,
    pub(crate) peer: Option<SocketAddr>,
    /// The request's, without a secret in its query.
    pub(crate) target: Cow<'a, str>,
}

impl Event {
    pub(crate) fn new(context: Context<'_>, delivery: Delivery, head: &Head<'_>) -> Self {
        Self {
            inner: Arc::new(Inner {
                endpoint: context.endpoint.clone(),
                provider: Cow::Borrowed(context.provider),
                tenant: context.tenant,
                labels: OnceLock::new(),
                method: if head.method() == "POST" { "POST".into() } else { head.method().to_owned().into() },
                head: KeptHead::new(context.kept_headers, &context.target, head).with_peer(context.peer),
                origin: Origin::Delivered(delivery, context.verifier.clone()),
            }),
        }
    }

    /// An event that a store kept.
    pub(crate) fn kept(
        endpoint: Arc<str>,
        provider: Cow<'static, str>,
        tenant: Option<Arc<str>>,
        method: String,
        head: KeptHead,
        labels: Labels,
        kept: Kept,
    ) -> Self {
        let (labels, method, origin) = (OnceLock::from(labels), Cow::Owned(method), Origin::Kept(Box::new(kept)));
        Self { inner: Arc::new(Inner { endpoint, provider, tenant, origin, labels, method, head }) }
    }

    /// The delivery, and what checked it; `None` for an event out of a store.
    pub(crate) fn proof(&self) -> Option<(&Delivery, &Verifier)> {
        match &self.inner.origin {
            Origin::Delivered(delivery, verifier) => Some((delivery, verifier)),
            Origin::Kept(_) => None,
        }
    }

    /// What a store kept of it, for an event out of one.
    pub(crate) fn origin_in_store(&self) -> Option<&Kept> {
        match &self.inner.origin {
            Origin::Delivered(..) => None,
            Origin::Kept(kept) => Some(kept),
        }
    }

    pub(crate) fn labels(&self) -> &Labels {
        self.inner.labels.get_or_init(|| {
            let read = |(delivery, verifier): (_, &Verifier)| verifier.read_labels(delivery, &self.head());
            self.proof().map(read).unwrap_or_default()
        })
    }

    /// What identifies the event, with no look at a label that does not; `None` where every delivery is distinct.
    pub(crate) fn key(&self) -> Option<EventKey> {
        let (delivery, verifier) = self.proof()?;
        match verifier.identity() {
            Identity::Distinct => None,
            Identity::Digest => verifier.event_key(delivery, &Labels::default()),
            _ if verifier.identity_needs_body() => verifier.event_key(delivery, self.labels()),
            _ => verifier.event_key(delivery, &verifier.read_head_labels(delivery, &self.head())),
        }
    }

    /// The head as far as it was kept.
    fn head(&self) -> Head<'_> {
        Head::new(self.method(), self.target(), &self.inner.head)
    }

    pub(crate) fn kept_head(&self) -> &KeptHead {
        &self.inner.head
    }

    /// The endpoint's name.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.inner.endpoint
    }

    /// The provider's id, or `custom`.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.inner.provider
    }

    /// The tenant, where the endpoint has tenants.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.inner.tenant.as_deref()
    }

    /// The event id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.labels().id.as_ref().map(Label::as_str)
    }

    /// The event type.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.labels().kind.as_ref().map(Label::as_str)
    }

    /// The API version.
    #[must_use]
    pub fn api_version(&self) -> Option<&str> {
        self.labels().version.as_ref().map(Label::as_str)
    }

    /// Whether the proof covers the event type; where it does not, the type is a hint.
    #[must_use]
    pub fn is_type_signed(&self) -> bool {
        self.labels().kind.as_ref().is_some_and(Label::is_signed)
    }

    /// The body, byte for byte as received.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        match &self.inner.origin {
            Origin::Delivered(delivery, _) => delivery.body(),
            Origin::Kept(kept) => &kept.body,
        }
    }

    /// What the body says: the payload of a token, else the body itself.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        match &self.inner.origin {
            Origin::Delivered(delivery, _) => delivery.payload(),
            Origin::Kept(kept) => kept.payload.as_ref().unwrap_or(&kept.body),
        }
    }

    /// The payload as JSON of a type of yours.
    ///
    /// # Errors
    /// [`PayloadError`] if it is not JSON, or not of this type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        serde_json::from_slice(self.payload()).map_err(|error| PayloadError::new(&error))
    }

    /// A member of the payload by JSON pointer (RFC 6901), as text: a string as it is, a number or truth value as it is
    /// written. `None` where the payload is not JSON, or nothing else is there.
    #[must_use]
    pub fn member(&self, pointer: &str) -> Option<String> {
        let payload: serde_json::Value = serde_json::from_slice(self.payload()).ok()?;
        match payload.pointer(pointer)? {
            serde_json::Value::String(text) => Some(text.clone()),
            member @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => Some(member.to_string()),
            _ => None,
        }
    }

    /// What the proof covers.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        match &self.inner.origin {
            Origin::Delivered(delivery, _) => delivery.coverage(),
            Origin::Kept(kept) => kept.coverage,
        }
    }

    /// The id of the key that fitted.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        match &self.inner.origin {
            Origin::Delivered(delivery, _) => delivery.key_id(),
            Origin::Kept(kept) => &kept.key,
        }
    }

    /// When the request arrived.
    #[must_use]
    pub fn received_at(&self) -> UnixTime {
        match &self.inner.origin {
            Origin::Delivered(delivery, _) => delivery.received_at(),
            Origin::Kept(kept) => kept.received,
        }
    }

    /// The signed timestamp, where the sender signs one.
    #[must_use]
    pub fn sent_at(&self) -> Option<UnixTime> {
        match &self.inner.origin {
            Origin::Delivered(delivery, _) => delivery.sent_at(),
            Origin::Kept(kept) => kept.sent,
        }
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.inner.method
    }

    /// Path and query of the request.
    #[must_use]
    pub fn target(&self) -> &str {
        self.inner.head.target()
    }

    /// The other end of the connection, where the server tells it and the endpoint has an inbox or trusted proxies.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.inner.head.peer()
    }

    /// A header that the event kept: those the provider's preset lists, those that labels are read from, content type,
    /// content encoding and user agent. The name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.inner.head.header(name)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("endpoint", &self.inner.endpoint)
            .field("tenant", &self.inner.tenant)
            .field("labels", &self.inner.labels.get())
            .field("body_bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}
