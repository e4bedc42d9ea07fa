//! Replies as responses. No status is chosen here.

use hookporter_pipeline::inbox::WorkError;
use hookporter_pipeline::{Reply, Verdict};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{Response, StatusCode};

use crate::body::ResponseBody;

/// The response of a reply.
pub(crate) fn of<B>(reply: Reply) -> Response<ResponseBody<B>> {
    let content = reply.content.map(|content| *content).unwrap_or_default();
    let mut response = Response::new(ResponseBody::own(content.body));
    *response.status_mut() = status(reply.status);
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

/// The response where nothing that is wrapped is to be called.
pub(crate) fn alone<B>(verdict: Verdict) -> Response<ResponseBody<B>> {
    match verdict {
        Verdict::Reply(reply) => of(reply),
        Verdict::Handle(ticket) => of(ticket.no_handler()),
        Verdict::Replay(replay) => of(replay.no_handler()),
        Verdict::PassOn(_) => unavailable("only an endpoint that reports and wraps a service passes on".to_owned()),
    }
}

/// The wrapped service's response, with the status that the pipeline settled on.
pub(crate) fn inner<B>(response: Response<B>, settled: u16) -> Response<ResponseBody<B>> {
    let mut response = response.map(ResponseBody::inner);
    *response.status_mut() = status(settled);
    response
}

/// What stands for a response that the wrapped service did not give, for this reason.
pub(crate) fn unavailable<B>(why: String) -> Response<ResponseBody<B>> {
    let mut response = Response::new(ResponseBody::own(bytes::Bytes::new()));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    // A worker goes by its backoff: that second is a sender's.
    response.extensions_mut().insert(WorkError::retry(why));
    response
}

/// Every status of the pipeline is one; 503 stands for what cannot be.
fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}
