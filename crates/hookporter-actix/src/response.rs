//! Replies as responses. No status is chosen here.

use std::fmt;

use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError};
use hookporter_pipeline::Reply;

/// The response of a reply. What is to be `kept` is dropped once the response's head is written.
pub(crate) fn of<K: 'static>(request: HttpRequest, reply: Reply, kept: Option<K>) -> ServiceResponse {
    let mut response = http(reply);
    if let Some(kept) = kept {
        response.extensions_mut().insert(kept);
    }
    ServiceResponse::new(request, response)
}

/// The response of a reply where the request is out of reach: as an error, which actix answers with the same bytes.
pub(crate) fn error(reply: Reply) -> Error {
    Error::from(Unanswered { reply })
}

/// The wrapped service's response, with the status that the pipeline settled on.
///
/// An error of it is passed on as it is: it carries the status that the pipeline judged.
pub(crate) fn inner<B>(
    response: Result<ServiceResponse<B>, Error>,
    settled: u16,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let mut response = response?;
    *response.response_mut().status_mut() = status(settled);
    Ok(response.map_into_left_body())
}

/// What stands for a response that cannot be.
pub(crate) fn unavailable(retry_after: u32) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry_after));
    response
}

fn http(reply: Reply) -> HttpResponse {
    let content = reply.content.map(|content| *content).unwrap_or_default();
    let mut response = HttpResponse::with_body(status(reply.status), BoxBody::new(content.body));
    let headers = response.headers_mut();
    if let Some(seconds) = reply.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(content_type) = content.content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    for (name, value) in content.headers.iter() {
        // Every header of the pipeline's is one; what cannot be is left out.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    if let Some(refusal) = reply.refusal {
        response.extensions_mut().insert(refusal);
    }
    response
}

/// Every status of the pipeline is one; 503 stands for what cannot be.
fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}

/// A reply on its way through actix's error path.
#[derive(Debug)]
struct Unanswered {
    reply: Reply,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reply.refusal {
            Some(refusal) => refusal.rejection().fmt(f),
            None => write!(f, "answered {} for the wrapped handler", self.reply.status),
        }
    }
}

impl ResponseError for Unanswered {
    fn status_code(&self) -> StatusCode {
        status(self.reply.status)
    }

    fn error_response(&self) -> HttpResponse {
        http(self.reply.clone())
    }
}
