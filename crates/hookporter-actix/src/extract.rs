//! Extractors: the proven event, and its payload as a type of yours.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use hookporter_pipeline::inbox::WorkError;
use hookporter_pipeline::{Event, PayloadError};
use serde::de::DeserializeOwned;

use crate::response;

/// The proven event: exact bytes, labels, key id.
///
/// Only behind an [`EndpointMiddleware`](crate::EndpointMiddleware) is there one; elsewhere the extractor answers 503
/// and logs that the middleware is missing, so that a forgotten middleware is closed and loud.
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

/// There is no proven event: the middleware is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotVerified;

/// Why there is no payload of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifiedJsonRejection {
    /// There is no proven event: the middleware is missing.
    NotVerified(NotVerified),
    /// The payload is not JSON, or not of this type.
    Payload(PayloadError),
}

impl FromRequest for Verified {
    type Error = NotVerified;
    type Future = Ready<Result<Self, NotVerified>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(event(request).map(Self))
    }
}

impl<T: DeserializeOwned> FromRequest for VerifiedJson<T> {
    type Error = VerifiedJsonRejection;
    type Future = Ready<Result<Self, VerifiedJsonRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let payload = event(request)
            .map_err(VerifiedJsonRejection::NotVerified)
            .and_then(|event| event.json().map_err(VerifiedJsonRejection::Payload));
        ready(payload.map(Self))
    }
}

fn event(request: &HttpRequest) -> Result<Event, NotVerified> {
    request.extensions().get::<Event>().cloned().ok_or(NotVerified)
}

impl fmt::Display for NotVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no proven event: this handler is not behind an `EndpointMiddleware`")
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

impl ResponseError for NotVerified {
    fn status_code(&self) -> StatusCode {
        StatusCode::SERVICE_UNAVAILABLE
    }

    fn error_response(&self) -> HttpResponse {
        unavailable(self)
    }
}

impl ResponseError for VerifiedJsonRejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::SERVICE_UNAVAILABLE
    }

    fn error_response(&self) -> HttpResponse {
        unavailable(self)
    }
}

/// The sender learns the status; the log says why.
fn unavailable(error: &dyn std::error::Error) -> HttpResponse {
    tracing::error!(target: "hookporter", "{error}");
    let mut response = response::unavailable(5);
    // A worker goes by its backoff: those five seconds are a sender's.
    response.extensions_mut().insert(WorkError::retry(error.to_string()));
    response
}

/// Whether an error is one of ours, which was logged when its response was made.
pub(crate) fn has_logged(error: &Error) -> bool {
    error.as_error::<NotVerified>().is_some() || error.as_error::<VerifiedJsonRejection>().is_some()
}
