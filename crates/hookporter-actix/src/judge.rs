//! A request's head and body, given to the pipeline.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest};
use hookporter_core::Head;
use hookporter_pipeline::{Endpoint, Replay, Verdict, receive};

use crate::body::Reader;
use crate::headers::ActixHeaders;

/// What the pipeline says of a request.
pub(crate) async fn judge(endpoint: &Arc<Endpoint>, request: &HttpRequest, body: &mut Reader) -> Verdict {
    // Cloned out: whoever holds the extensions while the app runs makes its `extensions_mut` panic.
    let replay = request.extensions().get::<Replay>().cloned();
    if let Some(replay) = replay {
        return replay.at(endpoint);
    }
    let headers = ActixHeaders(request.headers());
    // Scheme and authority of an absolute-form target are the sender's own words. Scopes take nothing from the path.
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let head = Head::new(request.method().as_str(), target, &headers);
    let peer = endpoint.asks_for_peer().then(|| request.peer_addr()).flatten();
    receive(endpoint, &head, peer, body).await
}
