//! A request's head and body, given to the pipeline.

use std::pin::Pin;
use std::sync::Arc;

use hookporter_core::Head;
use hookporter_pipeline::{Endpoint, Verdict, receive};
use http::request::Parts;
use http_body::Body;

use crate::body::Reader;
use crate::headers::HttpHeaders;

/// What the pipeline says of a request.
pub(crate) async fn judge<B: Body>(endpoint: &Arc<Endpoint>, parts: &Parts, body: Pin<&mut B>) -> Verdict {
    let headers = HttpHeaders(&parts.headers);
    let uri = original_uri(parts);
    // Scheme and authority of an absolute-form target are the sender's own words.
    let target = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let head = Head::new(parts.method.as_str(), target, &headers);
    receive(endpoint, &head, &mut Reader(body)).await
}

/// The URI as received: a nested axum router takes its prefix from the request's own.
#[cfg(feature = "axum")]
fn original_uri(parts: &Parts) -> &http::Uri {
    parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |original| &original.0)
}

#[cfg(not(feature = "axum"))]
fn original_uri(parts: &Parts) -> &http::Uri {
    &parts.uri
}
