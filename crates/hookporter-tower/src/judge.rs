//! A request's head and body, given to the pipeline.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use hookporter_core::Head;
use hookporter_pipeline::{Endpoint, Replay, Verdict, receive};
use http::request::Parts;
use http_body::Body;

use crate::PeerAddress;
use crate::body::Reader;
use crate::headers::HttpHeaders;

/// What the pipeline says of a request.
pub(crate) async fn judge<B: Body>(endpoint: &Arc<Endpoint>, parts: &Parts, body: Pin<&mut B>) -> Verdict {
    if let Some(replay) = parts.extensions.get::<Replay>() {
        return replay.at(endpoint);
    }
    let headers = HttpHeaders(&parts.headers);
    let uri = original_uri(parts);
    // Scheme and authority of an absolute-form target are the sender's own words.
    let target = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let head = Head::new(parts.method.as_str(), target, &headers);
    let peer = endpoint.asks_for_peer().then(|| peer(parts)).flatten();
    receive(endpoint, &head, peer, &mut Reader(body)).await
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

/// The other end of the connection, as axum says it.
#[cfg(feature = "axum")]
fn peer(parts: &Parts) -> Option<SocketAddr> {
    use axum::extract::ConnectInfo;

    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    connected.or_else(|| stated_peer(parts))
}

#[cfg(not(feature = "axum"))]
fn peer(parts: &Parts) -> Option<SocketAddr> {
    stated_peer(parts)
}

/// The other end of the connection, as another server says it.
fn stated_peer(parts: &Parts) -> Option<SocketAddr> {
    parts.extensions.get::<PeerAddress>().map(|peer| peer.socket())
}
