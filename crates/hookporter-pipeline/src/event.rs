//! An event: what a delivery tells of, and what a worker is given.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use hookporter_core::{Coverage, Delivery, Head, KeyId, Label, Labels, UnixTime, Verifier};
use serde::de::DeserializeOwned;
use smallvec::SmallVec;

/// What a proven delivery tells of.
///
/// Made by the pipeline from a [`Delivery`] and from nothing else. Cloning shares the bytes.
#[derive(Clone)]
pub struct Event {
    inner: Arc<Inner>,
}

struct Inner {
    endpoint: Arc<str>,
    provider: &'static str,
    tenant: Option<Arc<str>>,
    delivery: Delivery,
    verifier: Arc<Verifier>,
    /// The labels that cost nothing, until somebody asks for the others.
    head_labels: Labels,
    labels: OnceLock<Labels>,
    method: Cow<'static, str>,
    /// The target, and the values of the kept headers behind it.
    head: Box<[u8]>,
    target: usize,
    headers: Box<[(&'static str, Range<usize>)]>,
}

/// What the pipeline knows of a delivery beside its bytes.
pub(crate) struct Context<'a> {
    pub(crate) endpoint: &'a Arc<str>,
    pub(crate) provider: &'static str,
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) verifier: &'a Arc<Verifier>,
    /// The headers to keep: an allow-list, so that no proof and no credential is ever kept.
    pub(crate) kept_headers: &'a [&'static str],
}

impl Event {
    pub(crate) fn new(context: Context<'_>, delivery: Delivery, head: &Head<'_>) -> Self {
        let received = context.verifier.target_without_proof(head.target());
        let target = received.len();
        let mut kept = Vec::with_capacity(target.saturating_add(256));
        kept.extend_from_slice(received.as_bytes());
        let mut headers = SmallVec::<[_; 8]>::new();
        if !context.kept_headers.is_empty() {
            head.headers().visit(&mut |name, value| {
                if let Some(name) = context.kept_headers.iter().find(|wanted| **wanted == name) {
                    let start = kept.len();
                    kept.extend_from_slice(value);
                    headers.push((*name, start..kept.len()));
                }
            });
        }
        Self {
            inner: Arc::new(Inner {
                head_labels: context.verifier.read_head_labels(&delivery, head),
                endpoint: context.endpoint.clone(),
                provider: context.provider,
                tenant: context.tenant,
                verifier: context.verifier.clone(),
                labels: OnceLock::new(),
                method: if head.method() == "POST" { "POST".into() } else { head.method().to_owned().into() },
                head: kept.into_boxed_slice(),
                target,
                headers: headers.into_boxed_slice(),
                delivery,
            }),
        }
    }

    pub(crate) fn labels(&self) -> &Labels {
        self.inner.labels.get_or_init(|| {
            let mut labels = self.inner.head_labels.clone();
            self.inner.verifier.add_body_labels(&mut labels, &self.inner.delivery);
            labels
        })
    }

    /// The labels as far as they are known without a look into the body.
    pub(crate) fn known_labels(&self) -> &Labels {
        self.inner.labels.get().unwrap_or(&self.inner.head_labels)
    }

    pub(crate) fn delivery(&self) -> &Delivery {
        &self.inner.delivery
    }

    /// The endpoint's name.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.inner.endpoint
    }

    /// The provider's id, or `custom`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.inner.provider
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
        self.inner.delivery.body()
    }

    /// What the body says: the payload of a token, else the body itself.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        self.inner.delivery.payload()
    }

    /// The payload as JSON of a type of yours.
    ///
    /// # Errors
    /// [`PayloadError`] if it is not JSON, or not of this type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        serde_json::from_slice(self.payload()).map_err(|error| PayloadError::new(&error))
    }

    /// What the proof covers.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.inner.delivery.coverage()
    }

    /// The id of the key that fitted.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        self.inner.delivery.key_id()
    }

    /// When the request arrived.
    #[must_use]
    pub fn received_at(&self) -> UnixTime {
        self.inner.delivery.received_at()
    }

    /// The signed timestamp, where the sender signs one.
    #[must_use]
    pub fn sent_at(&self) -> Option<UnixTime> {
        self.inner.delivery.sent_at()
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.inner.method
    }

    /// Path and query of the request.
    #[must_use]
    pub fn target(&self) -> &str {
        // It was text when it was put there.
        self.inner.head.get(..self.inner.target).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }

    /// A header that the event kept: those the provider's preset lists, and content type and user agent. Lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let (_, place) = self.inner.headers.iter().find(|(kept, _)| *kept == name)?;
        self.inner.head.get(place.clone())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("endpoint", &self.inner.endpoint)
            .field("tenant", &self.inner.tenant)
            .field("id", &self.known_labels().id)
            .field("type", &self.known_labels().kind)
            .field("body_bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}

/// Why a proven payload is not the type that the code asked for.
///
/// It names the place, never the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadError {
    syntax: bool,
    line: usize,
    column: usize,
}

impl PayloadError {
    fn new(error: &serde_json::Error) -> Self {
        Self { syntax: !error.is_data(), line: error.line(), column: error.column() }
    }

    /// Whether the payload is no JSON at all; else it is JSON of another shape.
    #[must_use]
    pub const fn is_syntax(&self) -> bool {
        self.syntax
    }
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.syntax { "is not JSON" } else { "is not of the expected type" };
        write!(f, "the payload {what} at line {} column {}", self.line, self.column)
    }
}

impl std::error::Error for PayloadError {}
