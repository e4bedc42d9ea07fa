//! Servers in this process, right and wrong ones.

use std::convert::Infallible;
use std::net::TcpListener;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hookporter::axum::{EndpointService, Server};
use hookporter::{Endpoint, Event};
use serde_json::Value;

/// Serves an app on a free port for as long as the tests run; its address.
pub(crate) fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            Server::from_listener(listener).run(app, std::future::pending()).await;
        });
    });
    format!("http://{address}/in")
}

async fn take(_: Event) -> Result<(), Infallible> {
    Ok(())
}

/// An endpoint at `/in` that takes every event.
pub(crate) fn app(endpoint: Endpoint) -> Router {
    Router::new().route_service("/in", EndpointService::new(endpoint.otherwise(take)).unwrap())
}

/// A route that gives every request this answer, whatever it is.
pub(crate) fn always(answer: impl IntoResponse + Clone + Send + Sync + 'static) -> String {
    serve(Router::new().fallback(move || std::future::ready(answer.clone().into_response())))
}

/// What a JSON middleware does: the body is read, and written anew.
pub(crate) async fn written_anew(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    parts.headers.remove("content-length");
    let body = serde_json::from_slice::<Value>(&body).map_or(body, |value| value.to_string().into());
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// As above, in a spelling that a sender's plain body has neither: no good one is accepted.
pub(crate) async fn made_pretty(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    parts.headers.remove("content-length");
    let body =
        serde_json::from_slice::<Value>(&body).map_or(body, |value| serde_json::to_vec_pretty(&value).unwrap().into());
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// What a proxy does that trims.
pub(crate) async fn trimmed(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    parts.headers.remove("content-length");
    next.run(Request::from_parts(parts, Body::from(body.trim_ascii_end().to_vec()))).await
}
