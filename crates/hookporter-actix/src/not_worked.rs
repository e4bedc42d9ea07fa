//! What a handler says of an event that it did not work.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use hookporter_pipeline::inbox::WorkError;

/// The failure of a handler that did not work its event: 503, and for a worker that sends events [`through`](crate::through)
/// the app what is to become of the event.
///
/// Every error turns into one with `?` and means: try again later. A sender that waits for the answer is told 503 alone.
///
/// ```
/// use std::time::Duration;
/// use actix_web::HttpResponse;
/// use hookporter_actix::{NotWorked, Verified};
/// use hookporter_pipeline::inbox::WorkError;
///
/// async fn paid(Verified(event): Verified) -> Result<HttpResponse, NotWorked> {
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

impl fmt::Display for NotWorked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for NotWorked {
    fn status_code(&self) -> StatusCode {
        StatusCode::SERVICE_UNAVAILABLE
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.0.clone());
        response
    }
}
