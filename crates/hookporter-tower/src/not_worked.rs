//! What a handler says of an event that it did not work.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use hookporter_pipeline::inbox::WorkError;
use http::StatusCode;

/// The answer of a handler that did not work its event: 503, and for a worker that sends events [`through`](crate::through)
/// the app what is to become of the event.
///
/// Every error turns into one with `?` and means: try again later. A sender that waits for the answer is told 503 alone.
///
/// ```
/// use std::time::Duration;
/// use axum::http::StatusCode;
/// use hookporter_pipeline::inbox::WorkError;
/// use hookporter_tower::{NotWorked, Verified};
///
/// async fn paid(Verified(event): Verified) -> Result<StatusCode, NotWorked> {
///     let text = std::str::from_utf8(event.body())?;
///     if text.contains("no such account") {
///         return Err(WorkError::dead_letter("the account is gone").into());
///     }
///     Err(WorkError::retry_after(Duration::from_secs(60), "the mail server is busy"))?
/// }
/// ```
#[derive(Debug, Clone)]
pub struct NotWorked(WorkError);

impl<E: Into<WorkError>> From<E> for NotWorked {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for NotWorked {
    fn into_response(self) -> Response {
        tracing::warn!(target: "hookporter", "a handler did not work its event: {}", self.0);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response.extensions_mut().insert(self.0);
        response
    }
}
