//! Extractors for axum: the proven event, and its payload as a type of yours.

use std::fmt;

use axum::body::Body;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use hookporter_pipeline::inbox::WorkError;
use hookporter_pipeline::{Event, PayloadError};
use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};
use http::request::Parts;
use serde::de::DeserializeOwned;

/// The proven event: exact bytes, labels, key id.
///
/// Only behind an [`EndpointLayer`](crate::EndpointLayer) is there one; elsewhere the extractor answers 503 and logs
/// that the layer is missing, so that a forgotten layer is closed and loud.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "taken apart in handler arguments")]
pub struct Verified(pub Event);

/// The payload of a proven event, as JSON of a type of yours. It is parsed only after the proof held.
///
/// A payload that is not of this type is answered 503: the sender did nothing wrong, and a deploy can mend it. To
/// answer otherwise, take `Result<VerifiedJson<T>, VerifiedJsonRejection>`.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "taken apart in handler arguments")]
pub struct VerifiedJson<T>(pub T);

/// There is no proven event: the layer is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotVerified;

/// Why there is no payload of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifiedJsonRejection {
    /// There is no proven event: the layer is missing.
    NotVerified(NotVerified),
    /// The payload is not JSON, or not of this type.
    Payload(PayloadError),
}

impl<S: Sync> FromRequestParts<S> for Verified {
    type Rejection = NotVerified;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotVerified> {
        parts.extensions.get::<Event>().cloned().map(Self).ok_or(NotVerified)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Verified {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Event>().cloned().map(Self))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for VerifiedJson<T> {
    type Rejection = VerifiedJsonRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, VerifiedJsonRejection> {
        let event = parts.extensions.get::<Event>().ok_or(VerifiedJsonRejection::NotVerified(NotVerified))?;
        event.json().map(Self).map_err(VerifiedJsonRejection::Payload)
    }
}

impl fmt::Display for NotVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no proven event: this handler is not behind an `EndpointLayer`")
    }
}

impl std::error::Error for NotVerified {}

impl fmt::Display for VerifiedJsonRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotVerified(error) => error.fmt(f),
            Self::Payload(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for VerifiedJsonRejection {}

impl IntoResponse for NotVerified {
    fn into_response(self) -> Response {
        unavailable(&self)
    }
}

impl IntoResponse for VerifiedJsonRejection {
    fn into_response(self) -> Response {
        unavailable(&self)
    }
}

/// The sender learns the status; the log says why.
fn unavailable(error: &dyn std::error::Error) -> Response {
    tracing::error!(target: "hookporter", "{error}");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    // A worker goes by its backoff: those five seconds are a sender's.
    response.extensions_mut().insert(WorkError::retry(error.to_string()));
    response
}
